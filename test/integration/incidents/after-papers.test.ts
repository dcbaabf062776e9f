import { beforeAll, describe, expect, it } from 'vitest';
import { draftJob } from '../../../src/incidents/after/draft-job.ts';
import type { ChecksPast } from '../../../src/incidents/ports.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
const hostile = 'API | <!channel> <https://evil|ok> # *x* `rm` <script>alert(1)</script> ‮gnp.exe\n## Root cause';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const past: ChecksPast = {
  notOk: async (from) => [
    {
      id: 'api',
      outcome: 'fail',
      from: new Date(from.getTime() + hour),
      to: new Date(from.getTime() + 2 * hour),
      reason: '503 (want 200)',
    },
  ],
  pictures: async (ids) =>
    ids.map((id) => ({ name: `${id}-24h.png`, title: id, alt: id, png: new Uint8Array([1, 2]) })),
};

/** One that is over, whose channel is #inc. */
async function over(room: Room, title = 'API is down', { isPrivate = false } = {}) {
  const { id: home } = room.workspace.addChannel('inc', ['rounds', 'anna'], { is_private: true });
  await room.incidents.declare(asker, {
    ...{ key: 'k1', severity: 'P0', title, systems: 'API, IVR', known: 'since 03:04', private: isPrivate },
  });
  await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
  await room.queue.finish();
  await store.pool.query(`update incident set home_id = $1, home_name = 'inc'`, [home]);
  room.clock.move(hour);
  await room.incidents.resolve(asker, { id: 1, words: 'rolled back', cause: title, prevention: 'a canary' });
  await room.queue.finish();
}

async function filesIn(room: Room, channel = '#inc') {
  const files = room.workspace.messages(channel).flatMap((message) => message.files);
  return Promise.all(
    files.map(async ({ name, url_private }) => {
      const answer = await fetch(String(url_private));
      return { name: String(name), text: await answer.text() };
    }),
  );
}

const ask = { id: 1, kind: 'postmortem', key: 'draft:1' } as const;

describe('the draft', () => {
  it('comes into the channel of the incident, once, with what is known and places for the rest', async () => {
    const room = await roomOf(store, { over: { checksPast: past } });
    await over(room);
    const dueAt = new Date(room.clock.now().getTime() + 240 * hour);
    const owner = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
    await room.incidents.after.addFollowUp(asker, { id: 1, key: 'f', words: 'add a canary', owner, dueAt });
    await room.incidents.after.askForDraft(asker, ask);
    await room.incidents.after.askForDraft(asker, ask);
    await room.queue.finish();
    const data = { id: 1, kind: 'postmortem', by: asker.by.id, mention: asker.by.mention, key: 'draft:1' } as const;
    await store.transaction((tx) => room.queue.enqueue(tx, draftJob, data));
    await room.queue.finish();
    const files = await filesIn(room);
    expect(files.map(({ name }) => name)).toEqual(['inc-1-postmortem.md', 'api-24h.png']);
    const { text } = files[0]!;
    expect(text).toContain('# Post-mortem of INC-1 P0 Critical: API is down\n');
    expect(text).toMatch(/\| Acknowledged \| 23 Nov 2026, 09:00 UTC \| {2}\|/);
    expect(text).toMatch(/\| Mitigated \| not recorded \| \|/);
    expect(text).toMatch(/\| Resolved \| 23 Nov 2026, 10:00 UTC \| 1 h \|/);
    expect(text).toContain('- api: fail for 1 h from 23 Nov 2026, 09:00 UTC: 503 (want 200)');
    expect(text).toContain('## Root cause\n\nAPI is down\n');
    expect(text).toContain('## Contributing factors\n\n*What made it worse');
    expect(text).not.toContain('Kind:');
    expect(text).toContain('## Updates that were given\n\nNone through Rounds.');
    expect(text).toMatch(/\| F-\d+ \| add a canary \| @\u2060Ben \| 2026-12-03 \| open \|/);
    expect(text).toMatch(/### On the incident itself\n\n- 23 Nov 2026, .* · Anna · incident\.declare · incident\/1/);
    expect((await auditedIncidents(store)).filter((row) => row.includes('draft'))).toHaveLength(1);
  });

  it('of hostile words has no heading, table, tag or mention of their own', async () => {
    const room = await roomOf(store);
    await over(room, hostile);
    const text = await room.incidents.after.draft(1, 'postmortem');
    expect(text.match(/^## Root cause$/gm)).toHaveLength(1);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('\\<script\\>');
    await room.incidents.after.askForDraft(asker, ask);
    await room.queue.finish();
    expect(
      room.workspace
        .messages('#inc')
        .map(({ text: said }) => said)
        .join(),
    ).not.toContain('<!channel>');
  });

  it('of an incident whose number begins the same has nothing of the other', async () => {
    const room = await roomOf(store);
    await over(room);
    await store.pool.query(`select setval(pg_get_serial_sequence('incident', 'id'), 10)`);
    await room.incidents.declare(asker, { key: 'k11', severity: 'P1', title: 'another' });
    expect((await room.incidents.show(11)).incident.title).toBe('another');
    expect(await room.incidents.after.draft(1, 'postmortem')).not.toContain('incident/11');
  });

  it('is short for the report', async () => {
    const room = await roomOf(store);
    await over(room);
    const text = await room.incidents.after.draft(1, 'report');
    expect(text).toContain('# Report of INC-1');
    expect(text).not.toContain('## Timeline');
    expect(text).toContain('## Prevention\n\na canary');
  });

  it('whose pictures fail comes without them', async () => {
    const pictures = async () => Promise.reject(new Error('no chart'));
    const room = await roomOf(store, { over: { checksPast: { ...past, pictures } } });
    await over(room);
    await room.incidents.after.askForDraft(asker, ask);
    await room.queue.finish();
    expect((await filesIn(room)).map(({ name }) => name)).toEqual(['inc-1-postmortem.md']);
  });

  it('that Slack refuses is told to whoever asked, and not tried for ever', async () => {
    const room = await roomOf(store);
    await over(room);
    room.workspace.fault('files.completeUploadExternal', { kind: 'error', error: 'not_in_channel' });
    await room.incidents.after.askForDraft(asker, ask);
    await room.queue.finish();
    expect(room.workspace.messages('#inc').flatMap(({ files }) => files)).toEqual([]);
    expect(room.workspace.messages('D0ANNA0001').at(-1)?.text).toContain('invite me, and ask again');
  });

  it('whose answer got lost is not shared twice', async () => {
    const room = await roomOf(store);
    await over(room);
    room.workspace.fault('files.completeUploadExternal', { kind: 'drop-response' });
    await room.incidents.after.askForDraft(asker, ask);
    await room.queue.finish();
    expect(await filesIn(room)).toHaveLength(1);
  });

  it('of a private incident without a channel of its own goes nowhere', async () => {
    const room = await roomOf(store);
    await over(room, 'leak', { isPrivate: true });
    await store.pool.query('update incident set home_id = null');
    await expect(room.incidents.after.askForDraft(asker, ask)).rejects.toMatchObject({ code: 'conflict' });
  });
});
