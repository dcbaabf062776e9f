import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { appendAudit } from './append.ts';
import type { Asker, AuditEntry } from './model.ts';

/**
 * Runs a verb: state, outgoing work and audit rows in one transaction. The audit comes last in it, since it waits for the
 * head of the chain and holds it until the commit. What `work` throws rolls everything back.
 * Throws OpsError `unavailable` when the database breaks off: then nobody knows whether it was done.
 */
export function verb<T, R>(
  ports: { store: Pick<Store, 'transaction'>; clock: Clock },
  asker: Asker,
  work: (tx: Kysely<T>) => Promise<{ result: R; audit: AuditEntry[] }>,
): Promise<R> {
  const done = ports.store.transaction<T, R>(async (tx) => {
    const { result, audit } = await work(tx);
    for (const entry of audit) await appendAudit(tx, asker, entry, ports.clock.now());
    return result;
  });
  return done.catch((error: unknown) => {
    if (error instanceof OpsError || !isUnavailable(error)) throw error;
    throw new OpsError('unavailable', 'My database does not answer: maybe this was done, maybe not', {
      hint: 'Look before you try again, in a minute.',
      cause: error,
    });
  });
}
