import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHeartbeats } from '../../../src/heartbeats/heartbeats.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { absentStore } from '../../../src/store/absent.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { testClock } from '../../support/checks.ts';
import { healthyJob, hour, id, type Job, jobOf, minute } from '../../support/heartbeat-job.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedFolder, embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate heartbeat cascade'));

describe('five states', () => {
  it('healthy: it reported in time', async () => {
    const job = await healthyJob(store);
    expect(await job.facts()).toMatchObject({
      ...{ seen: true, last_ok_at: '2026-11-23 02:10 UTC', age: '1 h', age_s: 3_600 },
      ...{ expected_at: '2026-11-24 02:10 UTC', late_by: '', late_by_s: 0, grace_s: 7_200, max_run_s: 1_800 },
      ...{ failed: false, last_fail: '', running: false, run_time: '10 min', run_s: 600, usual_run_s: null },
      ...{ runs: 1, failed_runs: 0, lost_runs: 0 },
    });
  });

  it('degraded: late within its grace, and a run that took too long', async () => {
    const late = await healthyJob(store);
    late.clock.move(23 * hour + 50 * minute);
    expect(await late.verdict()).toBe('ok');
    late.clock.move(20 * minute);
    expect(await late.verdict()).toBe('warn');
    const slow = await healthyJob(store);
    await slow.run(40 * minute);
    expect(await slow.verdict()).toBe('warn');
  });

  it('failed: silent past its grace, failed, hanging', async () => {
    const silent = await healthyJob(store);
    silent.clock.move(25 * hour + minute);
    expect(await silent.verdict()).toBe('fail');
    const failed = await healthyJob(store);
    await failed.beat('?exit=3', { body: 'no space left on device' });
    expect(await failed.verdict()).toBe('fail');
    expect(await failed.facts()).toMatchObject({
      ...{ failed: true, exit_code: 3, failed_runs: 1 },
      last_fail: '2026-11-23 03:10 UTC, exit code 3',
    });
    const telling = await healthyJob(store, { message: true });
    await telling.beat('?exit=3', { body: 'no space left on device' });
    expect((await telling.facts()).last_fail).toBe('2026-11-23 03:10 UTC, exit code 3, no space left on device');
    const hangs = await healthyJob(store);
    await hangs.beat('/start');
    hangs.clock.move(29 * minute);
    expect(await hangs.verdict()).toBe('ok');
    hangs.clock.move(2 * minute);
    expect(await hangs.verdict()).toBe('fail');
    expect(await hangs.facts()).toMatchObject({ running: true, running_s: 1_860, running_for: '31 min' });
  });

  it('not permitted: nobody can report without a token, so silence says nothing', async () => {
    const job = await healthyJob(store);
    job.setting.secrets = {};
    expect(await job.why()).toMatchObject({ reason: 'no_credentials', message: 'TOKEN is not set' });
  });

  it('unreachable: the database with the reports is away', async () => {
    const away = absentStore(new OpsError('unavailable', 'cannot reach the database at db:5432'), memoryLog());
    const job = await healthyJob(store);
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
    const job = await jobOf(store);
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
    const job = await jobOf(store, { max_run: '1h' });
    await job.why();
    job.clock.move(25 * hour);
    await job.beat('/start');
    expect(await job.why()).toMatchObject({ message: expect.stringContaining('the first run has begun') });
    job.clock.move(61 * minute);
    expect(await job.verdict()).toBe('fail');
  });

  it('runs that begin and never end do not put it off', async () => {
    const job = await jobOf(store);
    await job.why();
    for (let n = 0; n < 26; n += 1) {
      job.clock.move(hour);
      await job.beat('/start');
    }
    expect(await job.verdict()).toBe('unknown');
    job.clock.move(minute);
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
    const job = await jobOf(second, {}, clock.now().toISOString());
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
      'it tells its exit code in JSON, and curl -d says that it is a form',
      'fail',
      (job) =>
        job.beat('', {
          body: '{"exit_code": 2}',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
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
      'of two runs at once the older one fails, after the other ended well',
      'fail',
      async (job) => {
        await job.beat('/start?run=a');
        job.clock.move(minute);
        await job.beat('/start?run=b');
        await job.beat('?run=b');
        job.clock.move(minute);
        await job.beat('/fail?run=a');
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
    const job = await healthyJob(store, given);
    await plant(job);
    expect(await job.verdict()).toBe(verdict);
  });
});
