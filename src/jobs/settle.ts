import type { PgBoss } from 'pg-boss';
import type { Store, Tx } from '../store/store.ts';
import { inTransaction, touchedBy } from './boss.ts';
import { bury } from './dead.ts';
import type { Envelope } from './enqueue.ts';
import { workQueues } from './lanes.ts';
import { storable } from './storable.ts';
import { together } from './together.ts';
import type { Verdict } from './verdict.ts';

/** An attempt that this process holds: `retryCount` fences it off from the attempts after it. */
export interface Claim {
  queue: string;
  id: string;
  retryCount: number;
  kind: string;
  envelope: Envelope;
}

/** How attempts end in the database. Each resolves to false, and nothing was done, when the job is not ours any more. */
export interface Settling {
  done(claim: Claim): Promise<boolean>;
  retry(claim: Claim, verdict: Extract<Verdict, { kind: 'retry' }>): Promise<boolean>;
  dead(claim: Claim, verdict: Extract<Verdict, { kind: 'dead' }>): Promise<boolean>;
  /** Somebody cancelled it while it ran. */
  cancelled(claim: Claim): Promise<boolean>;
  /** Anybody may take it at once, and the attempt does not use up a retry. */
  handBack(claim: Claim): Promise<boolean>;
}

export function settling(boss: PgBoss, store: Store): Settling {
  const inOne = (work: (tx: Tx) => Promise<boolean>) => store.transaction<unknown, boolean>(work);

  async function again(claim: Claim, delayMs: number, counts: boolean, why: object): Promise<boolean> {
    return inOne(async (tx) => {
      const db = inTransaction(tx);
      const failed = await boss.fail(claim.queue, claim, why, { db });
      if (touchedBy(failed).affected === 0) return false;
      const excused = claim.envelope.excused + (counts ? 0 : 1);
      // pg-boss would have it wait whole seconds, by the queue's rule.
      await boss.update(
        claim.queue,
        { ...claim.envelope, excused },
        { id: claim.id, startAfter: `${delayMs} milliseconds`, db },
      );
      return true;
    });
  }

  const done = new Map(
    workQueues.map((queue) => [
      queue,
      together<Claim, boolean>(async (claims) => {
        const { ids } = touchedBy(await boss.complete(queue, claims));
        return claims.map(({ id }) => ids.has(id));
      }),
    ]),
  );

  return {
    done: (claim) => done.get(claim.queue)!(claim),
    retry: (claim, { delayMs, counts, reason, message }) =>
      again(claim, delayMs, counts, { reason: storable(reason), message: storable(message) }),
    dead: (claim, told) =>
      inOne(async (tx) => {
        const verdict = { reason: storable(told.reason), message: told.message };
        const completed = await boss.complete(claim.queue, claim, { dead: verdict.reason }, { db: inTransaction(tx) });
        if (touchedBy(completed).affected === 0) return false;
        await bury(boss, tx, claim, verdict);
        return true;
      }),
    cancelled: (claim) =>
      inOne(async (tx) => {
        const db = inTransaction(tx);
        if (touchedBy(await boss.cancel(claim.queue, claim, { db })).affected === 0) return false;
        // Its key is free again.
        await boss.deleteJob(claim.queue, claim.id, { db });
        return true;
      }),
    handBack: (claim) => again(claim, 0, false, { reason: 'handed_back' }),
  };
}
