import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import healthCommand from '../../../commands/health.ts';
import { type Charts, createCharts } from '../../../src/charts/charts.ts';
import { createHealth } from '../../../src/health/health.ts';
import type { Command } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { checkOf, condition, opsOf, testClock } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { pixelsOf, pngSignature } from '../../support/png.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { botOf, closeLater, posted, sharedStore, shows, workspaceOf } from './setup.ts';

const clock = testClock('2026-11-23T09:00:00Z');

const slow = condition('latency_ms > 500', (facts) => Number(facts.latency_ms) > 500, ['latency_ms']);
const checks = [
  checkOf(async () => ({ facts: { latency_ms: 612 } }), { id: 'api', group: 'web', fail: [slow] }),
  checkOf(async () => ({ facts: {} }), { id: 'job', group: 'night' }),
];

beforeEach(async () => {
  const store = await sharedStore();
  await store.pool.query('truncate check_state, check_result');
  await store.pool.query(
    `insert into check_result (check_id, at, outcome, duration_ms, facts)
     select 'api', $1::timestamptz - make_interval(mins => n), 'ok', 1, '{"latency_ms": 80}' from generate_series(1, 300) n`,
    [clock.now()],
  );
});

/** `/ops health` over the real store; `charts` draws. */
async function bot(
  workspace: Workspace,
  { charts = createCharts({ deadlineMs: 25_000 }), ...rest }: { charts?: Charts; botToken?: string } = {},
) {
  const store = await sharedStore();
  const ops = opsOf(checks);
  const health = createHealth({ ops, store, clock, log: memoryLog(), reveal: String });
  closeLater(() => health.stop());
  const services = { ops, health, charts } as unknown as Services;
  // The made-up script is not asked for by this command.
  const command = healthCommand as unknown as Command<never>;
  const bound = {
    ...command,
    run: (ctx: object, args: string[]) => healthCommand.run({ ...ctx, services } as never, args),
    buttons: Object.fromEntries(
      Object.entries(healthCommand.buttons ?? {}).map(([name, button]) => [
        name,
        { ...button, run: (ctx: object, value: string) => button.run({ ...ctx, services } as never, value) },
      ]),
    ),
  } as unknown as Command<never>;
  return botOf(workspace, 'socket', { commands: [bound as never], clock, ...(rest.botToken && { slack: rest }) });
}

const withFiles = (workspace: Workspace) => workspace.messages('#ops').filter(({ files }) => files.length > 0);
const picture = (workspace: Workspace) =>
  workspace.waitFor(() => withFiles(workspace)[0], { timeoutMs: 20_000, what: 'a message with a file' });

describe('/ops health CHECK', () => {
  it('puts the last 24 hours as a picture into the thread of its answer', async () => {
    const workspace = await workspaceOf();
    await bot(workspace);
    await workspace.user('anna').command('#ops', '/ops health job');
    await workspace.user('anna').command('#ops', '/ops health api');
    const answer = await posted(workspace, '#ops', 'api');
    const message = await picture(workspace);
    expect(message).toMatchObject({
      thread_ts: answer.ts,
      files: [
        {
          name: 'api-24h.png',
          title: 'api: latency_ms, last 24 hours',
          mimetype: 'image/png',
          alt_txt:
            'Line chart. api, last 24 hours: latency_ms 612 ms, from 80 ms to 612 ms; failing for a moment; not measured for about 18 h 50 min',
        },
      ],
    });
    const served = await fetch(String(message.files[0]?.url_private));
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    const bytes = Buffer.from(await served.arrayBuffer());
    expect(bytes.subarray(0, 8)).toEqual(pngSignature);
    expect(pixelsOf(bytes).width).toBe(1_600);
    // The check without a number has no picture, and nobody is told so: nobody asked.
    expect(withFiles(workspace)).toHaveLength(1);
    expect(workspace.messages('#ops').some((each) => shows(each, 'No picture'))).toBe(false);
  });

  it('stands without its picture when the token lacks files:write; who asked for one is told the remedy', async () => {
    const workspace = await workspaceOf();
    const granted = [...(workspace.state.tokens.get(workspace.botToken)?.scopes ?? [])];
    const botToken = workspace.issueToken(
      'bot',
      granted.filter((scope) => scope !== 'files:write'),
    );
    const { charts, drawn } = counted();
    const { log, health } = await bot(workspace, { botToken, charts });
    expect(health()).toMatchObject({ ok: true, warning: expect.stringContaining('files:write') });
    await workspace.user('anna').command('#ops', '/ops health api');
    await posted(workspace, '#ops', 'FAIL api');
    expect(workspace.messages('#ops').some((each) => shows(each, 'No picture'))).toBe(false);
    await workspace.user('anna').command('#ops', '/ops health --chart 7d');
    const told = await posted(workspace, '#ops', 'No picture');
    expect(shows(told, 'my token lacks files:write')).toBe(true);
    expect(told.thread_ts).toBeDefined();
    // Nothing was drawn, and start has said what the token lacks.
    expect(drawn()).toBe(0);
    expect(log.lines.filter(({ message }) => message === 'an answer has no picture')).toEqual([]);
  });

  it('is drawn once in vain in a channel that the bot is not in; who asks again has perhaps invited it', async () => {
    const workspace = await workspaceOf();
    const { charts, drawn } = counted();
    const { log, outgoing } = await bot(workspace, { charts });
    const anna = workspace.user('anna');
    const inVain = () => log.lines.filter(({ message }) => message === 'an answer has no picture').length;
    await anna.command('#general', '/ops health api');
    await eventually(() => expect(inVain()).toBe(1));
    expect(outgoing.uploadRefusal(workspace.channel('#general').id)?.reason).toBe('not_in_channel');
    await anna.command('#general', '/ops health api');
    await anna.command('#general', '/ops health api --chart 7d');
    expect(shows(await posted(workspace, '#general', 'No picture'), 'Invite me, and ask again')).toBe(true);
    expect([drawn(), inVain()]).toEqual([2, 2]);
  });

  it('is not missed by anybody when the bot stops while it is drawn', async () => {
    const workspace = await workspaceOf();
    const begun = Promise.withResolvers<void>();
    const draw: Charts['draw'] = (_, signal) => {
      begun.resolve();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    const { stop } = await bot(workspace, { charts: { busy: false, draw } });
    await workspace.user('anna').command('#ops', '/ops health api --chart 7d');
    await begun.promise;
    await stop();
    await posted(workspace, '#ops', 'FAIL api');
    expect(workspace.messages('#ops').some((each) => shows(each, 'No picture'))).toBe(false);
  });

  it('has no picture that nobody asked for while others wait to be drawn', async () => {
    const workspace = await workspaceOf();
    await bot(workspace, { charts: { ...drawing, busy: true } });
    const anna = workspace.user('anna');
    await anna.command('#ops', '/ops health api');
    await posted(workspace, '#ops', 'FAIL api');
    await anna.command('#ops', '/ops health api --chart 7d');
    expect((await picture(workspace)).files[0]?.name).toBe('api-7d.png');
    expect(withFiles(workspace)).toHaveLength(1);
  });

  it('stands without its picture when the child hangs: it is killed, and who asked is told', async () => {
    const script = join(scratchFolder(), 'child.mjs');
    writeFileSync(script, 'setInterval(() => undefined, 1_000);');
    const workspace = await workspaceOf();
    await bot(workspace, { charts: createCharts({ script, deadlineMs: 400 }) });
    await workspace.user('anna').command('#ops', '/ops health api --chart 7d');
    await posted(workspace, '#ops', 'FAIL api');
    const told = await posted(workspace, '#ops', 'No picture');
    expect(shows(told, 'drawing took more than 0.4 s')).toBe(true);
  });
});

const drawing: Charts = {
  busy: false,
  draw: async (charts) => charts.map(() => Buffer.concat([pngSignature, Buffer.from('x')])),
};

/** Says how often it was asked to draw. */
function counted() {
  let drawn = 0;
  const draw: Charts['draw'] = (charts) => {
    drawn += 1;
    return drawing.draw(charts);
  };
  return { charts: { ...drawing, draw }, drawn: () => drawn };
}

describe('other pictures', () => {
  it('the menu puts another period into the thread, with its words above it', async () => {
    const workspace = await workspaceOf();
    await bot(workspace, { charts: drawing });
    const anna = workspace.user('anna');
    await anna.command('#ops', '/ops health --chart 30d');
    const first = await picture(workspace);
    expect(first.files[0]).toMatchObject({ name: 'all-checks-30d.png', title: 'All checks, last 30 days' });
    const answer = workspace.messages('#ops').find(({ ts }) => ts === first.thread_ts);
    await anna.choose(answer!, 'health.chart', '7d');
    const second = await workspace.waitFor(() => withFiles(workspace)[1], { what: 'a second picture' });
    expect(second).toMatchObject({ thread_ts: answer!.ts, files: [{ name: 'all-checks-7d.png' }] });
    expect(shows(await posted(workspace, '#ops', '2 checks, last 7 days'), '1 failed: api')).toBe(true);
  });

  it('is shared once, also when Slack says nothing about it', async () => {
    const workspace = await workspaceOf();
    const { log } = await bot(workspace, { charts: drawing });
    workspace.fault('files.completeUploadExternal', { kind: 'drop-response' });
    await workspace.user('anna').command('#ops', '/ops health api --chart 24h');
    await picture(workspace);
    await eventually(() => expect(log.lines.map(({ message }) => message)).toContain('an answer has no picture'));
    expect(workspace.traffic.filter(({ method }) => method === 'files.completeUploadExternal')).toHaveLength(1);
    expect(workspace.messages('#ops').some((each) => shows(each, 'No picture'))).toBe(false);
  });

  it('is missed with a word when Slack gives no address for it', async () => {
    const workspace = await workspaceOf();
    await bot(workspace, { charts: drawing });
    workspace.fault('files.getUploadURLExternal', { kind: 'http', status: 503 }, 3);
    await workspace.user('anna').command('#ops', '/ops health api --chart 24h');
    expect(shows(await posted(workspace, '#ops', 'No picture'), "No picture: Slack didn't take it.")).toBe(true);
    expect(withFiles(workspace)).toEqual([]);
  });

  it('has a title and words without secrets, cut to what Slack takes', async () => {
    const workspace = await workspaceOf();
    const { outgoing } = await bot(workspace, { charts: drawing });
    const { ts } = await outgoing.post({ channel: '#ops', post: { text: 'a', blocks: [] }, key: 'k' });
    await outgoing.upload({
      channel: workspace.channel('#ops').id,
      threadTs: ts,
      pictures: [{ name: 'a.png', title: 'password=hunter2', alt: 'y'.repeat(2_000), png: pngSignature }],
    });
    const [file] = withFiles(workspace)[0]!.files;
    expect(String(file?.title)).not.toContain('hunter2');
    expect(String(file?.alt_txt)).toHaveLength(1_000);
  });

  it('of a period that there is not is refused with what there is', async () => {
    const workspace = await workspaceOf();
    await bot(workspace, { charts: drawing });
    await workspace.user('anna').command('#ops', '/ops health --chart 2d');
    await workspace.waitFor(() => workspace.ephemerals('anna').find((each) => shows(each, 'use 24h, 7d, 30d')), {
      what: 'the refusal',
    });
  });
});
