import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../../src/audit/append.ts';
import { PortError } from '../../../../src/kernel/errors.ts';
import review from '../../../../src/reports/sections/audit-review.ts';
import log from '../../../../src/reports/sections/changes-log.ts';
import type { Store } from '../../../../src/store/store.ts';
import { beginAnew, tamper } from '../../../support/audit.ts';
import { checkReport, noon } from '../../../support/reports.ts';
import { denied, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';
import { embeddedStore } from '../../../support/store.ts';

const hoursAgo = (hours: number) => new Date(noon.getTime() - hours * 3_600_000);
let store: Store;
const anna = 'slack:UANNA';

beforeAll(async () => {
  store = await embeddedStore();
});
afterAll(() => store.close());
beforeEach(() => tamper(store, ...beginAnew, sql`truncate incident cascade`));

type Row = [actor: string, action: string, target: string, hours: number];
const record = async (...rows: Row[]) => {
  for (const [actor, action, target, hours] of rows)
    await store.transaction((tx) => appendAudit(tx, { actor, request: 'R1' }, { action, target }, hoursAgo(hours)));
};
/** Five rows of the last day, one of them a denial, and one of before. */
const aDay = () =>
  record(
    [anna, 'check.mute', 'check/old', 30],
    [anna, 'check.mute', 'check/api', 9],
    ['os:ben', 'maintenance.begin', 'group/data', 8],
    [anna, 'check.mute', 'check/web', 7],
    ['rounds', 'incident.severity', 'incident/1', 6],
    ['slack:UEVE', 'access.denied', 'maintenance', 5],
  );
/** An incident that some may see, or all, with the id 1. */
const incident = (isPrivate: boolean) =>
  sql`insert into incident (id, key, title, severity, label, urgency, declared_at, declared_by, declared_by_mention, way, private)
      overriding system value
      values (1, 'k1', 'a secret', 'P1', 'P1', 'error', ${noon}, ${anna}, '@anna', 'slack', ${isPrivate})`.execute(
    store.db(),
  );
const names = async () => new Map([[anna, 'Anna Berg']]);

describe('the log of changes', () => {
  const run = (scene: Parameters<typeof runSection>[1] = {}, options = {}) =>
    runSection(log, { ...scene, sources: { store, names, ...scene.sources } }, options);

  it('says how much was done by how many, and in the thread who did what', async () => {
    await aDay();
    const made = await run();
    expect(made).toMatchObject({ attention: 'none', lines: [], brief: 'changes 4 by 2 people', unknown: [] });
    expect(rowsOf(made, 'Done through Rounds')).toEqual([
      ['Anna Berg', 'check.mute', 2, 'Mon 23 Nov 05:00 UTC'],
      ['os:ben', 'maintenance.begin', 1, 'Mon 23 Nov 04:00 UTC'],
      ['Rounds', 'incident.severity', 1, 'Mon 23 Nov 06:00 UTC'],
    ]);
    expect(rowsOf(made, 'Changes, newest first')).toEqual([
      ['Mon 23 Nov 06:00 UTC', 'Rounds', 'incident.severity', 'incident/1'],
      ['Mon 23 Nov 05:00 UTC', 'Anna Berg', 'check.mute', 'check/web'],
      ['Mon 23 Nov 04:00 UTC', 'os:ben', 'maintenance.begin', 'group/data'],
      ['Mon 23 Nov 03:00 UTC', 'Anna Berg', 'check.mute', 'check/api'],
    ]);
  });

  it('has no private incident', async () => {
    await aDay();
    await incident(true);
    const made = await run();
    expect(made.brief).toBe('changes 3 by 2 people');
    expect(JSON.stringify(made)).not.toContain('incident');
    await sql`update incident set private = false`.execute(store.db());
    expect((await run()).brief).toBe('changes 4 by 2 people');
  });

  it('leaves out what is no change, and texts that were erased', async () => {
    await aDay();
    await record([anna, 'report.snooze', 'check/api', 3], [anna, 'checklist.tick', 'checklist/1', 3]);
    await tamper(
      store,
      sql`update audit_detail set salt = null, payload = null, actor = null, action = null, target = null where seq = 2`,
    );
    expect((await run()).brief).toBe('changes 3 by 2 people');
    expect((await run({}, { without: ['check', 'report'] })).brief).toBe('changes 3 by 2 people');
    expect((await run({}, { without: [] })).brief).toBe('changes 5 by 2 people');
  });

  it('tells of deployments under way, and of those that failed', async () => {
    const ecs = checkReport('shop', {
      type: 'ecs-services',
      facts: { rollouts_in_progress: 1, rollouts_failed: ['web: rolled back'], behind: [] },
    });
    const made = await run({ checks: [ecs] });
    expect(made.brief).toBe('deployments under way 1, deployments failed 1');
    expect(rowsOf(made, 'Deployments')).toEqual([['shop', 1, 'web: rolled back', null]]);
    expect(await run({ checks: [denied('shop', { type: 'ecs-services' })] })).toMatchObject({ tables: [] });
    const away = await run({ checks: [ecs], unmeasured: 'the database is away' });
    expect(away.unknown).toEqual(['deployments: the database is away']);
  });

  it('is nothing to speak of where nothing was done', async () => {
    const made = await run();
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('names people by their ids where Slack does not tell', async () => {
    await aDay();
    const away = async () => Promise.reject(new PortError('timeout', 'Slack is away', { retryable: true }));
    expect(rowsOf(await run({ sources: { names: away } }), 'Done through Rounds')[0]?.[0]).toBe('UANNA');
  });
});

describe('the review of the audit', () => {
  const run = (scene: Parameters<typeof runSection>[1] = {}, options = {}) =>
    runSection(review, { ...scene, sources: { store, names } }, options);
  const query = (facts: Record<string, unknown>, over = {}) =>
    checkReport('audit-week', {
      ...{ type: 'postgres-query', facts: { rows: 1, latency_ms: 4, connect_ms: 2, error: '', ...facts }, ...over },
    });
  const week = { total: 45_230, users: 87, phi_access: 12_450, exports: 23, top_user: 'anna@example.com' };
  const options = { checks: 'audit-week', labels: { phi_access: 'PHI access events' } };

  it('counts what the operator keeps and what was done through Rounds, and names nobody of the former', async () => {
    await aDay();
    const before = { 'audit-week.exports': 20 };
    const made = await run({ checks: [query(week)], before }, options);
    expect(made).toMatchObject({ attention: 'none', unknown: [], brief: 'audit: nothing unusual' });
    expect(rowsOf(made, 'Audit, totals')).toEqual([
      ['total', '45,230', null],
      ['users', '87', null],
      ['PHI access events', '12,450', null],
      ['exports', '23 (+3)', 20],
      ['done through Rounds', '4', null],
      ['people who did so', '2', null],
      ['denied by Rounds', '1', null],
    ]);
    expect(rowsOf(made, 'Denied by Rounds')).toEqual([['UEVE', 'access.denied', 1, 'Mon 23 Nov 07:00 UTC']]);
    expect(rowsOf(made, 'Done through Rounds')).toHaveLength(3);
    expect(JSON.stringify(made)).not.toContain('anna@');
    expect(saidLines(made)).toEqual([]);
    const always = await run({ checks: [query(week)] }, { ...options, show: 'always' });
    expect(saidLines(always)).toContain('PHI access events: 12,450');
  });

  it('tells of numbers that rose', async () => {
    const before = { 'audit-week.exports': 7, 'audit-week.users': 29, 'audit-week.total': 40_000 };
    const made = await run({ checks: [query(week)], before }, options);
    expect(made).toMatchObject({ attention: 'look', brief: 'audit: 2 unusual' });
    expect(saidLines(made)).toEqual([
      'users 87, 29 in the report before (limit 3 times)',
      'exports 23, 7 in the report before (limit 3 times)',
    ]);
    expect(saidLines(await run({ checks: [query(week)], before }, { ...options, rise_from: 50 }))).toHaveLength(1);
  });

  it('is never calm words where the tables could not be read', async () => {
    const made = await run({ checks: [denied('audit-week', { type: 'postgres-query' })] }, options);
    expect(made.brief).toBe('audit (1 unknown)');
    expect(made.lines[0]).toMatchObject({ mark: 'unknown', threadOnly: true });
    expect(made.lines[0]?.text).toContain('AccessDenied');
    const none = await run({}, options);
    expect(none).toMatchObject({ attention: 'look', brief: 'audit' });
    expect(none.unknown).toEqual([expect.stringContaining('there is no check audit-week')]);
  });

  it('counts nothing of a private incident', async () => {
    await aDay();
    await incident(true);
    expect(rowsOf(await run(), 'Audit, totals')[0]).toEqual(['done through Rounds', '3', null]);
  });

  it('is nothing to speak of where nothing was done and nothing is configured', async () => {
    const made = await run({ checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('counts 12,000 rows of a week, behind 6,000 of before', async () => {
    // As `audit_append` leaves them, but for the hashes, which nothing here reads.
    const rows = (count: number, first: number, from: Date) => [
      sql`insert into audit_entry (seq, at_ms, commitment, hash)
          select ${first}::bigint + n, ${from.getTime()}::bigint + n * 1000, '', '' from generate_series(1, ${count}::int) n`,
      sql`insert into audit_detail (seq, salt, payload, actor, action, target)
          select ${first}::bigint + n, '', '{}', 'slack:U' || n % 700, 'check.mute', 'check/' || n
          from generate_series(1, ${count}::int) n`,
    ];
    await tamper(store, ...rows(6_000, 0, hoursAgo(400)), ...rows(12_000, 6_000, hoursAgo(100)));
    const made = await run({ from: hoursAgo(168) });
    expect(made.values).toMatchObject({ 'rounds.done': 12_000, 'rounds.people': 700 });
    expect(rowsOf(made, 'Done through Rounds')).toHaveLength(60);
    const changes = await runSection(log, { from: hoursAgo(168), sources: { store, names } });
    expect(changes.brief).toBe('changes 12,000 by 700 people');
    expect(rowsOf(changes, 'The last 60 of 12000 changes')).toHaveLength(60);
  });
});
