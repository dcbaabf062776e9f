import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dueKinds } from '../../../src/jobs/claim.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { queueHealth } from '../../../src/web/probes.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered, type OpenedJobs } from '../../support/jobs.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores = { embedded: embeddedStore, server: serverStore };

describe.each(Object.entries(stores))('what waits on the %s store', (_name, open) => {
  let store: Store;
  let jobs: OpenedJobs;
  const series = numbered('test.series', {
    serial: () => 'one',
    retry: { limit: 1_500, firstMs: 3_600_000, maxMs: 3_600_000 },
  });

  beforeEach(async () => {
    store = await open();
    jobs = await jobsOf(store);
  });
  afterEach(async () => {
    await jobs.stop(0);
    await store.close();
  });

  /** As if what waits to begin had been enqueued five minutes earlier. */
  const age = () =>
    store.pool.query(`update pgboss.job set start_after = start_after - interval '5 minutes',
      created_on = created_on - interval '5 minutes' where state = 'created'`);
  const late = { ok: false, problem: expect.stringMatching(/^the oldest job has waited for 30\d s$/) };

  test('a job that nobody begins is a problem', async () => {
    await jobs.add(series, { n: 1 });
    await age();
    expect(await queueHealth(jobs)()).toEqual(late);
  });

  test('a job behind one of its series that is tried again later is none, and is not due', async () => {
    jobs.handle(series, () => Promise.reject(new PortError('is_archived', 'archived', { retryable: true })));
    await jobs.start();
    await jobs.add(series, { n: 1 });
    await eventually(() => expect(jobs.told).toMatchObject([{ outcome: 'retried' }]));
    await jobs.add(series, { n: 2 });
    await age();
    expect(await queueHealth(jobs)()).toEqual({ ok: true });
    expect((await jobs.state()).counts).toEqual([{ kind: 'test.series', state: 'waiting', count: 2 }]);
    expect(await dueKinds(store, ['messages'])).toEqual(new Map());
  });

  test('of a series that is worked off the next waits from when the last one was over', async () => {
    jobs.handle(series, async () => {});
    await jobs.add(series, { n: 1 });
    await jobs.add(series, { n: 2 });
    await age();
    await jobs.start();
    await eventually(() => expect(jobs.told).toHaveLength(2));
    // As between the two: the first is over, the second not begun.
    await store.pool.query(`update pgboss.job set state = 'created', started_on = null, completed_on = null
      where data->'data'->>'n' = '2'`);
    await jobs.stop(0);
    expect((await jobs.state()).counts).toEqual([{ kind: 'test.series', state: 'waiting', count: 1 }]);
    expect((await jobs.state()).oldestWaitingMs).toBeLessThan(60_000);
    await store.pool.query(`update pgboss.job set completed_on = completed_on - interval '4 minutes'`);
    expect((await jobs.state()).oldestWaitingMs).toBeGreaterThan(239_000);
  });

  test('a kind that only a newer version carries out is none here', async () => {
    jobs.handle(series, async () => {});
    await jobs.start();
    await jobs.add(numbered('test.newer'), { n: 1 });
    await age();
    expect(await queueHealth(jobs)()).toEqual({ ok: true });
    expect((await jobs.state()).counts).toEqual([{ kind: 'test.newer', state: 'waiting', count: 1 }]);
  });

  test('slow checks do not hold back quick ones', async () => {
    const go = Promise.withResolvers<void>();
    const slow = numbered('test.slow', { lane: 'slow', serial: ({ n }) => `check/${n}` });
    const quick = numbered('test.quick', { lane: 'sweeps' });
    jobs.handle(slow, () => go.promise);
    jobs.handle(quick, async () => {});
    for (let n = 0; n < 12; n += 1) await jobs.add(slow, { n });
    await jobs.start();
    await eventually(async () =>
      expect((await jobs.state()).counts).toContainEqual({ kind: 'test.slow', state: 'running', count: 4 }),
    );
    await jobs.add(quick, { n: 1 });
    await eventually(() => expect(jobs.told).toMatchObject([{ kind: 'test.quick', outcome: 'done' }]));
    go.resolve();
  });
});
