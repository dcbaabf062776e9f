import { createAlerts } from '../alerts/alerts.ts';
import { channelOf } from '../alerts/take.ts';
import type { Ops } from '../config/model.ts';
import type { ProblemEvent } from '../health/events.ts';
import { createHealth } from '../health/health.ts';
import { createSchedules } from '../jobs/schedules.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Reveal } from '../kernel/secret.ts';
import type { Store } from '../store/store.ts';
import { Heard } from './heard.ts';
import type { ShadowReport } from './model.ts';
import { nextMoment } from './moments.ts';
import { countingPort } from './posts.ts';
import { shadowQueue } from './queue.ts';
import { reportOf } from './report.ts';

export interface ShadowRun {
  ops: Ops;
  /** Of this run alone: it is read from at the end. */
  store: Store;
  clock: Clock;
  log: Log;
  reveal: Reveal;
  /** How long by the clock, ms. */
  forMs: number;
  /** Ends it early, with what came so far. */
  signal: AbortSignal;
  /** Resolves at that moment of the clock, or when `signal` is aborted. `idle` resolves when nothing is being measured. */
  waitUntil(moment: Date, idle: () => Promise<void>): Promise<void>;
  /** What people would be told, as it is found. */
  onEvent?(event: ProblemEvent): void;
}

/** Groups whose alerts go nowhere are told of all the same. */
const nowhere = '(no channel)';

/**
 * Measures, judges and decides about alerts as a bot with this config would, by the same parts, and tells nobody. Resolves
 * to what would have been said. Heartbeats are left out: jobs report to the running bot, so here each would seem silent.
 */
export async function runShadow(run: ShadowRun): Promise<ShadowReport> {
  const { store, clock, log, reveal, forMs, signal, waitUntil } = run;
  const { ops, leftOut } = withoutHeartbeats(run.ops);
  const from = clock.now();
  const end = new Date(from.getTime() + forMs);
  const queue = shadowQueue({ clock, log, signal });
  const { port, posts } = countingPort();
  const heard = new Heard();
  const told: Ops = { ...ops, slack: { ...ops.slack, alerts: ops.slack.alerts ?? nowhere } };
  const alerts = createAlerts({ ops: told, store, jobs: queue, clock, log });
  const health = createHealth({
    ...{ ops, store, clock, log, reveal, onSilence: alerts.silenced },
    onEvents: async (tx, events) => {
      await alerts.take(tx, events);
      heard.take(events);
      for (const event of events) if (event.event !== 'standing') run.onEvent?.(event);
    },
  });
  const schedules = createSchedules({
    ...{ store, clock, log },
    schedules: [...health.takeOn(queue), ...alerts.schedules],
  });
  alerts.register(queue, port);
  const windows = ops.maintenance.length > 0;
  try {
    await schedules.tick();
    // What was never measured is due in the first slot.
    let next = nextMoment([{ everyMs: 1 }], clock.now(), { windows });
    while (!signal.aborted && next <= end) {
      await waitUntil(next, queue.idle);
      if (signal.aborted) break;
      await schedules.tick();
      queue.work();
      next = nextMoment(ops.checks, clock.now(), { windows });
    }
    if (!signal.aborted) await waitUntil(end, queue.idle);
    // What is being measured at the end counts; a check that hangs is cut off by its own timeout, or by a signal.
    await queue.idle();
    const homeless = [...new Set(ops.checks.map(({ group }) => group))].filter((group) => !channelOf(ops, group));
    const { checks } = await health.last({ kind: 'all' });
    const found = { from, to: clock.now(), forMs, posts: posts(), homeless, leftOut };
    return await reportOf({ ops, store, heard, last: checks, ...found });
  } finally {
    await health.stop();
  }
}

function withoutHeartbeats(ops: Ops): { ops: Ops; leftOut: string[] } {
  const leftOut = ops.checks.filter(({ definition, target }) => definition.hears?.(target)).map(({ id }) => id);
  const checks = ops.checks
    .filter(({ id }) => !leftOut.includes(id))
    .map((check) => ({ ...check, dependsOn: check.dependsOn.filter((id) => !leftOut.includes(id)) }));
  return { ops: { ...ops, checks }, leftOut };
}
