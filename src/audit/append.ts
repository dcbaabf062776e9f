import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';
import type { Asker, AuditEntry } from './model.ts';
import { writePayload } from './payload.ts';

/** Appends a row to the chain; the last statement of its transaction. Resolves to its number. */
export function appendAudit(tx: Tx, asker: Asker, entry: AuditEntry, at: Date): Promise<bigint> {
  return append(tx, asker, entry, at, null);
}

/** Appends the record of an erasure, and erases the text of the row `erases`. */
export function appendErasure(tx: Tx, asker: Asker, entry: AuditEntry, at: Date, erases: bigint): Promise<bigint> {
  return append(tx, asker, entry, at, String(erases));
}

/** One round trip: locks the head of the chain, which makes every other transaction that appends wait for this one's end. */
async function append(tx: Tx, asker: Asker, entry: AuditEntry, at: Date, erases: string | null): Promise<bigint> {
  const { payload, searchable } = writePayload(asker, entry);
  const { actor, action, target } = searchable;
  const { rows } = await sql<{ seq: string }>`
    select audit_append(${at.getTime()}::bigint, ${payload}::text, ${actor}::text, ${action}::text, ${target}::text,
                        ${erases}::bigint)::text as seq`.execute(tx);
  return BigInt(rows[0]!.seq);
}
