import type { Check } from '../config/model.ts';
import { type Facts, type Sample, Unmeasured } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import type { Log } from '../kernel/log.ts';
import type { ProbeRoom } from './attempt.ts';
import { createBatch, type SweepBatch } from './batch.ts';
import { type Look, type ProbeResult, runProbe } from './probe.ts';
import { Slots } from './slots.ts';

export interface SweepLimits {
  /** Probes at the same time, in all and in one lane. */
  concurrent: number;
  perLane: number;
  /** The sweep ends after this long, ms. */
  deadlineMs: number;
}

export interface Sweep {
  checks: readonly Check[];
  limits: SweepLimits;
  room: ProbeRoom;
  /** Ends the sweep early; what still runs is unknown then. */
  signal: AbortSignal;
  /** How much of the deadline had passed before, ms. */
  spentMs?: number;
  previous: (check: Check) => Sample | undefined;
  /** Called once per check, as soon as it is measured. Must not throw. */
  onResult: (check: Check, result: ProbeResult) => void;
}

/**
 * Measures all checks concurrently within the limits and resolves when each has its result, at the deadline at the
 * latest: what runs or waits then is aborted and unknown. Never rejects.
 */
export async function runSweep(sweep: Sweep): Promise<void> {
  const end = new AbortController();
  const slots = new Slots(sweep.limits);
  const stop = (why: Unmeasured) => {
    end.abort(why);
    slots.openAll();
  };
  const stopped = () => stop(new Unmeasured('error', 'not measured: the sweep was stopped', { retryable: false }));
  const { deadlineMs } = sweep.limits;
  const timer = setTimeout(() => stop(deadlinePassed(deadlineMs)), Math.max(0, deadlineMs - (sweep.spentMs ?? 0)));
  sweep.signal.addEventListener('abort', stopped, { once: true });
  if (sweep.signal.aborted) stopped();
  const batch = createBatch();
  try {
    await Promise.all(sweep.checks.map((check) => measure(check, sweep, { slots, batch, signal: end.signal })));
  } finally {
    clearTimeout(timer);
    sweep.signal.removeEventListener('abort', stopped);
  }
}

async function measure(
  check: Check,
  sweep: Sweep,
  shared: { slots: Slots; batch: SweepBatch; signal: AbortSignal },
): Promise<void> {
  const release = await shared.slots.take(laneOf(check, sweep.room.log), check.definition.laneLimit);
  const result = await runProbe(check, sweep.room, {
    previous: sweep.previous(check),
    signal: shared.signal,
    // A probe that waits for a batched call does no work of its own: its place goes to the next, which may join the call.
    batch: (signal) => shared.batch.forAttempt(signal, release),
    look: (facts) => look(check, facts),
  });
  release();
  sweep.onResult(check, result);
}

/** A check type whose `lane` throws costs its checks their lane, not the sweep. */
function laneOf(check: Check, log: Log): string | undefined {
  try {
    return check.definition.lane?.(check.target);
  } catch (error) {
    log.warn({ check: check.id, type: check.type, err: error }, 'lane failed unexpectedly');
    return undefined;
  }
}

function look(check: Check, facts: Facts): Look {
  if (check.fail.some((condition) => condition.evaluate(facts).kind === 'true')) return 'bad';
  const unclear = [...check.fail, ...check.warn].some((condition) => condition.evaluate(facts).kind === 'unknown');
  return unclear ? 'unclear' : 'good';
}

function deadlinePassed(deadlineMs: number): Unmeasured {
  const message = `not measured: the sweep's deadline of ${formatDuration(deadlineMs)} passed`;
  return new Unmeasured('timeout', message, { retryable: false });
}
