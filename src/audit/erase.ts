import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Store, Tx } from '../store/store.ts';
import { appendErasure } from './append.ts';
import type { Asker } from './model.ts';

/** A text that is being erased, and by whom. */
export interface Erasure {
  seq: bigint;
  actor: string;
}

export interface ErasePorts {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  /** Tells others of it, within its transaction: nobody may erase unseen. */
  onErasing?: ((tx: Tx, erasure: Erasure) => Promise<void>) | undefined;
}

/** Shortest reason: "x" is none. */
const leastReason = 10;

/**
 * Removes the text of a row for good (who, what, why, before and after), and records that, by whom and why. The row itself
 * stays in the chain. Resolves to the number of the record. Throws OpsError `not_found`, `conflict` when it is erased
 * already, `invalid` for a reason of less than 10 characters.
 */
export async function eraseAudit(
  { store, clock, onErasing }: ErasePorts,
  asker: Asker,
  { seq, reason }: { seq: bigint; reason: string },
): Promise<bigint> {
  if ([...reason.trim()].length < leastReason) {
    const hint = `at least ${leastReason} characters that will mean something to whoever reads the audit`;
    throw new OpsError('invalid', 'Say why', { hint });
  }
  const entry = { action: 'audit.erase', target: `audit/${seq}`, reason };
  try {
    return await store.transaction(async (tx) => {
      // The audit comes last: it holds the head of the chain until the commit.
      await onErasing?.(tx, { seq, actor: asker.actor });
      return appendErasure(tx, asker, entry, clock.now(), seq);
    });
  } catch (error) {
    throw refusals[sqlState(error)]?.(seq, error) ?? error;
  }
}

const none = (seq: bigint, cause: unknown) => new OpsError('not_found', `The audit has no row ${seq}`, { cause });

/** By SQLSTATE: no such row (yet), or a second record of the same erasure. */
const refusals: Record<string, (seq: bigint, cause: unknown) => OpsError> = {
  P0002: none,
  23514: none,
  23505: (seq, cause) => new OpsError('conflict', `The text of row ${seq} is erased already`, { cause }),
};

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
