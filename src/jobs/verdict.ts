import { OpsError, PortError } from '../kernel/errors.ts';
import { isUnavailable } from '../store/errors.ts';
import type { JobKind } from './model.ts';

/** What follows from an attempt that failed. `counts`: it uses up one of the kind's retries. */
export type Verdict =
  | { kind: 'retry'; delayMs: number; reason: string; message: string; counts: boolean }
  | { kind: 'dead'; reason: string; message: string };

/** Reasons that the queue itself gives. */
export const ownReasons = {
  fault: 'fault',
  /** The database went away while the job ran: nobody's fault, does not use up a retry. */
  database: 'database',
  /** Every attempt ended with its process. */
  lost: 'lost',
  /** What is stored is not what this version expects. */
  invalidData: 'invalid_data',
} as const;

/** An outage of minutes is outlived; after that it may be no outage of ours but a fault, and counts. */
const databaseRetry = { limit: 20, firstMs: 500, maxMs: 15_000 };

/** Exponential from `firstMs` to `maxMs`, a random half of it taken off. `failures` = how many attempts failed before this one. */
export function backoffMs(
  retry: Pick<JobKind<never>['retry'], 'firstMs' | 'maxMs'>,
  failures: number,
  random: () => number,
): number {
  const step = Math.min(retry.maxMs, retry.firstMs * 2 ** Math.min(failures, 40));
  return Math.round(step / 2 + (step / 2) * random());
}

/** Decides by the error's own word. `failures` = how many attempts used up a retry before this one, `excused` = how many did not. */
export function verdictOn(
  error: unknown,
  past: { retry: JobKind<never>['retry']; failures: number; excused: number; random: () => number },
): Verdict {
  const { retry, failures, excused, random } = past;
  const message = error instanceof Error ? error.message : String(error);
  // A verb says `unavailable` of a database that broke off: that is no answer.
  if (error instanceof OpsError && error.code !== 'unavailable') return { kind: 'dead', reason: error.code, message };
  if (error instanceof PortError) {
    if (!error.retryable || failures >= retry.limit) return { kind: 'dead', reason: error.reason, message };
    const delayMs = Math.max(backoffMs(retry, failures, random), error.retryAfterMs ?? 0);
    return { kind: 'retry', delayMs, reason: error.reason, message, counts: true };
  }
  if (isUnavailable(error) && excused < databaseRetry.limit) {
    const delayMs = backoffMs(databaseRetry, excused, random);
    return { kind: 'retry', delayMs, reason: ownReasons.database, message, counts: false };
  }
  if (failures >= retry.limit) return { kind: 'dead', reason: ownReasons.fault, message };
  return {
    kind: 'retry',
    delayMs: backoffMs(retry, failures, random),
    reason: ownReasons.fault,
    message,
    counts: true,
  };
}
