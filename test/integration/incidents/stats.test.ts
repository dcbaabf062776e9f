import { beforeAll, describe, expect, it } from 'vitest';
import { statsPeriod } from '../../../src/incidents/stats/period.ts';
import { statsText } from '../../../src/incidents/stats/views.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

interface Past {
  /** Minutes since the declaration. */
  ack?: number;
  mitigated?: number;
  ended?: number;
  resolved?: number;
  at?: string;
  severity?: string;
  systems?: string;
  drill?: boolean;
  falseAlarm?: boolean;
  isPrivate?: boolean;
}

/** An incident of the past, as the verbs would have written it. */
async function past(room: Room, how: Past): Promise<number> {
  const { at = '2026-11-10T12:00:00Z', severity = 'P0', systems = '', drill = false, isPrivate = false } = how;
  const key = `k${Math.random()}`;
  const { incident } = await room.incidents.declare(asker, {
    ...{ key, severity, title: 'x', systems, drill, private: isPrivate },
  });
  const { id } = incident;
  const after = (minutes: number | undefined) =>
    minutes === undefined ? null : new Date(Date.parse(at) + minutes * minute);
  await store.pool.query(
    `update incident set declared_at = $2, resolved_at = $3, mitigated_at = $4, ended_at = $5, false_alarm = $6 where id = $1`,
    [id, at, after(how.resolved), after(how.mitigated), after(how.ended), how.falseAlarm ?? false],
  );
  if (how.ack !== undefined)
    await store.pool.query(
      `insert into incident_event (incident_id, at, kind, by) values ($1, $2, 'acknowledged', 'slack:U1')`,
      [id, after(how.ack)],
    );
  return id;
}

const of = (room: Room, words = '30d', viewer = anna) =>
  room.incidents.statistics({ period: statsPeriod(words, room.clock.now(), 'UTC'), viewer });

describe('figures', () => {
  it('are the median and the ninth tenth, computed by hand', async () => {
    const room = await roomOf(store);
    // 1, 2, 3, 4, 10: the median is 3; the place of p90 is 0.9 × 4 = 3.6, so 4 + 0.6 × (10 − 4) = 7.6.
    for (const ack of [10, 1, 4, 2, 3]) await past(room, { ack, mitigated: ack * 2, resolved: ack * 10 });
    const { all } = await of(room);
    expect(all).toEqual({
      ...{ key: 'all', label: 'all', count: 5 },
      acknowledge: { count: 5, median: 3 * minute, p90: expect.closeTo(7.6 * minute, 3) },
      mitigate: { count: 5, median: 6 * minute, p90: expect.closeTo(15.2 * minute, 3) },
      resolve: { count: 5, median: 30 * minute, p90: expect.closeTo(76 * minute, 3) },
    });
  });

  it('count neither what is open nor drills, false alarms and duplicates, and say so', async () => {
    const room = await roomOf(store);
    await past(room, { ack: 2, resolved: 20 });
    await past(room, { ack: 500 });
    await past(room, { ack: 500, resolved: 600, drill: true });
    await past(room, { ack: 500, resolved: 600, falseAlarm: true });
    const merged = await past(room, { resolved: 600 });
    await store.pool.query('update incident set merged_into = 1 where id = $1', [merged]);
    const stats = await of(room);
    expect(stats.all).toMatchObject({ count: 1, acknowledge: { median: 2 * minute }, resolve: { p90: 20 * minute } });
    expect(stats.leftOut).toEqual({ open: 1, drills: 1, falseAlarms: 1, merged: 1, hidden: 0 });
    expect(statsText(stats, undefined)).toContain(
      'Not counted: 1 still open, 1 drill, 1 false alarm, 1 merged into another',
    );
  });

  it('take the first acknowledgement, and the harm as over when the first of both says so', async () => {
    const room = await roomOf(store);
    const id = await past(room, { ack: 5, mitigated: 30, ended: 20, resolved: 60 });
    await store.pool.query(
      `insert into incident_event (incident_id, at, kind, by) values ($1, '2026-11-10T12:50:00Z', 'acknowledged', 'slack:U1')`,
      [id],
    );
    const { all } = await of(room);
    expect(all).toMatchObject({ acknowledge: { median: 5 * minute }, mitigate: { median: 20 * minute } });
  });

  it('of what nobody recorded are none, never nought', async () => {
    const room = await roomOf(store);
    await past(room, { resolved: 60 });
    const stats = await of(room);
    expect(stats.all?.acknowledge).toEqual({ count: 0, median: null, p90: null });
    expect(statsText(stats, undefined)).toContain(
      'acknowledged: not recorded · mitigated: not recorded · resolved in 1 h',
    );
  });

  it('without any incident say that there is none', async () => {
    const room = await roomOf(store);
    const text = statsText(await of(room), undefined);
    expect(text).toContain('No incident in the last 30 days to count');
    expect(text).not.toMatch(/NaN|null|undefined/);
  });

  it('go by severity, worst first, and by each system once, whatever its case', async () => {
    const room = await roomOf(store);
    await past(room, { resolved: 10, severity: 'P2', systems: 'API, IVR, api' });
    await past(room, { resolved: 30, severity: 'P0', systems: 'Api' });
    await past(room, { resolved: 50, severity: 'P0', systems: ' , ' });
    const { severities, systems } = await of(room);
    expect(severities.map(({ key, count }) => [key, count])).toEqual([
      ['p0', 2],
      ['p2', 1],
    ]);
    expect(systems.map(({ key, count, resolve }) => [key, count, resolve.median])).toEqual([
      ['api', 2, 20 * minute],
      ['ivr', 1, 10 * minute],
    ]);
  });

  it('go by months of the zone, also where the clock changes, and show those without an incident', async () => {
    const room = await roomOf(store);
    // In New York it is still October until 04:00 UTC; on November 1 clocks go back.
    await past(room, { resolved: 10, at: '2026-11-01T03:59:00Z' });
    await past(room, { resolved: 20, at: '2026-11-01T04:00:00Z' });
    await past(room, { resolved: 30, at: '2026-09-01T04:00:00Z' });
    const period = statsPeriod('2026', room.clock.now(), 'America/New_York');
    const { months } = await room.incidents.statistics({ period, viewer: anna });
    expect(months.slice(7).map(({ key, count }) => [key, count])).toEqual([
      ['2026-08', 0],
      ['2026-09', 1],
      ['2026-10', 1],
      ['2026-11', 1],
    ]);
    const october = await room.incidents.statistics({
      period: statsPeriod('2026-10', room.clock.now(), 'America/New_York'),
      viewer: anna,
    });
    expect(october.all?.count).toBe(1);
  });

  it('of private incidents are for those who are in them', async () => {
    const room = await roomOf(store);
    await past(room, { resolved: 10, isPrivate: true });
    expect(await of(room)).toMatchObject({ all: { count: 1 }, confidential: true });
    const others = await of(room, '30d', ben);
    expect(others).toMatchObject({ all: undefined, confidential: false, leftOut: { hidden: 1 } });
    expect(statsText(others, undefined)).toContain('1 private and not yours to see');
  });

  it('of now are for those who have something to do with a private incident of another time', async () => {
    const room = await roomOf(store);
    await past(room, { resolved: 10, at: '2026-01-10T12:00:00Z', isPrivate: true });
    expect(await of(room)).toMatchObject({ all: undefined, confidential: true });
    expect(await of(room, '30d', ben)).toMatchObject({ followUps: { open: 0 }, confidential: false });
    const followUp = { id: 1, key: 'f', words: 'x', owner: ben, dueAt: new Date(room.clock.now().getTime() + day) };
    await room.incidents.after.addFollowUp(asker, followUp);
    await store.pool.query('delete from incident_member where person = $1', [ben.id]);
    expect(await of(room, '30d', ben)).toMatchObject({ followUps: { open: 1 }, confidential: true });
    const period = statsPeriod('30d', room.clock.now(), 'UTC');
    expect(await room.incidents.statistics({ period, viewer: 'everything' })).toMatchObject({ confidential: true });
  });

  it('count all follow-ups, however many there are', async () => {
    const room = await roomOf(store);
    await past(room, { resolved: 10 });
    await store.pool.query(
      `insert into incident_followup (key, incident_id, words, owner, owner_mention, due_at, created_at, created_by)
       select 'f' || n, 1, 'x', $1, 'x', $2::timestamptz + n * interval '1 minute', $2, $1 from generate_series(-599, 2) n`,
      [anna.id, room.clock.now()],
    );
    expect((await of(room)).followUps).toEqual({ open: 602, overdue: 599 });
  });

  it('say what is overdue now', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'now', severity: 'P0', title: 'x' });
    const dueAt = new Date(room.clock.now().getTime() + day);
    const owner = { id: anna.id, mention: anna.mention };
    await room.incidents.after.addFollowUp(asker, { id: 1, key: 'f', words: 'index', owner, dueAt });
    await room.incidents.resolve(asker, { id: 1, words: 'x' });
    room.clock.move(2 * day);
    expect(await of(room)).toMatchObject({
      followUps: { open: 1, overdue: 1 },
      overduePapers: { report: 1, postmortem: 0 },
    });
    expect(await room.incidents.after.overdueFollowUps('everything')).toMatchObject([{ words: 'index' }]);
    room.clock.move(2 * day);
    expect(statsText(await of(room), undefined)).toContain(
      '1 open follow-up, 1 overdue · 1 overdue post-mortem · 1 overdue report',
    );
  });
});
