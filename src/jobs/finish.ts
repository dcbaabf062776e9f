import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable } from '../store/errors.ts';
import type { Ending } from './attempt.ts';
import type { JobWatch } from './model.ts';
import type { Outages } from './outages.ts';
import type { Claim, Settling } from './settle.ts';

type Finished = Pick<Parameters<JobWatch['finished']>[0], 'outcome' | 'reason'>;

/** Shorter than the patience with which others wait for signs of life after an outage: what is done is not done again. */
const againMs = 500;
/** What the database refuses each time is no more than a line in the log every so often. */
const longestAgainMs = 10_000;

/**
 * Writes down how an attempt ended, again and again whatever keeps it from that, until `signal`: what is not written down
 * is done again. Undefined = there is nothing to tell: the job is not ours any more, was cancelled, or goes back unfinished
 * since the bot stops.
 */
export async function finish(options: {
  settle: Settling;
  outage: Outages;
  claim: Claim;
  ending: Ending;
  /** The attempt was told to stop: a failure is a consequence of that. */
  interrupted: boolean;
  signal: AbortSignal;
}): Promise<Finished | undefined> {
  const { settle, outage, claim, signal } = options;
  const way = wayOut(options);
  let refusedMs = againMs;
  while (!signal.aborted) {
    let pauseMs = againMs;
    const settled = await outage.watch(() =>
      way.write(settle, claim).catch((error: unknown) => {
        if (!isUnavailable(error)) {
          pauseMs = refusedMs;
          refusedMs = Math.min(refusedMs * 2, longestAgainMs);
        }
        throw error;
      }),
    );
    if (settled !== undefined) return settled ? way.tell : undefined;
    await pause(pauseMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return undefined;
}

interface WayOut {
  write(settle: Settling, claim: Claim): Promise<boolean>;
  tell: Finished | undefined;
}

function wayOut({ ending, interrupted }: { ending: Ending; interrupted: boolean }): WayOut {
  if (ending.kind === 'done') return { write: (settle, claim) => settle.done(claim), tell: { outcome: 'done' } };
  if (ending.kind === 'cancelled') return { write: (settle, claim) => settle.cancelled(claim), tell: undefined };
  if (interrupted) return { write: (settle, claim) => settle.handBack(claim), tell: undefined };
  const { reason } = ending;
  return ending.kind === 'dead'
    ? { write: (settle, claim) => settle.dead(claim, ending), tell: { outcome: 'dead', reason } }
    : { write: (settle, claim) => settle.retry(claim, ending), tell: { outcome: 'retried', reason } };
}
