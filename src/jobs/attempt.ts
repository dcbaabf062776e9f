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
  const failures = claim.retryCount - claim.envelope.excused;
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
    const verdict = verdictOn(error, { retry: kind.retry, failures, random });
    const fields = { reason: verdict.reason, ...(verdict.kind === 'retry' ? { retryInMs: verdict.delayMs } : {}) };
    if (verdict.kind === 'dead') log.error({ ...fields, err: error }, 'the job is dead');
    else if (verdict.reason === ownReasons.fault)
      log.error({ ...fields, err: error }, 'the job failed, it is tried again');
    else log.warn({ ...fields, error: verdict.message }, 'the job failed, it is tried again');
    return verdict;
  }
}
