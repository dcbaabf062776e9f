import { beforeAll, describe, expect, it } from 'vitest';
import { paperJob } from '../../../src/incidents/after/papers.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const benAsks = { by: ben, request: 'DEF456' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** One that Anna declared and acknowledged, and Ben resolved. */
async function over(room: Room, { drill = false, phi = false, isPrivate = false, falseAlarm = false } = {}) {
  await room.incidents.declare(asker, { ...down, drill, phi, private: isPrivate });
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish();
  room.clock.move(hour);
  const said = { words: 'rolled back', cause: 'a bad *deploy*', prevention: 'a canary', falseAlarm };
  await room.incidents.resolve(benAsks, { id: 1, ...said });
  await room.queue.finish();
}

/** The reminders of papers that somebody got in a direct message. */
function direct({ workspace }: Room, user: string): string[] {
  const channel = `D${user.slice(7)}`;
  if (!workspace.state.channels.has(channel)) return [];
  // Others remind, too: of an update, of who must be told.
  return workspace
    .messages(channel)
    .filter(({ metadata }) => String(metadata?.event_payload.key).includes(':paper:'))
    .map(({ blocks }) => JSON.stringify(blocks));
}

async function timers(): Promise<[string, string][]> {
  const { rows } = await store.pool.query(
    `select key, due_at from business_timer where key like '%paper%' order by key`,
  );
  return rows.map(({ key, due_at }) => [key, new Date(due_at).toISOString()]);
}

describe('when it is resolved', () => {
  it('a notice says how long it took, why it was, and what keeps it from coming back', async () => {
    const room = await roomOf(store);
    await over(room);
    const notices = room.said().filter((text) => text.includes('after 1 h'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('INC-1 P0 Critical: resolved');
    expect(notices[0]).toMatch(/Cause: a bad ∗deploy∗\\nResolution: rolled back\\nPrevention: a canary/);
  });

  it('of one with PHI the announcement says no more than that it is over', async () => {
    const room = await roomOf(store);
    await over(room, { phi: true });
    const [notice] = room.said().filter((text) => text.includes('after 1 h'));
    expect(notice).toContain("see the incident's channel");
    expect(notice).not.toMatch(/deploy|rolled|canary|API/);
  });

  it('of a private one without a channel of its own nothing is quoted, and nothing announced', async () => {
    const room = await roomOf(store);
    room.fault('conversations.create', { kind: 'error', error: 'missing_scope' });
    await over(room, { isPrivate: true });
    const posts = room.workspace.traffic.filter(({ method }) => method === 'chat.postMessage');
    expect(posts.map(({ args }) => JSON.stringify(args)).filter((text) => text.includes('after 1 h'))).toEqual([]);
    expect(room.said()).toEqual([]);
  });

  it('of a private one all of it stands in its own channel, and nothing where others read', async () => {
    const room = await roomOf(store);
    await over(room, { isPrivate: true });
    const { home } = await room.incident(1);
    const notices = room.said(home!.channel).filter((text) => text.includes('after 1 h'));
    expect(notices).toEqual([expect.stringMatching(/deploy.*rolled back.*canary/)]);
    expect(room.said()).toEqual([]);
  });

  it('of a private one that was over before it had a channel nothing waits in the queue', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...down, private: true });
    await room.incidents.resolve(benAsks, { id: 1, words: 'rolled back' });
    await room.queue.finish();
    expect(await room.pass(hour)).toEqual([]);
    expect(room.said()).toEqual([]);
  });

  it('a template that fails keeps no incident open', async () => {
    const room = await roomOf(store);
    const broken = { ...room.ports.messages, slack: room.ports.messages.slack.bind(null, 'no-such-file') };
    Object.assign(room.ports.messages, { slack: () => broken.slack({}) });
    await over(room);
    expect((await room.incident(1)).resolved).toBeDefined();
    expect(room.said().join()).toContain('resolved* by <@U0BEN00001>: rolled back');
  });

  it('twice by one submit it is resolved once, also after it was reopened', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    const ending = { id: 1, words: 'fixed', key: 'view:V1' };
    expect((await room.incidents.resolve(asker, ending)).kind).toBe('resolved');
    expect((await room.incidents.resolve(asker, ending)).kind).toBe('over');
    await room.incidents.reopen(asker, { id: 1, words: 'it was not' });
    expect((await room.incidents.resolve(asker, ending)).kind).toBe('over');
    expect((await room.incident(1)).resolved).toBeUndefined();
    expect((await room.incidents.resolve(asker, { ...ending, key: 'view:V2' })).kind).toBe('resolved');
  });

  it('what was said of the end before it was reopened is gone', async () => {
    const room = await roomOf(store);
    await over(room, { falseAlarm: true });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.incidents.resolve(asker, { id: 1, words: 'fixed' });
    const { resolved } = await room.incident(1);
    expect(resolved).toEqual({ at: expect.any(Date), by: anna.mention, id: anna.id, words: 'fixed' });
  });

  it.each([2, -40])('an impact that ended %i days from now is a mistake, and nothing is changed', async (days) => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    const endedAt = new Date(room.clock.now().getTime() + days * day);
    await expect(room.incidents.resolve(asker, { id: 1, words: 'x', endedAt })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect((await room.incident(1)).resolved).toBeUndefined();
  });
});

describe('the report and the post-mortem', () => {
  it('are asked for in 24 and 72 hours, of who took it on, more often as time runs out, then less often', async () => {
    const room = await roomOf(store);
    await over(room);
    expect(await room.incidents.after.papers(1)).toMatchObject([
      { kind: 'report', state: 'due', dueAt: new Date('2026-11-24T10:00:00Z') },
      { kind: 'postmortem', state: 'due', dueAt: new Date('2026-11-26T10:00:00Z') },
    ]);
    const seen: number[] = [];
    for (let hours = 1; hours <= 24 * 24; hours += 1) {
      const before = direct(room, anna.id).filter((text) => text.includes('post-mortem')).length;
      await room.pass(hour);
      await room.queue.finish();
      if (direct(room, anna.id).filter((text) => text.includes('post-mortem')).length > before) seen.push(hours);
    }
    expect(seen).toEqual([36, 70, 72, 96, 120, 144, 312, 480]);
    expect(direct(room, ben.id)).toEqual([]);
    expect(direct(room, anna.id).join()).not.toContain('API is down');
  });

  it('are reminders no more when they are written, and that is audited', async () => {
    const room = await roomOf(store);
    await over(room);
    const link = 'https://wiki.example.com/inc-1';
    expect((await room.incidents.after.paperDone(asker, { id: 1, kind: 'postmortem', link })).kind).toBe('done');
    expect((await room.incidents.after.paperDone(asker, { id: 1, kind: 'postmortem', link: '' })).kind).toBe('already');
    await room.incidents.after.noPaper(asker, { id: 1, kind: 'report', reason: 'the post-mortem says it all' });
    expect(await timers()).toEqual([]);
    await room.pass(80 * hour);
    await room.queue.finish();
    expect(direct(room, anna.id)).toEqual([]);
    expect(await auditedIncidents(store)).toEqual(
      expect.arrayContaining([
        `${anna.id} incident.postmortem.done incident/1`,
        `${anna.id} incident.report.none incident/1`,
      ]),
    );
    const { events } = await room.incidents.show(1);
    expect(events.slice(-2).map(({ kind, words }) => `${kind} ${words}`)).toEqual([
      `postmortem Written: ${link}`,
      'report None: the post-mortem says it all',
    ]);
  });

  it.each(['javascript:alert(1)', 'wiki', 'https://anna:secret@wiki.example.com/'])(
    'take no %s for a page',
    async (link) => {
      const room = await roomOf(store);
      await over(room);
      await expect(room.incidents.after.paperDone(asker, { id: 1, kind: 'report', link })).rejects.toMatchObject({
        code: 'invalid',
      });
    },
  );

  it('are not asked for while it is open, and anew when it is over again', async () => {
    const room = await roomOf(store);
    await over(room);
    const stale = {
      id: 1,
      kind: 'report',
      dueAt: '2026-11-24T10:00:00.000Z',
      plannedAt: '2026-11-23T22:00:00.000Z',
    } as const;
    await room.incidents.reopen(asker, { id: 1, words: 'it is back' });
    expect(await timers()).toEqual([]);
    expect(await room.incidents.after.papers(1)).toEqual([]);
    await expect(room.incidents.after.paperDone(asker, { id: 1, kind: 'report', link: '' })).rejects.toMatchObject({
      code: 'conflict',
    });
    room.clock.move(2 * hour);
    await room.incidents.resolve(asker, { id: 1, words: 'now it is' });
    await room.queue.finish();
    expect(await timers()).toEqual([
      ['incident/1/after/paper/postmortem', '2026-11-25T00:00:00.000Z'],
      ['incident/1/after/paper/report', '2026-11-24T00:00:00.000Z'],
    ]);
    // A job of before that comes late.
    await store.transaction((tx) => room.queue.enqueue(tx, paperJob, stale));
    await room.queue.finish();
    expect(direct(room, anna.id)).toEqual([]);
  });

  it('are one reminder after three hours in which nobody ran, marked late; a job that runs twice reminds once', async () => {
    const room = await roomOf(store);
    await over(room);
    await room.pass(12 * hour);
    await room.queue.finish();
    await room.pass(13 * hour);
    const twice = {
      id: 1,
      kind: 'report',
      dueAt: '2026-11-24T10:00:00.000Z',
      plannedAt: '2026-11-24T08:00:00.000Z',
    } as const;
    await store.transaction((tx) => room.queue.enqueue(tx, paperJob, twice));
    await room.queue.finish();
    const reports = direct(room, anna.id).filter((text) => text.includes('incident report'));
    expect(reports).toHaveLength(2);
    expect(reports[0]).toContain('is due');
    expect(reports[0]).not.toContain('this reminder is late');
    expect(reports[1]).toContain('1 h overdue');
    expect(reports[1]).toContain('this reminder is late');
    expect((await timers()).find(([key]) => key.endsWith('report'))?.[1]).toBe('2026-11-25T10:00:00.000Z');
  });

  it('are not asked for after a false alarm, and are marked after a drill', async () => {
    const alarm = await roomOf(store);
    await over(alarm, { falseAlarm: true });
    expect(await alarm.incidents.after.papers(1)).toEqual([]);
    expect(alarm.said().join()).toContain('false alarm');
    const drill = await roomOf(store);
    await over(drill, { drill: true });
    await drill.pass(12 * hour);
    await drill.queue.finish();
    expect(direct(drill, anna.id)).toEqual([expect.stringContaining('DRILL INC-1')]);
  });
});
