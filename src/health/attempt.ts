import type { Check } from '../config/model.ts';
import {
  type Batch,
  type Kept,
  type Measurement,
  type Probe,
  type Reported,
  type Sample,
  type Site,
  Unmeasured,
} from '../kernel/check.ts';
import type { Clock } from '../kernel/clock.ts';
import { formatDuration } from '../kernel/duration.ts';
import type { Log } from '../kernel/log.ts';
import type { Reveal } from '../kernel/secret.ts';
import { plainFacts } from './facts.ts';

/** What all probes of a sweep share. */
export interface ProbeRoom {
  clock: Clock;
  reveal: Reveal;
  site: Site;
  log: Log;
  /** What jobs elsewhere have reported under a check's id. */
  reported?: ((checkId: string) => Promise<Reported>) | undefined;
  /** What the probes of a check type keep. */
  kept?: ((type: string) => Kept) | undefined;
}

/** What the attempts of one probe share. */
export interface Attempting {
  previous: Sample | undefined;
  /** Ends every attempt; its reason, when it is an `Unmeasured`, is the result. */
  signal: AbortSignal;
  /** The batch as one attempt sees it. */
  batch: (signal: AbortSignal) => Batch;
}

/** Parts of a check end so long before its timeout, a tenth of it at most: time for the rest to be told. */
const sparedMs = 2_000;

const attemptOver = new Unmeasured('timeout', 'the attempt is over', { retryable: false });

export type Answer = { measured: Measurement; size: number } | { unmeasured: Unmeasured };

/** One try, of `timeoutMs` at most. Never rejects, and never waits for a probe that ignores its signal. */
export async function attempt(check: Check, room: ProbeRoom, run: Attempting): Promise<Answer> {
  if (run.signal.aborted) return { unmeasured: endOf(run.signal) };
  const limit = new AbortController();
  const parts = new AbortController();
  const stop = (why: Unmeasured) => {
    limit.abort(why);
    parts.abort(why);
  };
  let end: (why: Unmeasured) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = (why) => {
      reject(why);
      stop(why);
    };
  });
  const sweepEnded = () => end(endOf(run.signal));
  // The probe hears of it first: what it makes of its own timeout in that turn (`on_timeout: fail`) counts.
  const timeUp = () => {
    const why = timedOut(check);
    stop(why);
    setImmediate(() => end(why));
  };
  const timer = setTimeout(timeUp, check.timeoutMs);
  const partsMs = check.timeoutMs - Math.min(sparedMs, check.timeoutMs / 10);
  const partsTimer = setTimeout(() => parts.abort(timedOut(check, partsMs)), partsMs);
  run.signal.addEventListener('abort', sweepEnded, { once: true });
  const probe: Probe<unknown> = {
    target: check.target,
    previous: run.previous,
    signal: limit.signal,
    partsSignal: parts.signal,
    clock: room.clock,
    batch: run.batch(limit.signal),
    reveal: room.reveal,
    site: room.site,
    reported: () => reportedOf(check.id, room),
    kept: room.kept?.(check.type) ?? { read: keepsNothing, write: keepsNothing },
    heldForMs: check.heldForMs,
  };
  try {
    return accept(check, await Promise.race([ended, begin(check, probe, room.log)]));
  } catch (error) {
    return { unmeasured: asUnmeasured(error, check, room.log) };
  } finally {
    clearTimeout(timer);
    clearTimeout(partsTimer);
    run.signal.removeEventListener('abort', sweepEnded);
    // The attempt is over: whatever the probe left running (a second request, a batch question) stops too.
    stop(attemptOver);
  }
}

async function reportedOf(checkId: string, { reported }: ProbeRoom): Promise<Reported> {
  if (reported) return reported(checkId);
  throw new Unmeasured('misconfigured', 'this process does not take reports of jobs', { next: 'ask the bot' });
}

async function keepsNothing(): Promise<never> {
  throw new Unmeasured('misconfigured', 'this process keeps nothing for its checks', { next: 'ask the bot' });
}

/** An async function, so that a probe that throws before its first await rejects like any other. */
async function begin(check: Check, probe: Probe<unknown>, log: Log): Promise<Measurement> {
  try {
    return await check.definition.run(probe);
  } catch (error) {
    if (probe.signal.aborted) log.debug({ check: check.id, err: error }, 'probe ended after its attempt was over');
    throw error;
  }
}

function accept(check: Check, measurement: Measurement | undefined): Answer {
  const plain = plainFacts(measurement?.facts);
  if (plain.kind === 'facts') {
    return { measured: { facts: plain.facts, earlier: measurement?.earlier }, size: plain.size };
  }
  if (plain.kind === 'too_large') {
    return { unmeasured: new Unmeasured('too_large', `${what(check)}: the answer holds more than 4 MB of facts`) };
  }
  const why = `${what(check)}: the check type ${check.type} returned ${plain.why} instead of facts`;
  return { unmeasured: new Unmeasured('invalid_answer', why) };
}

function asUnmeasured(error: unknown, check: Check, log: Log): Unmeasured {
  if (error instanceof Unmeasured) return error;
  log.warn({ check: check.id, type: check.type, err: error }, 'probe failed unexpectedly');
  return new Unmeasured('error', `${what(check)}: the probe failed (${nameOf(error)})`, {
    next: `see the log for check ${check.id}`,
    cause: error,
  });
}

/** A code or a class name: an error's message may carry a password out of a URL. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it threw something that is no error';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : error.name.slice(0, 40);
}

function timedOut(check: Check, withinMs = check.timeoutMs): Unmeasured {
  return new Unmeasured('timeout', `${what(check)}: no answer within ${formatDuration(withinMs)}`);
}

/** Why a probe that was cut off measured nothing. */
export function endOf(signal: AbortSignal): Unmeasured {
  if (signal.reason instanceof Unmeasured) return signal.reason;
  return new Unmeasured('error', 'not measured: the sweep was stopped', { retryable: false });
}

/** What the check asks; its id when even that fails. */
function what(check: Check): string {
  try {
    return check.definition.describe(check.target);
  } catch (error) {
    return `${check.id} (${nameOf(error)} in describe)`;
  }
}
