import { expect } from 'vitest';
import heartbeat from '../../src/checks/heartbeat.ts';
import type { Report } from '../../src/heartbeats/model.ts';
import type { Store } from '../../src/store/store.ts';
import { testClock } from './checks.ts';
import { awaiting, reportsTo, token } from './heartbeats.ts';
import { measure, type ProbeSetting, probeOf, verdictOf, whyUnmeasured } from './probes.ts';

/** The check that waits for it. */
export const id = 'nightly-backup';
export const minute = 60_000;
export const hour = 60 * minute;

/** A job that reports to the bot over HTTP, and the check that waits for it. */
export async function jobOf(store: Store, given: object = {}, start = '2026-11-23T02:00:00Z') {
  const params = { token: { secret: 'TOKEN' }, every: '24h', grace: '2h', ...given };
  const clock = testClock(start);
  const bot = await reportsTo(store, { clock, checks: [awaiting(id, params)] });
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
export type Job = Awaited<ReturnType<typeof jobOf>>;

/** A job in a good state: waited for since yesterday, its last run ended well an hour ago. */
export async function healthyJob(store: Store, given: object = {}): Promise<Job> {
  await store.pool.query('truncate heartbeat cascade');
  const job = await jobOf(store, { max_run: '30m', ...given });
  await job.why();
  await job.run(10 * minute);
  job.clock.move(hour);
  expect(await job.verdict()).toBe('ok');
  return job;
}
