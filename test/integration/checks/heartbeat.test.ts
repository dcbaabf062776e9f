import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import heartbeat from '../../../src/checks/heartbeat.ts';
import { createHeartbeats } from '../../../src/heartbeats/heartbeats.ts';
import type { Report } from '../../../src/heartbeats/model.ts';
import type { Facts } from '../../../src/kernel/check.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { absentStore } from '../../../src/store/absent.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { testClock } from '../../support/checks.ts';
import { awaiting, reportsTo, token } from '../../support/heartbeats.ts';
import { memoryLog } from '../../support/memory-log.ts';
import {
  judgedByDefault,
  measure,
  type ProbeSetting,
  probeOf,
  verdictOf,
  whyUnmeasured,
} from '../../support/probes.ts';
import { embeddedFolder, embeddedStore } from '../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const id = 'nightly-backup';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate heartbeat cascade'));

/** A job that reports to the bot over HTTP, and the check that waits for it. */
async function jobOf(given: object = {}, start = '2026-11-23T02:00:00Z', on = store) {
  const params = { token: { secret: 'TOKEN' }, every: '24h', grace: '2h', ...given };
  const clock = testClock(start);
  const bot = await reportsTo(on, { clock, checks: [awaiting(id, params)] });
  const setting: ProbeSetting = { clock, secrets: { TOKEN: token }, reported: () => bot.read(id) };
  const beat = async (path = '', init?: RequestInit) => expect((await bot.beat(`${id}${path}`, init))[0]).toBe(200);
  return {
    ...{ clock, beat, setting, params },
    record: (report: Report) => bot.heartbeats.record(id, report),
    facts: () => measure(heartbeat, params, setting),
    verdict: () => verdictOf(heartbeat, params, setting),
    why: () => whyUnmeasured(heartbeat.run(probeOf(heartbeat.params.parse(params), setting))),
    /** A run that ends after so long. */
    run: async (ms: number, end = '') => {
      await beat('/start');
      clock.move(ms);
      await beat(end);
    },
  };
}
type Job = Awaited<ReturnType<typeof jobOf>>;

/** A job in a good state: waited for since yesterday, its last run ended well an hour ago. */
async function healthyJob(given: object = {}): Promise<Job> {
  await store.pool.query('truncate heartbeat cascade');
  const job = await jobOf({ max_run: '30m', ...given });
  await job.why();
  await job.run(10 * minute);
  job.clock.move(hour);
  expect(await job.verdict()).toBe('ok');
  return job;
}

describe('five states', () => {
  it('healthy: it reported in time', async () => {
    const job = await healthyJob();
    expect(await job.facts()).toMatchObject({
      ...{ seen: true, last_ok_at: '2026-11-23 02:10 UTC', age: '1 h', age_s: 3_600 },
      ...{ expected_at: '2026-11-24 02:10 UTC', late_by: '', late_by_s: 0, grace_s: 7_200, max_run_s: 1_800 },
      ...{ failed: false, last_fail: '', running: false, run_time: '10 min', run_s: 600, usual_run_s: null },
      ...{ runs: 1, failed_runs: 0, lost_runs: 0 },
    });
  });

  it('degraded: late within its grace, and a run that took too long', async () => {
    const late = await healthyJob();
    late.clock.move(23 * hour + 50 * minute);
    expect(await late.verdict()).toBe('ok');
    late.clock.move(20 * minute);
    expect(await late.verdict()).toBe('warn');
    const slow = await healthyJob();
    await slow.run(40 * minute);
    expect(await slow.verdict()).toBe('warn');
  });

  it('failed: silent past its grace, failed, hanging', async () => {
    const silent = await healthyJob();
    silent.clock.move(25 * hour + minute);
    expect(await silent.verdict()).toBe('fail');
    const failed = await healthyJob();
    await failed.beat('?exit=3', { body: 'no space left on device' });
    expect(await failed.verdict()).toBe('fail');
    expect(await failed.facts()).toMatchObject({
      ...{ failed: true, exit_code: 3, failed_runs: 1 },
      last_fail: '2026-11-23 03:10 UTC, exit code 3, no space left on device',
    });
    const hangs = await healthyJob();
    await hangs.beat('/start');
    hangs.clock.move(29 * minute);
    expect(await hangs.verdict()).toBe('ok');
    hangs.clock.move(2 * minute);
    expect(await hangs.verdict()).toBe('fail');
    expect(await hangs.facts()).toMatchObject({ running: true, running_s: 1_860, running_for: '31 min' });
  });

  it('not permitted: nobody can report without a token, so silence says nothing', async () => {
    const job = await healthyJob();
    job.setting.secrets = {};
    expect(await job.why()).toMatchObject({ reason: 'no_credentials', message: 'TOKEN is not set' });
  });

  it('unreachable: the database with the reports is away', async () => {
    const away = absentStore(new OpsError('unavailable', 'cannot reach the database at db:5432'), memoryLog());
    const job = await healthyJob();
    job.setting.reported = () => createHeartbeats({ store: away, clock: job.clock }).read(id);
    expect(await job.why()).toMatchObject({
      ...{ reason: 'unreachable', retryable: true, next: expect.stringContaining('rounds doctor') },
      message: expect.stringContaining('database of Rounds'),
    });
    await away.close();
  });
});

describe('before the first success', () => {
  it('it is not yet known, never ok; then silence fails', async () => {
    const job = await jobOf();
    expect(await job.why()).toMatchObject({
      ...{ reason: 'empty', retryable: false, next: expect.stringContaining('check-config') },
      message:
        'not yet: nothing was reported since 2026-11-23 02:00 UTC; a first success is due by 2026-11-24 02:00 UTC',
    });
    job.clock.move(26 * hour);
    expect(await job.verdict()).toBe('unknown');
    job.clock.move(1_000);
    expect(await job.verdict()).toBe('fail');
    expect(await job.facts()).toMatchObject({ seen: false, last_ok_at: 'never', age: null, late_by: '2 h' });
    await job.beat();
    expect(await job.verdict()).toBe('ok');
  });

  it('a first run that is on its way has its time, and no more', async () => {
    const job = await jobOf({ max_run: '1h' });
    await job.why();
    job.clock.move(25 * hour);
    await job.beat('/start');
    expect(await job.why()).toMatchObject({ message: expect.stringContaining('the first run has begun') });
    job.clock.move(61 * minute);
    expect(await job.verdict()).toBe('fail');
  });

  it('a restart of the bot does not begin the wait anew', async () => {
    const dataDir = await embeddedFolder();
    const open = () => openStore({ dataDir, log: memoryLog() });
    const first = await open();
    const clock = testClock();
    const { since } = await createHeartbeats({ store: first, clock }).read(id);
    await first.close();
    clock.move(30 * hour);
    const second = await open();
    const job = await jobOf({}, clock.now().toISOString(), second);
    expect(await job.verdict()).toBe('fail');
    expect((await createHeartbeats({ store: second, clock }).read(id)).since).toEqual(since);
    await job.beat();
    await second.close();
    const third = await open();
    expect((await createHeartbeats({ store: third, clock }).read(id)).okAt).toEqual(clock.now());
    await third.close();
  });
});

describe('planted faults', () => {
  const plants: [string, 'fail' | 'warn' | 'unknown', (job: Job) => Promise<unknown> | unknown, object?][] = [
    ['the machine of the job is gone', 'fail', (job) => job.clock.move(48 * hour)],
    ['its crontab was emptied a day ago, seconds past the grace', 'fail', (job) => job.clock.move(25 * hour + 1_000)],
    ['it is late by more than half of its grace', 'warn', (job) => job.clock.move(24 * hour + 1_000)],
    ['it says /fail', 'fail', (job) => job.beat('/fail')],
    ['it ends with exit code 1', 'fail', (job) => job.beat('?exit=1')],
    ['it is killed: exit code 137', 'fail', (job) => job.beat('?exit=137')],
    [
      'it tells its exit code in JSON',
      'fail',
      (job) => job.beat('', { body: '{"exit_code": 2}', headers: { 'content-type': 'application/json' } }),
    ],
    [
      'a start, then a failure',
      'fail',
      async (job) => {
        await job.run(5 * minute, '/fail');
      },
    ],
    [
      'one success is followed by a failure',
      'fail',
      async (job) => {
        await job.run(minute);
        job.clock.move(minute);
        await job.run(minute, '?exit=9');
      },
    ],
    [
      '`job && beat ok || beat fail`: a run is said to have done both',
      'fail',
      async (job) => {
        await job.beat('?run=a');
        await job.beat('/fail?run=a');
      },
    ],
    [
      'the failure of a run arrives before its lost success',
      'fail',
      async (job) => {
        await job.beat('/fail?run=a');
        await job.beat('?run=a');
      },
    ],
    [
      'it hangs',
      'fail',
      async (job) => {
        await job.beat('/start');
        job.clock.move(31 * minute);
      },
    ],
    [
      'a named run hangs beside one that ended well',
      'fail',
      async (job) => {
        await job.beat('/start?run=a');
        job.clock.move(minute);
        await job.beat('/start?run=b');
        job.clock.move(minute);
        await job.beat('?run=a');
        job.clock.move(30 * minute);
      },
    ],
    [
      'it crashes and is started again each hour, and never ends',
      'fail',
      async (job) => {
        for (let n = 0; n < 27; n += 1) {
          await job.beat('/start');
          job.clock.move(hour);
        }
      },
    ],
    [
      'it crashes and is started again each 30 min under new names, so that no run is older than max_run',
      'fail',
      async (job) => {
        for (let n = 0; n < 78; n += 1) {
          job.clock.move(30 * minute);
          await job.record({ what: 'start', run: String(n), exitCode: undefined, message: '' });
        }
        expect(await job.facts()).toMatchObject({ running_s: 34_200, max_run_s: 43_200 });
      },
      { max_run: '12h' },
    ],
    ['it begins in time and dies', 'fail', (job) => dies(job)],
    [
      'a run took 31 min of 30',
      'warn',
      async (job) => {
        await job.run(31 * minute);
      },
    ],
    ['only starts arrive, and no max_run is set', 'fail', (job) => onlyStarts(job), { max_run: undefined }],
    [
      'it never reports the start that max_run needs',
      'unknown',
      async (job) => {
        await store.pool.query('delete from heartbeat_run');
        await job.beat();
      },
    ],
    [
      'its token is taken away',
      'unknown',
      (job) => {
        job.setting.secrets = {};
      },
    ],
    ['the row of the check is lost', 'unknown', () => store.pool.query('truncate heartbeat cascade')],
    [
      'a restored backup knows a success of tomorrow',
      'unknown',
      () => store.pool.query("update heartbeat set ok_at = ok_at + interval '1 day'"),
    ],
    [
      'the database is away',
      'unknown',
      (job) => {
        const away = absentStore(new OpsError('unavailable', 'away'), memoryLog());
        job.setting.reported = () => createHeartbeats({ store: away, clock: job.clock }).read(id);
      },
    ],
    [
      'the connection to the database breaks',
      'unknown',
      (job) => {
        const broken = { ...store, db: () => failing() };
        job.setting.reported = () => createHeartbeats({ store: broken, clock: job.clock }).read(id);
      },
    ],
  ];
  const failing = (): never => {
    throw new Error('Connection terminated unexpectedly');
  };
  const dies = async (job: Job) => {
    job.clock.move(23 * hour);
    await job.beat('/start');
    job.clock.move(25 * hour);
  };
  const onlyStarts = async (job: Job) => {
    job.clock.move(24 * hour);
    await job.beat('/start');
    job.clock.move(2 * hour);
  };

  it.each(plants)('%s: %s', async (_, verdict, plant, given) => {
    const job = await healthyJob(given);
    await plant(job);
    expect(await job.verdict()).toBe(verdict);
  });
});

describe('a run', () => {
  it('that is on its way when a success is due is not late until max_run is over', async () => {
    const job = await healthyJob({ max_run: '3h' });
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
    const job = await healthyJob();
    await job.beat('/start?run=a');
    job.clock.move(hour);
    expect(await job.verdict()).toBe('fail');
    await job.run(minute);
    expect(await job.verdict()).toBe('ok');
    expect(await job.facts()).toMatchObject({ running: false, lost_runs: 1, run_s: 60 });
  });

  it('has a usual length, once three are known', async () => {
    const job = await healthyJob();
    for (const minutes of [12, 8, 11, 25]) {
      job.clock.move(hour);
      await job.run(minutes * minute);
    }
    // Before the last: 10, 12, 8, 11.
    expect(await job.facts()).toMatchObject({ run_s: 1_500, usual_run_s: 660, runs: 5 });
  });

  it('is forgotten after 20 more, but not when one ended well last', async () => {
    const job = await healthyJob();
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
    const job = await healthyJob();
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
    const job = await jobOf(cron, ended);
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
    const job = await jobOf(cron, '2026-11-24T01:29:40Z');
    await job.why();
    await job.beat();
    job.clock.move(23 * hour);
    expect(await job.verdict()).toBe('ok');
    expect(await job.facts()).toMatchObject({ expected_at: '2026-11-25 02:30 Europe/Berlin' });
  });

  it('a run that outlasts the next slot does not count for it', async () => {
    const job = await jobOf(
      { every: undefined, cron: '0 * * * *', grace: '5m', max_run: '2h' },
      '2026-11-24T01:00:00Z',
    );
    await job.why();
    await job.run(70 * minute);
    expect(await job.facts()).toMatchObject({ expected_at: '2026-11-24 02:00 UTC', late_by: '10 min' });
    expect(await job.verdict()).toBe('fail');
  });

  it('with every 24h the long day of autumn needs the hour in the grace', async () => {
    const job = await jobOf({ grace: '30m' }, '2026-10-24T00:30:00Z');
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
    [{ every: '10s' }, 'a duration from 1 min to 400 d'],
    [{ every: 'daily' }, 'a duration from 1 min to 400 d'],
    [{ grace: '0s' }, 'a duration from 1 min to 30 d'],
    [{ max_run: '31d' }, 'a duration from 1 min to 30 d'],
    [{ every: undefined, cron: '0 2 * * *', zone: 'Berlin' }, 'an IANA time zone'],
  ])('%j is refused', (over, why) => {
    expect(problems(over)).toEqual([expect.stringContaining(why)]);
  });

  it('silence is judged by rules that operators can replace: every number is a fact', async () => {
    const job = await healthyJob();
    const facts = await job.facts();
    expect(Object.keys(facts).sort()).toEqual(Object.keys(heartbeat.facts(heartbeat.params.parse(job.params))).sort());
    expect(judgedByDefault(heartbeat, job.params, { ...facts, late_by_s: null })).toBe('unknown');
  });
});
