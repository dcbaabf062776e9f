import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Store } from '../store/store.ts';
import { appendErasure } from './append.ts';
import type { Asker } from './model.ts';

/**
 * Removes the text of a row for good (who, what, why, before and after), and records that, by whom and why. The row itself
 * stays in the chain. Resolves to the number of the record. Throws OpsError `not_found`, or `conflict` when it is erased already.
 */
export async function eraseAudit(
  { store, clock }: { store: Pick<Store, 'transaction'>; clock: Clock },
  asker: Asker,
  { seq, reason }: { seq: bigint; reason: string },
): Promise<bigint> {
  const entry = { action: 'audit.erase', target: `audit/${seq}`, reason };
  try {
    return await store.transaction((tx) => appendErasure(tx, asker, entry, clock.now(), seq));
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
