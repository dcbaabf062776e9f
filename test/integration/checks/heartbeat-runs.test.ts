import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import heartbeat from '../../../src/checks/heartbeat.ts';
import type { Facts } from '../../../src/kernel/check.ts';
import type { Store } from '../../../src/store/store.ts';
import { healthyJob, hour, type Job, jobOf, minute } from '../../support/heartbeat-job.ts';
import { judgedByDefault } from '../../support/probes.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate heartbeat cascade'));

describe('a run', () => {
  it('that is on its way when a success is due is not late until max_run is over', async () => {
    const job = await healthyJob(store, { max_run: '3h' });
    job.clock.move(23 * hour + 30 * minute);
    await job.beat('/start');
    job.clock.move(2 * hour);
    expect(await job.facts()).toMatchObject({ late_by: '2 h 30 min', running: true });
    expect(await job.verdict()).toBe('ok');
    job.clock.move(61 * minute);
    expect(await job.verdict()).toBe('fail');
    await job.beat();
    expect(await job.verdict()).toBe('warn');
  });

  it('that never ended is given up when a later one ends well', async () => {
    const job = await healthyJob(store);
    await job.beat('/start?run=a');
    job.clock.move(hour);
    expect(await job.verdict()).toBe('fail');
    await job.run(minute);
    expect(await job.verdict()).toBe('ok');
    expect(await job.facts()).toMatchObject({ running: false, lost_runs: 1, run_s: 60 });
  });

  it('has a usual length, once three are known', async () => {
    const job = await healthyJob(store);
    for (const minutes of [12, 8, 11, 25]) {
      job.clock.move(hour);
      await job.run(minutes * minute);
    }
    // Before the last: 10, 12, 8, 11.
    expect(await job.facts()).toMatchObject({ run_s: 1_500, usual_run_s: 660, runs: 5 });
  });

  it('is forgotten after 20 more, but not when one ended well last', async () => {
    const job = await healthyJob(store);
    for (let n = 0; n < 25; n += 1) {
      job.clock.move(minute);
      await job.beat('/fail');
    }
    const { rows } = await store.pool.query('select count(*) as n from heartbeat_run');
    expect(rows).toEqual([{ n: 20 }]);
    expect(await job.facts()).toMatchObject({ last_ok_at: '2026-11-23 02:10 UTC', failed_runs: 20 });
  });
});

describe('what it says', () => {
  const lines = (job: Job, facts: Facts) => {
    const rules = heartbeat.rules(heartbeat.params.parse(job.params));
    const said = [...(rules.fail ?? []), ...(rules.warn ?? [])].map(({ say = '' }) =>
      say.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name])),
    );
    return said;
  };

  it('names the value, the limit and the next step', async () => {
    const job = await healthyJob(store);
    job.clock.move(26 * hour);
    const [, , , late] = lines(job, await job.facts());
    expect(late).toBe(
      'no success: one was due by 2026-11-24 02:10 UTC, 3 h ago (grace 2 h); the last: 2026-11-23 02:10 UTC; look at the job and its crontab',
    );
  });
});

describe('cron in a zone', () => {
  const zone = 'Europe/Berlin';
  const cron = { every: undefined, cron: '30 2 * * *', zone, grace: '20m' };

  it.each([
    // In spring 02:30 is left out: cron runs the job at 03:00, 01:00 UTC.
    ['in spring', '2026-03-28T01:31:00Z', '2026-03-29T01:00:00Z', '2026-03-29 03:00 Europe/Berlin'],
    // In autumn 02:30 comes twice: the job runs at the first, 00:30 UTC.
    ['in autumn', '2026-10-24T00:31:00Z', '2026-10-25T00:30:00Z', '2026-10-25 02:30 Europe/Berlin'],
    ['the day after autumn’s', '2026-10-25T00:31:00Z', '2026-10-26T01:30:00Z', '2026-10-26 02:30 Europe/Berlin'],
    ['the day after spring’s', '2026-03-29T01:01:00Z', '2026-03-30T00:30:00Z', '2026-03-30 02:30 Europe/Berlin'],
  ])('%s the next success is due when the clock on the wall shows it', async (_, ended, due, shown) => {
    const job = await jobOf(store, cron, ended);
    await job.why();
    await job.beat();
    const at = (moment: string, ms: number) =>
      job.clock.move(new Date(moment).getTime() + ms - job.clock.now().getTime());
    at(due, 0);
    expect(await job.facts()).toMatchObject({ expected_at: shown, late_by_s: 0 });
    at(due, 9 * minute);
    expect(await job.verdict()).toBe('ok');
    at(due, 11 * minute);
    expect(await job.verdict()).toBe('warn');
    at(due, 21 * minute);
    expect(await job.verdict()).toBe('fail');
    await job.beat();
    expect(await job.verdict()).toBe('ok');
  });

  it('a job whose clock is 20 s ahead counts for the slot that it meant', async () => {
    const job = await jobOf(store, cron, '2026-11-24T01:29:40Z');
    await job.why();
    await job.beat();
    job.clock.move(23 * hour);
    expect(await job.verdict()).toBe('ok');
    expect(await job.facts()).toMatchObject({ expected_at: '2026-11-25 02:30 Europe/Berlin' });
  });

  it('a run that outlasts the next slot does not count for it', async () => {
    const job = await jobOf(
      store,
      { every: undefined, cron: '0 * * * *', grace: '5m', max_run: '2h' },
      '2026-11-24T01:00:00Z',
    );
    await job.why();
    await job.run(70 * minute);
    expect(await job.facts()).toMatchObject({ expected_at: '2026-11-24 02:00 UTC', late_by: '10 min' });
    expect(await job.verdict()).toBe('fail');
  });

  it('day of month and day of week, both given: either will do', async () => {
    const job = await jobOf(store, { every: undefined, cron: '0 3 1,15 * 1', grace: '30m' }, '2026-11-23T03:10:00Z');
    await job.why();
    await job.beat();
    expect(await job.facts()).toMatchObject({ expected_at: '2026-11-30 03:00 UTC' });
    job.clock.move(7 * 24 * hour + 21 * minute);
    expect(await job.verdict()).toBe('fail');
  });

  it('with every 24h the long day of autumn needs the hour in the grace', async () => {
    const job = await jobOf(store, { grace: '30m' }, '2026-10-24T00:30:00Z');
    await job.why();
    await job.beat();
    job.clock.move(25 * hour);
    expect(await job.verdict()).toBe('fail');
  });
});

describe('parameters', () => {
  const problems = (over: object) =>
    heartbeat.params
      .safeParse({ token: { secret: 'TOKEN' }, every: '24h', grace: '1h', ...over })
      .error?.issues.map(({ message }) => message);

  it.each([
    [{ every: undefined }, 'either `every` or `cron`'],
    [{ cron: '0 2 * * *' }, 'either `every` or `cron`'],
    [{ every: undefined, cron: '0 2 30 2 *' }, 'a cron expression'],
    [{ every: undefined, cron: '0 0 2 * * *' }, 'a cron expression'],
    [{ every: undefined, cron: '61 2 * * *' }, 'a cron expression'],
    [{ every: undefined, cron: '0 2 */2 * 1' }, 'crons differ'],
    [{ every: '10s' }, 'a duration from 1 min to 400 d'],
    [{ every: 'daily' }, 'a duration from 1 min to 400 d'],
    [{ grace: '0s' }, 'a duration from 1 min to 30 d'],
    [{ max_run: '31d' }, 'a duration from 1 min to 30 d'],
    [{ every: undefined, cron: '0 2 * * *', zone: 'Berlin' }, 'an IANA time zone'],
  ])('%j is refused', (over, why) => {
    expect(problems(over)).toEqual([expect.stringContaining(why)]);
  });

  it('silence is judged by rules that operators can replace: every number is a fact', async () => {
    const job = await healthyJob(store);
    const facts = await job.facts();
    expect(Object.keys(facts).sort()).toEqual(Object.keys(heartbeat.facts(heartbeat.params.parse(job.params))).sort());
    expect(judgedByDefault(heartbeat, job.params, { ...facts, late_by_s: null })).toBe('unknown');
  });
});
