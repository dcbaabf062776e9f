import { beforeAll, describe, expect, it } from 'vitest';
import type { Answers } from '../../../../src/incidents/breach/model.ts';
import type { SectionContext } from '../../../../src/reports/section.ts';
import actions from '../../../../src/reports/sections/actions.ts';
import type { Store } from '../../../../src/store/store.ts';
import { asker, ben, type Room, roomOf } from '../../../support/incidents.ts';
import { contextOf } from '../../../support/report-context.ts';
import { embeddedStore } from '../../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const p0 = { key: 'k1', severity: 'P0', title: 'API is down' };
const breached: Answers = {
  ...{ exposed: 'yes', factors: {}, individuals: 660, states: { CA: 620 }, weAre: 'covered_entity' },
  conclusion: 'breach',
};
const given = actions.options.parse({});

/** What the section says of a room as it is now. */
function said(room: Room, over: Partial<SectionContext> = {}, options = {}) {
  const ctx = contextOf({ now: room.clock.now(), ...over, sources: { store: room.store, ...over.sources } });
  return actions.run(ctx, { ...given, ...options });
}

/** Follow-ups are counted on from test to test. */
const numberless = (text: string) => text.replace(/^F-\d+/, 'F-N');

/** Nobody has to do anything any more about what its severity asks for. */
async function resolved(room: Room, id = 1) {
  await room.incidents.resolve(asker, { id, words: 'rolled back' });
  await room.queue.finish();
}

describe('action items', () => {
  it('are none on a quiet day, and that is said where it was asked for', async () => {
    const room = await roomOf(store);
    expect(await said(room)).toMatchObject({ attention: 'none', lines: [], brief: 'nothing overdue' });
    expect(await said(room, {}, { show: 'always' })).toMatchObject({ lines: [{ text: 'None' }], always: true });
  });

  it('are what is late and what is due before the next report, the longest late first, with who has it', async () => {
    const room = await roomOf(store);
    const now = room.clock.now();
    await room.incidents.declare(asker, p0);
    const due = (ms: number) => new Date(now.getTime() + ms);
    const add = { id: 1, owner: ben };
    await room.incidents.after.addFollowUp(asker, { ...add, key: 'f1', words: 'add an index', dueAt: due(2 * hour) });
    await room.incidents.after.addFollowUp(asker, { ...add, key: 'f2', words: 'later', dueAt: due(9 * day) });
    await room.incidents.tasks.add(asker, { id: 1, key: 't1', what: 'restart', assignee: ben, dueAt: due(hour) });
    await room.incidents.tasks.add(asker, { id: 1, key: 't2', what: 'look at logs', dueAt: due(6 * hour) });
    const checklist = { id: 3, name: 'morning', title: 'Morning', owner: '@ops', startedAt: now, done: 2, total: 9 };
    const checklists = { open: async () => [{ ...checklist, dueAt: due(3 * hour) }], endedBetween: async () => [] };
    room.clock.move(4 * hour);
    const result = await said(room, { sources: { checklists } as unknown as SectionContext['sources'] });
    expect(result.attention).toBe('act');
    expect(result.brief).toBe('3 overdue');
    expect(result.lines.map(({ mark, text, owner, item }) => [mark, numberless(text), owner, item])).toEqual([
      ['warn', 'T1 of INC-1: restart: overdue', ben.mention, 'task/INC-1-T1'],
      ['warn', 'F-N of INC-1: add an index: overdue', ben.mention, expect.stringMatching(/^followup\/\d+$/)],
      ['warn', 'Morning: 2 of 9 steps done: overdue', '@ops', 'checklist/3'],
      ['info', 'T2 of INC-1: look at logs: due Mon 23 Nov 15:00 UTC', 'nobody has it', 'task/INC-1-T2'],
    ]);
    expect(result.lines[0]!.since).toBe(due(hour).toISOString());
    expect(result.tables![0]!.rows).toHaveLength(4);
    expect(result.values).toEqual({ late: 3, total: 4 });
  });

  it('tasks of an incident that is over wait for nobody; what is to be written does', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, p0);
    const dueAt = new Date(room.clock.now().getTime() + hour);
    await room.incidents.tasks.add(asker, { id: 1, key: 't1', what: 'restart', assignee: ben, dueAt });
    await room.incidents.acknowledge(asker, 1);
    await resolved(room);
    room.clock.move(30 * day);
    const texts = (await said(room)).lines.map(({ text }) => text);
    expect(texts.some((text) => text.startsWith('T1'))).toBe(false);
    expect(texts).toContain('post-mortem of INC-1: overdue');
    await room.incidents.after.noPaper(asker, { id: 1, kind: 'postmortem', reason: 'nothing more to say' });
    expect((await said(room)).lines.map(({ text }) => text)).not.toContain('post-mortem of INC-1: overdue');
  });

  it('deadlines of a breach are there until they are kept, and tell nothing of what was found', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...p0, phi: true });
    await room.incidents.after.addFollowUp(asker, {
      ...{ id: 1, key: 'f1', words: 'call Jane Roe', owner: ben, dueAt: new Date(room.clock.now().getTime() + day) },
    });
    room.clock.move(4 * day);
    const before = await said(room);
    const texts = before.lines.map(({ text }) => numberless(text));
    expect(texts).toEqual(['F-N of INC-1: see its channel: overdue', 'Breach deadline of INC-1: overdue']);
    expect(before.lines[1]!.mark).toBe('fail');
    await room.incidents.breach.assess(asker, { id: 1, answers: breached, basedOn: 0 });
    expect((await said(room)).lines).toHaveLength(1);
    // Until the end of the last day on the calendar of the zone: 22 January, which in Los Angeles is eight hours longer.
    room.clock.move(new Date('2027-01-23T07:30:00Z').getTime() - room.clock.now().getTime());
    const { lines } = await said(room, { zone: 'America/Los_Angeles' });
    expect(lines.map(({ text }) => numberless(text))).toEqual([
      'F-N of INC-1: see its channel: overdue',
      ...Array.from({ length: 3 }, () => 'Breach deadline of INC-1: due Sat 23 Jan 00:00 PST'),
    ]);
    expect(JSON.stringify(await said(room))).not.toMatch(/HHS|media|individuals|Jane|660/i);
    for (const kind of ['individuals', 'hhs', 'media'] as const)
      await room.incidents.breach.recordSent(asker, { id: 1, kind, on: '2027-01-20', confirmation: 'C-1' });
    expect((await said(room)).lines).toHaveLength(1);
  });

  it('nothing of a private incident is told', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...p0, private: true });
    const dueAt = new Date(room.clock.now().getTime() + hour);
    await room.incidents.after.addFollowUp(asker, { id: 1, key: 'f1', words: 'hush', owner: ben, dueAt });
    await room.incidents.tasks.add(asker, { id: 1, key: 't1', what: 'hush', dueAt });
    room.clock.move(2 * hour);
    expect(await said(room)).toMatchObject({ attention: 'none', lines: [], values: { late: 0, total: 0 } });
  });

  it('of five thousand all are counted, and the hundred that are late the longest are listed, at once', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, p0);
    await store.pool.query(
      `insert into incident_followup (key, incident_id, words, owner, owner_mention, due_at, created_at, created_by)
       select 'many' || n, 1, 'do ' || n, '@dba', '@dba', $1::timestamptz - n * interval '1 minute', $1, 'slack:U1'
       from generate_series(1, 5000) n`,
      [room.clock.now()],
    );
    const startedAt = performance.now();
    const result = await said(room);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(result.title).toBe('Action items (5000, 5000 overdue)');
    expect(result.lines).toHaveLength(100);
    expect(result.lines[0]!.text).toContain('do 5000');
    expect(result.brief).toBe('5000 overdue');
  });
});
