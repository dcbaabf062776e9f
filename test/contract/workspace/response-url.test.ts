import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';

let workspace: Workspace;
let now: Date;
let url: string;

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z');
  workspace = await startWorkspace({ clock: { now: () => now } });
  url = workspace.state.newResponseUrl({ channel: workspace.channel('#board').id, user: workspace.user('anna').id });
});

afterEach(() => workspace.close());

async function respond(body: object | string, to = url) {
  const response = await fetch(to, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, ...((await response.json()) as object) };
}

describe('a response_url', () => {
  it('speaks to the one person, or to all, even where the bot is no member', async () => {
    expect(await respond({ text: 'for you' })).toMatchObject({ status: 200, ok: true });
    expect(await respond({ text: 'for all', response_type: 'in_channel' })).toMatchObject({ ok: true });
    expect(workspace.ephemerals('anna').map((m) => m.text)).toEqual(['for you']);
    expect(workspace.messages('#board').map((m) => m.text)).toEqual(['for all']);
  });

  it('works five times', async () => {
    for (let i = 0; i < 5; i += 1) expect(await respond({ text: `${i}` })).toMatchObject({ ok: true });
    expect(await respond({ text: 'sixth' })).toEqual({ status: 404, ok: false, error: 'used_url' });
    expect(workspace.ephemerals('anna')).toHaveLength(5);
  });

  it('works for thirty minutes', async () => {
    now = new Date(now.getTime() + 30 * 60_000 - 1);
    expect(await respond({ text: 'in time' })).toMatchObject({ ok: true });
    now = new Date(now.getTime() + 1);
    expect(await respond({ text: 'late' })).toEqual({ status: 404, ok: false, error: 'expired_url' });
  });

  it.each<[string, object | string, number]>([
    ['no_text', {}, 400],
    ['invalid_blocks', { blocks: [{ type: 'nope' }] }, 400],
    ['invalid_payload', 'no json', 400],
    ['invalid_payload', '[]', 400],
  ])('refuses with %s and keeps its uses', async (error, body, status) => {
    expect(await respond(body)).toMatchObject({ status, ok: false, error });
    for (let i = 0; i < 5; i += 1) expect(await respond({ text: `${i}` })).toMatchObject({ ok: true });
  });

  it('that was never given out is unknown', async () => {
    expect(await respond({ text: 'x' }, `${workspace.url}/response/made-up`)).toMatchObject({
      status: 404,
      error: 'invalid_url',
    });
  });

  it('is not held to the block budget of messages', async () => {
    const blocks = Array(6).fill({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } });
    expect(await respond({ blocks })).toMatchObject({ ok: true });
  });

  it('of a message replaces or deletes that message', async () => {
    const { message } = await workspace.user('anna').say('#ops', 'original');
    const target = { channel: message.channel, user: message.user, message: { ts: message.ts, ephemeral: false } };
    const own = workspace.state.newResponseUrl(target);
    await respond({ text: 'replaced', replace_original: true }, own);
    expect(workspace.messages('#ops').map((m) => m.text)).toEqual(['replaced']);
    await respond({ text: 'beside', thread_ts: message.ts, response_type: 'in_channel' }, own);
    expect(workspace.thread('#ops', message.ts).map((m) => m.text)).toEqual(['replaced', 'beside']);
    await respond({ delete_original: true }, own);
    expect(workspace.messages('#ops').map((m) => m.text)).toEqual(['beside']);
  });
});
