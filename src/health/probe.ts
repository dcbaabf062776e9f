import { setTimeout as pause } from 'node:timers/promises';
import type { Check } from '../config/model.ts';
import type { Facts, Sample, Unmeasured, UnmeasuredReason } from '../kernel/check.ts';
import { type Answer, type Attempting, attempt, endOf, type ProbeRoom } from './attempt.ts';

/** What came of measuring one check, over all of its attempts. Durations in ms. */
export type ProbeResult = Measured | NotMeasured;

export interface Measured {
  kind: 'measured';
  facts: Facts;
  /** Characters of JSON the facts take. */
  size: number;
  earlier: Sample[] | undefined;
  at: Date;
  attempts: number;
  durationMs: number;
}

export interface NotMeasured {
  kind: 'unmeasured';
  reason: UnmeasuredReason;
  message: string;
  next: string | undefined;
  at: Date;
  attempts: number;
  durationMs: number;
}

/** What the fail and warn rules make of facts, before any hold. */
export type Look = 'good' | 'bad' | 'unclear';

export interface ProbeRun extends Attempting {
  /** A measured failure is worth another attempt before it is believed. */
  look: (facts: Facts) => Look;
}

type Measuring = Extract<Answer, { measured: unknown }> & { at: Date };

/**
 * Measures a check: up to `check.attempts` tries of `timeoutMs` each, `retryDelayMs` apart. Never rejects. A bad
 * measurement beats a later try that measured nothing or can't be judged; when the sweep ends between two tries, what the
 * first one said counts.
 */
export async function runProbe(check: Check, room: ProbeRoom, run: ProbeRun): Promise<ProbeResult> {
  const begun = performance.now();
  let bad: Measuring | undefined;
  let why: Unmeasured | undefined;
  let attempts = 0;
  if (run.signal.aborted) return unmeasured(endOf(run.signal), room.clock.now());
  for (;;) {
    const answer = await attempt(check, room, run);
    const at = room.clock.now();
    // A try that was cut off, or never began, says less than the one before.
    const cutOff = run.signal.aborted && 'unmeasured' in answer;
    if (!cutOff || attempts === 0) attempts += 1;
    const again = attempts < check.attempts && !run.signal.aborted;
    if ('measured' in answer) {
      const looks = lookAt(answer.measured.facts, check, room, run);
      if (looks === 'good' || (looks === 'unclear' && !bad)) return measured({ ...answer, at });
      if (looks === 'bad') bad = { ...answer, at };
      if (bad && !again) return measured(bad);
    } else {
      why = cutOff ? (why ?? answer.unmeasured) : answer.unmeasured;
      if (!again || !why.retryable) return bad ? measured(bad) : unmeasured(why, at);
    }
    const ended = await waitBeforeRetry(check.retryDelayMs, run.signal);
    if (ended) return bad ? measured(bad) : unmeasured(why ?? ended, room.clock.now());
  }

  function measured(from: Measuring): Measured {
    const { facts, earlier } = from.measured;
    const durationMs = performance.now() - begun;
    return { kind: 'measured', facts, size: from.size, earlier, at: from.at, attempts, durationMs };
  }

  function unmeasured({ reason, message, next }: Unmeasured, at: Date): NotMeasured {
    return { kind: 'unmeasured', reason, message, next, at, attempts, durationMs: performance.now() - begun };
  }
}

function lookAt(facts: Facts, check: Check, room: ProbeRoom, run: ProbeRun): Look {
  try {
    return run.look(facts);
  } catch (error) {
    room.log.warn({ check: check.id, err: error }, 'conditions failed unexpectedly');
    return 'unclear';
  }
}

async function waitBeforeRetry(delayMs: number, signal: AbortSignal): Promise<Unmeasured | undefined> {
  try {
    await pause(delayMs, undefined, { signal });
    return undefined;
  } catch (error) {
    if (signal.aborted) return endOf(signal);
    throw error;
  }
}
