import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store, Tx } from '../store/store.ts';
import { dueSlots, slotKey } from './schedules-due.ts';
import { ensureProgress, lastSlots, lockProgress, type Stored, saveProgress } from './schedules-store.ts';
import { describe, nextSlot } from './slots.ts';
import { createTicker } from './ticker.ts';
import type { Schedule, Schedules } from './timing.ts';

/** How long a jump of the clock may go unnoticed. */
const longestPauseMs = 1_000;
const shortestPauseMs = 1;
/** The clock went back by more than it may tremble. */
const wentBackMs = 1_000;
/** In one transaction: others wait for it on the embedded database. */
const batch = 50;
/** Another replica holds the schedule: when to look whether it has enqueued the slot. */
const lookAgainMs = 500;
const longestRetryMs = 60_000;
/** What doesn't work for longer than this is a problem. */
const patienceMs = 120_000;

/** What this process knows of a schedule. */
interface Plan {
  schedule: Schedule;
  definition: string;
  /** When to look at it by the clock, epoch ms. */
  nextMs: number;
  /** How far this process has looked; undefined = not yet. */
  settled: Date | undefined;
  /** Its row was there when it was looked at last. */
  seen: boolean;
  /** Not to be looked at before, as `performance.now()`. */
  waitUntilMs: number;
  failures: number;
  /** When the first of these failures was, as `performance.now()`. */
  failingSinceMs: number;
}

export interface SchedulesOptions {
  store: Store;
  /** The database's, or one that a test moves. */
  clock: Clock;
  log: Log;
  schedules: readonly Schedule[];
}

/**
 * Turns schedules into jobs: each slot one, whatever the number of replicas. Everything is compared with the last slot in
 * the database, so a late tick, a frozen process or a clock that jumps neither loses a slot nor enqueues it twice. Only
 * schedules that are due touch the database. Throws OpsError `invalid` for a `when` that makes no sense or never comes.
 */
export function createSchedules(options: SchedulesOptions): Schedules & {
  /** Enqueues what is due. Rejects when the database can't be reached. */
  tick(): Promise<void>;
} {
  const { store, clock, log } = options;
  let plans = options.schedules.map((schedule) => planOf(schedule, clock.now()));
  refuseDoubles(options.schedules);
  let lastNow = clock.now();
  let ticking: Promise<void> | undefined;
  let stopped = false;
  /** When all that was due had been looked at last, whatever came of it, as `performance.now()`. */
  let lookedMs = performance.now();

  function tick(): Promise<void> {
    ticking ??= settleDue().finally(() => {
      ticking = undefined;
    });
    return ticking;
  }

  async function settleDue(): Promise<void> {
    const now = clock.now();
    if (now.getTime() < lastNow.getTime() - wentBackMs) lookAgainAt(now);
    lastNow = now;
    const due = plans.filter((plan) => plan.nextMs <= now.getTime() && plan.waitUntilMs <= performance.now());
    for (let from = 0; from < due.length && !stopped; from += batch) await settle(due.slice(from, from + batch), now);
    lookedMs = performance.now();
  }

  /** The clock went back: what was known of the time behind it counts no more. */
  function lookAgainAt(now: Date): void {
    for (const plan of plans) {
      plan.nextMs = Number.NEGATIVE_INFINITY;
      if (plan.settled && plan.settled > now) plan.settled = now;
    }
  }

  /** In one transaction; when that fails each alone, so that one that can't be enqueued holds back no other. */
  async function settle(due: Plan[], now: Date): Promise<void> {
    try {
      const found = await store.transaction((tx) => enqueueSlots(tx, due, now));
      for (const plan of due) {
        plan.seen = found.has(plan.schedule.name);
        if (plan.seen) succeeded(plan, now);
        else plan.waitUntilMs = performance.now() + lookAgainMs;
      }
    } catch (error) {
      // A schedule may say that something else is unavailable.
      if (isUnavailable(error)) await store.ping();
      if (due.length === 1) failed(due[0]!, error);
      else for (const plan of due) if (!stopped) await settle([plan], now);
    }
  }

  async function enqueueSlots(tx: Tx, due: readonly Plan[], now: Date): Promise<Map<string, Stored>> {
    const missing = due.filter(({ seen }) => !seen);
    if (missing.length > 0) await ensureProgress(tx, missing.map(rowOf), now);
    const found = await lockProgress(
      tx,
      due.map(({ schedule }) => schedule.name),
    );
    const changed = new Map<string, Stored>();
    for (const plan of due) {
      const stored = found.get(plan.schedule.name);
      const after = stored && (await enqueueSlotsOf(tx, plan, stored, now));
      if (after) changed.set(plan.schedule.name, after);
    }
    await saveProgress(tx, changed);
    return found;
  }

  /** Resolves to what is to be stored; undefined = nothing changed. */
  async function enqueueSlotsOf(tx: Tx, plan: Plan, stored: Stored, now: Date): Promise<Stored | undefined> {
    const { schedule, definition, settled } = plan;
    // Planned otherwise than when the bot ran last: what the new definition would have had was not missed.
    let progress = !settled && stored.definition !== definition ? { ...stored, definition, since: now } : stored;
    const { slots, pulledBack } = dueSlots(schedule, progress, { now, settled });
    if (pulledBack) {
      log.warn({ schedule: schedule.name, lastSlot: stored.lastSlot, now }, 'a schedule was far ahead of the clock');
      progress = { ...progress, ...pulledBack };
    }
    for (const slot of slots) {
      await schedule.enqueue(tx, slot, slotKey(schedule.name, slot, progress.turn), progress.lastSlot);
      progress = { ...progress, lastSlot: slot };
    }
    return progress === stored ? undefined : progress;
  }

  function succeeded(plan: Plan, now: Date): void {
    if (plan.failures > 0) log.info({ schedule: plan.schedule.name }, 'a schedule works again');
    plan.failures = 0;
    plan.settled = now;
    plan.nextMs = nextSlot(plan.schedule.when, now).getTime();
  }

  function failed(plan: Plan, error: unknown): void {
    if (plan.failures === 0) log.error({ err: error, schedule: plan.schedule.name }, 'a slot could not be enqueued');
    if (plan.failures === 0) plan.failingSinceMs = performance.now();
    plan.waitUntilMs = performance.now() + Math.min(longestRetryMs, 1_000 * 2 ** plan.failures);
    plan.failures += 1;
  }

  function pauseMs(): number {
    const [nowMs, runningMs] = [clock.now().getTime(), performance.now()];
    const pauses = plans.map((plan) => Math.max(plan.nextMs - nowMs, plan.waitUntilMs - runningMs));
    return Math.max(shortestPauseMs, Math.min(longestPauseMs, ...pauses));
  }

  function replace(prefix: string, schedules: readonly Schedule[]): void {
    const others = plans.filter(({ schedule }) => !schedule.name.startsWith(prefix));
    refuseDoubles([...others.map(({ schedule }) => schedule), ...schedules]);
    const now = clock.now();
    const kept = (schedule: Schedule) => {
      const before = plans.find((plan) => plan.schedule.name === schedule.name);
      // What it is to enqueue may have changed; how far it has come has not.
      if (before?.definition === describe(schedule.when)) return Object.assign(before, { schedule });
      return planOf(schedule, now);
    };
    plans = [...others, ...schedules.map(kept)];
  }

  const ticker = createTicker({ name: 'schedules', log, beat: () => tick().then(pauseMs) });
  return {
    tick,
    replace,
    start: ticker.start,
    async stop() {
      stopped = true;
      await ticker.stop();
    },
    problem() {
      const nowMs = performance.now();
      if (nowMs - lookedMs > patienceMs) return `not looked at for ${Math.round((nowMs - lookedMs) / 1_000)} s`;
      const failing = plans.filter((plan) => plan.failures > 0 && nowMs - plan.failingSinceMs > patienceMs);
      if (failing.length === 0) return undefined;
      const more = failing.length === 1 ? '' : ` and ${failing.length - 1} more`;
      return `${failing[0]!.schedule.name}${more}: slots can't be enqueued`;
    },
    async list() {
      const now = clock.now();
      const last = await lastSlots(store.db());
      return plans.map(({ schedule: { name, when } }) => {
        const slot = last.get(name);
        return { name, last: slot, next: nextSlot(when, slot ?? now) };
      });
    },
  };
}

function planOf(schedule: Schedule, now: Date): Plan {
  nextSlot(schedule.when, now);
  return {
    schedule,
    definition: describe(schedule.when),
    nextMs: Number.NEGATIVE_INFINITY,
    settled: undefined,
    seen: false,
    waitUntilMs: 0,
    failures: 0,
    failingSinceMs: 0,
  };
}

function rowOf({ schedule: { name }, definition }: Plan): { name: string; definition: string } {
  return { name, definition };
}

function refuseDoubles(schedules: readonly Schedule[]): void {
  const names = schedules.map(({ name }) => name);
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) throw new OpsError('invalid', `two schedules are named ${double}`);
}
