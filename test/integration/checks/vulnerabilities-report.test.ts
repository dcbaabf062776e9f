import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import vulnerabilities from '../../../src/checks/vulnerabilities.ts';
import { createHeartbeats } from '../../../src/heartbeats/heartbeats.ts';
import type { CheckType } from '../../../src/kernel/check.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { absentStore } from '../../../src/store/absent.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf, testClock } from '../../support/checks.ts';
import { hour, minute } from '../../support/heartbeat-job.ts';
import { reportsTo, token } from '../../support/heartbeats.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { judgedByDefault, measure, type ProbeSetting, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';
import { embeddedStore } from '../../support/store.ts';

const id = 'dependencies';
const day = 24 * hour;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate heartbeat cascade'));

/** A scan that reports to the bot over HTTP, and the check that waits for it. */
async function scan(more: object = {}) {
  const params = { source: 'report', token: { secret: 'TOKEN' }, every: '24h', grace: '2h', ...more };
  const clock = testClock('2026-11-23T02:00:00Z');
  const definition = vulnerabilities as unknown as CheckType;
  const check = checkOf(definition.run, { id, type: 'vulnerabilities', definition });
  const checks = [{ ...check, target: vulnerabilities.params.parse(params) }];
  const bot = await reportsTo(store, { clock, checks });
  const setting: ProbeSetting = { clock, secrets: { TOKEN: token }, reported: () => bot.read(id) };
  return {
    ...{ clock, params, setting, bot },
    post: (body: unknown, path = '') =>
      bot.beat(`${id}${path}`, { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    facts: () => measure(vulnerabilities, params, setting),
    verdict: () => verdictOf(vulnerabilities, params, setting),
    why: () => whyUnmeasured(measure(vulnerabilities, params, setting)),
    said: async () => saidByDefault(vulnerabilities, params, await measure(vulnerabilities, params, setting)),
  };
}
const ok = [200, 'recorded: ok'] as const;
const one = (more: object = {}) => ({ id: 'CVE-2026-1', severity: 'high', package: 'lodash', ...more });

describe('what a scan reports, in five states', () => {
  it('healthy: nothing, or what is young; the first report counts from then', async () => {
    const { post, facts, verdict, clock, params } = await scan();
    expect(await post([])).toEqual(ok);
    expect(await verdict()).toBe('ok');
    clock.move(hour);
    expect(await post([one(), one({ id: 'CVE-2026-2', suppressed: true })])).toEqual(ok);
    expect(await facts()).toMatchObject({
      ...{ critical: 0, high: 1, overdue: 0, due_soon: 0, suppressed: 1, complete: true },
      ...{ reported_at: '2026-11-23 03:00 UTC', late_by_s: 0, grace_s: 7_200, failed: false, last_fail: '' },
    });
    expect(await verdict()).toBe('ok');
    expect(Object.keys(await facts()).sort()).toEqual(
      Object.keys(vulnerabilities.facts(vulnerabilities.params.parse(params))).sort(),
    );
  });

  it('degraded: near its deadline, or a scan that is late', async () => {
    const near = await scan({ every: '30d' });
    await near.post([one({ since: '2026-11-17' })]);
    expect(await near.verdict()).toBe('warn');
    expect(await near.said()).toBe(
      '1 near the deadline: high CVE-2026-1 open 6 d 2 h (limit 7 d) in lodash; others: none; patch before it is over',
    );
    await store.pool.query('truncate heartbeat cascade');
    const late = await scan();
    await late.post([]);
    late.clock.move(day + 61 * minute);
    expect(await late.verdict()).toBe('warn');
    expect(await late.said()).toBe(
      'a scan is late: it was due by 2026-11-24 02:00 UTC, 1 h 1 min ago; it fails at 2 h',
    );
  });

  it('failed: past its deadline though each scan calls it young, silent, or it says that it failed', async () => {
    const old = await scan();
    for (let n = 0; n < 8; n += 1) {
      await old.post([one({ since: old.clock.now().toISOString() })]);
      old.clock.move(day);
    }
    await old.post([one()]);
    expect(await old.said()).toMatch(/^1 past the deadline: high CVE-2026-1 open 8 d \(limit 7 d\) in lodash;/);
    expect(await old.facts()).toMatchObject({ oldest_overdue_age_h: 192, oldest_overdue_deadline_h: 168 });
    await old.post([]);
    expect(await old.verdict()).toBe('ok');
    old.clock.move(26 * hour + minute);
    expect(await old.verdict()).toBe('fail');
    expect(await old.said()).toContain('no scan: one was due by 2026-12-02 02:00 UTC, 2 h 1 min ago (grace 2 h)');
    await old.post([]);
    expect(await old.post('registry away', '/fail?exit=1')).toEqual([200, 'recorded: fail']);
    expect(await old.verdict()).toBe('fail');
    expect(await old.said()).toMatch(/^the last scan failed: .*exit code 1; look at the job/);
    expect(JSON.stringify(await old.facts())).not.toContain('registry');
  });

  it('not permitted: without a token nobody can report, and a wrong one changes nothing', async () => {
    const { setting, why, bot, post, facts } = await scan();
    await post([one()]);
    const headers = { authorization: 'Bearer wrong' };
    expect((await bot.beat(id, { body: '[]', headers }))[0]).toBe(401);
    expect(await facts()).toMatchObject({ high: 1 });
    setting.secrets = {};
    expect(await why()).toMatchObject({ reason: 'no_credentials' });
  });

  it('unreachable: the database is away', async () => {
    const { setting, why, clock } = await scan();
    const away = absentStore(new OpsError('unavailable', 'cannot reach the database'), memoryLog());
    setting.reported = () => createHeartbeats({ store: away, clock }).read(id);
    expect(await why()).toMatchObject({ reason: 'unreachable' });
    await away.close();
  });
});

describe('not known is never ok', () => {
  it('before the first report, and after one of a plain heartbeat', async () => {
    const { why, bot, facts, params, clock, verdict } = await scan();
    expect(await why()).toMatchObject({ reason: 'empty', message: expect.stringContaining('not yet') });
    await bot.heartbeats.record(id, { what: 'ok', run: '', exitCode: 0, message: '' });
    expect(await facts()).toMatchObject({ overdue: null, critical: null, complete: null });
    expect(judgedByDefault(vulnerabilities, params, await facts())).toBe('unknown');
    const specs = vulnerabilities.facts(vulnerabilities.params.parse(params));
    expect(specs.overdue?.whyAbsent?.(await facts())).toMatch(/^no scan has reported yet what it found/);
    clock.move(27 * hour);
    expect(await verdict()).toBe('fail');
  });

  it.each([
    ['nothing', ''],
    ['only that it ran', '{"exit_code": 0}'],
    ['words', 'found 0 vulnerabilities'],
    ['half of it', '[{"id": "CVE-1", "sever'],
    ['a failed audit', '{"message": "405 Method Not Allowed", "method": "POST", "error": {"code": "ENOAUDIT"}}'],
    ['a finding without a severity', '[{"id": "CVE-2026-1"}]'],
    [
      'one more, of 5,001',
      JSON.stringify(Array.from({ length: 5_001 }, (_, n) => ({ id: `C-${n}`, severity: 'low' }))),
    ],
  ])('a success with %s is refused and changes nothing', async (_, body) => {
    const { post, facts } = await scan();
    await post([one()]);
    const [status, text] = await post(body);
    expect([status, text]).toEqual([400, expect.stringMatching(/^not recorded: /)]);
    expect(await facts()).toMatchObject({ high: 1 });
  });

  it('an exit code is refused: a scanner’s says that it found something', async () => {
    const { post } = await scan();
    expect(await post([], '?exit=0')).toEqual([400, expect.stringContaining('without ?exit=, or /fail')]);
    expect((await post('x'.repeat(1_100_000)))[0]).toBe(413);
  });
});

describe('over several reports', () => {
  it('one that vanishes and comes back is as old as it is; a failed run takes nothing away', async () => {
    const { post, facts, clock } = await scan();
    await post([one()]);
    clock.move(day);
    await post([]);
    expect(await facts()).toMatchObject({ high: 0 });
    clock.move(7 * day);
    await post([one()]);
    expect(await facts()).toMatchObject({ high: 1, high_overdue: 1 });
    clock.move(hour);
    await post('', '/fail?run=a');
    await post([], '?run=a');
    expect(await facts()).toMatchObject({ high: 1, failed: true });
  });

  it('a report that comes again within seconds may know more', async () => {
    const { post, facts, clock } = await scan();
    await post([]);
    clock.move(5_000);
    expect(await post([one()])).toEqual([200, 'known already: ok']);
    expect(await facts()).toMatchObject({ high: 1 });
  });

  it('one that was held up does not take the place of a later one', async () => {
    const { facts, clock } = await scan();
    const found = (findings: number) =>
      Array.from({ length: findings }, (_, n) => ({
        ...{ id: `CVE-${n}`, severity: 'low' as const, package: '', where: '', since: undefined, suppressed: false },
      }));
    const report = (run: string, findings: number) => ({
      ...{ what: 'ok' as const, run, exitCode: undefined, message: '', findings: found(findings) },
    });
    const early = new Date(clock.now());
    clock.move(minute);
    await createHeartbeats({ store, clock }).record(id, report('b', 2));
    await createHeartbeats({ store, clock: { now: () => early } }).record(id, report('a', 1));
    expect(await facts()).toMatchObject({ low: 2 });
  });

  it('5,000 findings fit into one report, and are read back', async () => {
    const { post, facts } = await scan();
    const many = Array.from({ length: 5_000 }, (_, n) => ({
      ...{
        id: `GHSA-aaaa-bbbb-${n}`,
        severity: 'medium',
        package: `@scope/package-${n}`,
        where: 'apps/web/package-lock.json',
      },
    }));
    expect(await post(many)).toEqual(ok);
    expect(await facts()).toMatchObject({ medium: 5_000, overdue: 0 });
    expect(await post([one({ since: '2026-01-01' }), ...many.slice(1)])).toEqual([200, 'known already: ok']);
    expect(await facts()).toMatchObject({ medium: 4_999, high_overdue: 1, due_soon: 0 });
  });
});
