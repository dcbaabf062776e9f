import { beforeAll, describe, expect, it } from 'vitest';
import incidents from '../../../../src/reports/sections/incidents.ts';
import overnight from '../../../../src/reports/sections/overnight.ts';
import type { Store } from '../../../../src/store/store.ts';
import { checkOf } from '../../../support/checks.ts';
import { anna, asker, ben, type Room, roomOf } from '../../../support/incidents.ts';
import { contextOf } from '../../../support/report-context.ts';
import { checkReport } from '../../../support/reports.ts';
import { embeddedStore } from '../../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** An empty room, and nothing known of checks. */
async function emptyRoom(): Promise<Room> {
  await store.pool.query('truncate check_transition');
  return roomOf(store);
}

async function declared(room: Room, key: string, over: Partial<Parameters<Room['incidents']['declare']>[1]> = {}) {
  const result = await room.incidents.declare(asker, { key, severity: 'P2', title: `Trouble ${key}`, ...over });
  await room.queue.finish();
  return result;
}

async function resolved(room: Room, id: number) {
  await room.incidents.resolve(asker, { id, words: 'rolled back' });
  await room.queue.finish();
}

function contextIn(room: Room, over: Parameters<typeof contextOf>[0] = {}) {
  const now = room.clock.now();
  return contextOf({
    ...{ now, from: new Date(now.getTime() - 12 * hour) },
    ...over,
    sources: { store, incidents: room.incidents, ...over.sources },
  });
}

const said = (room: Room, options = {}, over: Parameters<typeof contextOf>[0] = {}) =>
  overnight.run(contextIn(room, over), overnight.options.parse(options));

const pagerDuty = (facts: Record<string, unknown>) =>
  checkReport('pd', {
    type: 'pagerduty-incidents',
    facts: { open: 0, triggered: 0, acknowledged: 0, resolved: 2, ...facts },
  });

describe('overnight', () => {
  it('a quiet night has no incidents; no pages only where PagerDuty was asked', async () => {
    const room = await emptyRoom();
    expect(await said(room)).toMatchObject({ attention: 'none', brief: 'no incidents' });
    const asked = { reports: [pagerDuty({ notifications: 0, people_paged: 0 })] };
    expect((await said(room, {}, asked)).brief).toBe('no pages');
    const rang = { reports: [pagerDuty({ notifications: 3, people_paged: 1, paged: ['Anna ×3'] })] };
    const result = await said(room, {}, rang);
    expect(result.brief).toBe('no incidents');
    expect(result.lines.map(({ text }) => text)).toContain(
      'PagerDuty (pd): 3 pages to 1 person (Anna ×3), none open, 2 resolved',
    );
  });

  it('incidents since the last report are counted by severity, with what became of them', async () => {
    const room = await emptyRoom();
    await declared(room, 'older');
    room.clock.move(13 * hour);
    await declared(room, 'over');
    room.clock.move(4 * minute);
    await room.incidents.acknowledge(asker, 2);
    await resolved(room, 2);
    await resolved(room, 1);
    const result = await said(room, { severities: ['p1', 'p2'] });
    expect(result.lines[0]!.text).toBe('0 P1, 1 P2 (resolved)');
    expect(result).toMatchObject({ attention: 'none', brief: '0 P1, 1 P2 (resolved)', values: { declared: 1 } });
    expect(result.tables![0]!.rows).toEqual([['P2 Medium', 1, 1, 0, 1, 0, '4 min', 0]]);
    await declared(room, 'open', { severity: 'P1' });
    expect(await said(room)).toMatchObject({ attention: 'look', brief: '1 P1 (open), 1 P2 (resolved)' });
  });

  it('drills and private incidents are none of them', async () => {
    const room = await emptyRoom();
    await declared(room, 'drill', { drill: true });
    await declared(room, 'private', { private: true });
    const result = await said(room);
    expect(result).toMatchObject({ attention: 'none', brief: 'no incidents', tables: [] });
  });

  it('failures of checks are counted, however many, with the one that lasted longest', async () => {
    const room = await emptyRoom();
    const now = room.clock.now().getTime();
    const change = (id: string, ago: number, from: string | null, to: string) =>
      store.pool.query(
        'insert into check_transition (check_id, at, from_outcome, to_outcome, reason) values ($1, $2, $3, $4, $5)',
        [id, new Date(now - ago), ...[from, to, 'because']],
      );
    await change('old', 20 * hour, 'ok', 'fail');
    await change('old', 11 * hour, 'fail', 'ok');
    await change('db', 6 * hour, 'ok', 'fail');
    await change('db', 6 * hour - 42 * minute, 'fail', 'warn');
    await change('web', 10 * minute, null, 'fail');
    await store.pool.query(
      `insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
       select 'flapping' || n, $1::timestamptz - interval '1 hour', 'ok', 'fail', '' from generate_series(1, 5000) n
       union all select 'flapping' || n, $1::timestamptz - interval '59 minutes', 'fail', 'ok', '' from generate_series(1, 5000) n`,
      [room.clock.now()],
    );
    const { lines, brief, attention } = await said(room);
    const words = '5002 failures of checks, 5002 recovered, longest db 42 min';
    expect(lines.map(({ text }) => text)).toContain(words);
    expect([brief, attention]).toEqual([`no incidents, ${words}`, 'none']);
  });

  it('what Alertmanager reported and nobody looked at wants a look', async () => {
    const room = await emptyRoom();
    const signal = {
      ...{
        source: 'alertmanager' as const,
        what: 'firing' as const,
        name: 'HighErrorRate',
        systems: 'api',
        details: '',
      },
      ...{ severity: 'critical', alerts: 1, since: new Date(room.clock.now().getTime() - hour) },
    };
    await room.incidents.proposals.heard({ ...signal, key: 'a' });
    await room.incidents.proposals.heard({ ...signal, key: 'b' });
    await room.incidents.proposals.heard({ ...signal, key: 'b', what: 'over' });
    const before = await said(room);
    expect(before.attention).toBe('look');
    expect(before.lines[1]).toMatchObject({
      mark: 'warn',
      text: 'Alertmanager reported 2: 1 over by themselves, 1 going on that nobody has looked at',
    });
    const [{ id }] = (await store.pool.query(`select id from incident_proposal where key = 'a'`)).rows;
    await room.incidents.proposals.dismiss(asker, Number(id));
    expect((await said(room)).attention).toBe('none');
  });

  it('a tool that could not be asked is unknown, and nobody says that there were no pages', async () => {
    const room = await emptyRoom();
    const down = { ...{ outcome: 'unknown' as const, reason: '401', next: 'look at PAGERDUTY_READ_TOKEN' }, facts: {} };
    const result = await said(
      room,
      { title: '{ok} Night' },
      {
        reports: [
          checkReport('pd', { type: 'pagerduty-incidents', ...down }),
          checkReport('am', { type: 'alertmanager', outcome: 'fail', reason: 'refused', facts: { reachable: false } }),
        ],
      },
    );
    expect(result.unknown).toEqual(['am: refused', 'pd: 401 → look at PAGERDUTY_READ_TOKEN']);
    expect(result).toMatchObject({ title: '⚪ Night', brief: 'no incidents' });
  });

  it('what Alertmanager fires is told with the time that its check looks back', async () => {
    const room = await emptyRoom();
    const am = {
      ...checkOf(async () => ({ facts: {} }), { id: 'am' }),
      type: 'alertmanager',
      target: { since: 24 * hour },
    };
    const facts = { reachable: true, firing: 3, critical: 1, started: 2, started_critical: 0, silenced: 4 };
    const { lines } = await said(
      room,
      {},
      { checks: [am], reports: [checkReport('am', { type: 'alertmanager', facts })] },
    );
    expect(lines.at(-1)!.text).toBe('Alertmanager (am): 3 firing (1 critical), 2 of them began within 1 d, 4 silenced');
  });
});

describe('incidents', () => {
  const told = (room: Room, options = {}) => incidents.run(contextIn(room), incidents.options.parse(options));

  it('none is said in a few words', async () => {
    const room = await emptyRoom();
    expect(await told(room)).toMatchObject({ attention: 'none', lines: [], brief: 'no open incidents', tables: [] });
  });

  it('open ones are there with who has them, the ones that nobody has first', async () => {
    const room = await emptyRoom();
    await declared(room, 'a', { severity: 'P3' });
    await room.incidents.acknowledge({ ...asker, by: ben }, 1);
    await declared(room, 'b', { severity: 'P0', phi: true });
    await declared(room, 'c', { severity: 'P1', drill: true });
    room.clock.move(2 * hour);
    const { lines, attention, brief } = await told(room);
    expect(attention).toBe('act');
    expect(lines.map(({ mark, owner, item }) => [mark, owner, item])).toEqual([
      ['fail', expect.any(String), 'incident/2'],
      ['warn', ben.mention, 'incident/1'],
      ['info', expect.any(String), 'incident/3'],
    ]);
    expect(lines[0]!.text).toMatch(/^INC-2 P0 Critical: details in its channel: .* is overdue/);
    expect(lines[1]!.text).toMatch(/^INC-1 P3 [A-Z]\w+: Trouble a/);
    expect(brief).toBe('2 open incidents · 3 since the last report');
    await room.incidents.acknowledge(asker, 2);
    expect(await told(room)).toMatchObject({ attention: 'look' });
    expect((await told(room)).lines[0]).toMatchObject({ owner: anna.mention });
  });

  it('those since the last report are a table: when, how soon somebody had them, how soon they were over', async () => {
    const room = await emptyRoom();
    await declared(room, 'a');
    room.clock.move(4 * minute);
    await room.incidents.acknowledge(asker, 1);
    room.clock.move(hour);
    await resolved(room, 1);
    const { tables, attention } = await told(room);
    expect(attention).toBe('none');
    expect(tables![0]!.rows).toEqual([['INC-1 P2 Medium: Trouble a', 'Mon 23 Nov 09:00 UTC', '4 min', '1 h 4 min']]);
  });

  it('what is overdue after them is counted; as lines it stands where they were asked for', async () => {
    const room = await emptyRoom();
    await declared(room, 'a', { severity: 'P0' });
    await room.incidents.acknowledge(asker, 1);
    await resolved(room, 1);
    const add = { id: 1, owner: ben, words: 'an index' };
    const due = (days: number) => new Date(room.clock.now().getTime() + days * 24 * hour);
    await room.incidents.after.addFollowUp(asker, { ...add, key: 'f1', dueAt: due(1) });
    await room.incidents.after.addFollowUp(asker, { ...add, key: 'f2', dueAt: due(99) });
    room.clock.move(30 * 24 * hour);
    const quiet = await told(room);
    expect(quiet).toMatchObject({ attention: 'none' });
    expect(quiet.brief).toMatch(
      /^no open incidents · follow-ups 2 open, 1 overdue · incident papers \d open, \d overdue$/,
    );
    expect(quiet.lines.every(({ threadOnly }) => threadOnly)).toBe(true);
    const loud = await told(room, { show: 'always' });
    expect(loud.attention).toBe('look');
    const index = loud.lines.find(({ text }) => text.includes('an index'));
    expect(index).toMatchObject({ owner: ben.mention, mark: 'warn' });
    expect(index!.threadOnly).toBeUndefined();
  });

  it('nothing of a private one is told', async () => {
    const room = await emptyRoom();
    await declared(room, 'hush', { private: true, severity: 'P0' });
    const result = await told(room, { show: 'always' });
    expect(result).toMatchObject({ attention: 'none', lines: [], brief: 'no open incidents', tables: [] });
  });

  it('of five thousand all are counted and a hundred are listed', async () => {
    const room = await emptyRoom();
    await store.pool.query(
      `insert into incident (key, title, severity, label, urgency, declared_at, declared_by, declared_by_mention, way)
       select 'many' || n, 'Trouble ' || n, 'p2', 'P2 Medium', 'warning', $1, 'slack:U1', '<@U1>', 'slack' from generate_series(1, 5000) n`,
      [room.clock.now()],
    );
    const startedAt = performance.now();
    const result = await told(room);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(result.title).toBe('Incidents (5000 open)');
    expect(result.lines).toHaveLength(100);
    expect(result.brief).toBe('5000 open incidents · 5000 since the last report');
  });
});
