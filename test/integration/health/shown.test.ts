import { expect, onTestFinished, test } from 'vitest';
import type { Check, Ops } from '../../../src/config/model.ts';
import { createHealth, type Scope } from '../../../src/health/health.ts';
import type { HealthReport } from '../../../src/health/model.ts';
import { checkOf, condition, opsOf, testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const all: Scope = { kind: 'all' };
const unhurried = new AbortController().signal;
const nine = '2026-11-23T09:00:00Z';

/** A database, what stands on it, and what doesn't; the test says which answer badly. */
async function booking(over: Partial<Ops> = {}) {
  const down = new Set<string>();
  const check = (id: string, group: string, more: Partial<Check> = {}) =>
    checkOf(async () => ({ facts: { status: down.has(id) ? 503 : 200 } }), {
      id,
      group,
      fail: [condition('status != 200', (facts) => facts.status !== 200, ['status'])],
      ...more,
    });
  const checks = [check('db', 'data'), check('api', 'web', { dependsOn: ['db'] }), check('port', 'web')];
  const store = await embeddedStore();
  await store.pool.query('truncate check_state, check_result, check_rollup, check_transition');
  const clock = testClock(nine);
  const health = createHealth({ ops: opsOf(checks, over), store, clock, log: memoryLog(), reveal: String });
  onTestFinished(() => health.stop());
  async function ask(scope: Scope): Promise<HealthReport> {
    let last: HealthReport | undefined;
    for await (const report of health.measure({ scope, signal: unhurried })) last = report;
    if (!last) throw new Error('no report');
    return last;
  }
  const one = async (id: string) => (await ask(all)).checks.find((each) => each.id === id);
  return { ask, one, down, clock };
}

test('a group whose checks are blocked by another group is not ok, and the cause is named', async () => {
  const { ask, down } = await booking();
  down.add('db').add('api');
  await ask(all);
  const report = await ask({ kind: 'group', id: 'web' });
  expect(report).toMatchObject({ verdict: 'fail', counts: { blocked: 1, ok: 1, fail: 0 } });
  expect(report.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['api', 'blocked'],
    ['port', 'ok'],
  ]);
  expect(report.warnings).toEqual(['db (group data) is fail and blocks 1 check here: status != 200 is true']);
  expect((await ask(all)).warnings).toBeUndefined();
});

const patches = { id: 'patches', match: { check: 'db' }, zone: 'UTC', forMs: 3_600_000, mode: 'mute' as const };

test('while the database is in maintenance, what stands on it is judged by itself', async () => {
  const { ask, down } = await booking({ maintenance: [{ ...patches, cron: '0 9 * * *' }] });
  down.add('db').add('api');
  expect(await ask(all)).toMatchObject({ verdict: 'fail', counts: { fail: 1, muted: 1, ok: 1 } });
});

test('blocked since the parent is down, though the check itself was bad before', async () => {
  const { one, down, clock } = await booking();
  down.add('api');
  expect(await one('api')).toMatchObject({ outcome: 'fail', since: new Date(nine) });
  clock.move(600_000);
  down.add('db');
  expect(await one('api')).toMatchObject({ outcome: 'blocked', since: new Date('2026-11-23T09:10:00Z') });
  clock.move(600_000);
  expect(await one('api')).toMatchObject({ outcome: 'blocked', since: new Date('2026-11-23T09:10:00Z') });
});

test('muted since the window began, whenever it was measured', async () => {
  const { one, clock } = await booking({ maintenance: [{ ...patches, cron: '5 9 * * *' }] });
  expect(await one('db')).toMatchObject({ outcome: 'ok' });
  clock.move(20 * 60_000);
  expect(await one('db')).toMatchObject({ outcome: 'muted', since: new Date('2026-11-23T09:05:00Z') });
});
