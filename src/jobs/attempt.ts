import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { cancelledMark } from './enqueue.ts';
import type { JobContext, JobHandler, JobKind } from './model.ts';
import type { Claim } from './settle.ts';
import { ownReasons, type Verdict, verdictOn } from './verdict.ts';

/** A kind with what carries it out. */
export interface Carrier {
  kind: JobKind<never>;
  run: JobHandler<never>;
}

export type Ending = { kind: 'done' } | { kind: 'cancelled' } | Verdict;

/** Carries out one attempt; never rejects. */
export async function carryOut(
  { kind, run }: Carrier,
  claim: Claim & { mark: string | null },
  around: { log: Log; clock: Clock; signal: AbortSignal; stillMine: () => Promise<boolean>; random: () => number },
): Promise<Ending> {
  if (claim.mark === cancelledMark) return { kind: 'cancelled' };
  const { excused } = claim.envelope;
  const failures = claim.retryCount - excused;
  const { limit } = kind.retry;
  if (failures > limit) {
    return {
      kind: 'dead',
      reason: ownReasons.lost,
      message: `each of ${claim.retryCount} attempts ended with its process`,
    };
  }
  const data = kind.schema.safeParse(claim.envelope.data);
  if (!data.success) return { kind: 'dead', reason: ownReasons.invalidData, message: data.error.message };
  const { log, clock, signal, stillMine, random } = around;
  const context: JobContext = {
    id: claim.id,
    attempt: claim.retryCount + 1,
    lastAttempt: failures >= limit,
    signal,
    stillMine,
    log,
    clock,
  };
  try {
    await run(data.data, context);
    return { kind: 'done' };
  } catch (error) {
    const verdict = verdictOn(error, { retry: kind.retry, failures, excused, random });
    sayFailed(log, verdict, error);
    return verdict;
  }
}

function sayFailed(log: Log, verdict: Verdict, error: unknown): void {
  const { kind, reason, message } = verdict;
  if (kind === 'dead') {
    log.error({ reason, err: error }, 'the job is dead');
    return;
  }
  const fields = { reason, retryInMs: verdict.delayMs };
  const words = 'the job failed, it is tried again';
  if (reason === ownReasons.fault) log.error({ ...fields, err: error }, words);
  // Of an outage the queue itself speaks, once.
  else if (reason === ownReasons.database) log.debug({ ...fields, error: message }, words);
  else log.warn({ ...fields, error: message }, words);
}
