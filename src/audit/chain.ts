import { hash } from 'node:crypto';
import { readPayload } from './payload.ts';

/** The end of a chain: what the next row's hash is made from. */
export interface Link {
  seq: number;
  hash: Buffer;
  /** Undefined before the first row. */
  atMs: number | undefined;
}

/** A row as the database holds it. */
export interface StoredRow {
  seq: number;
  /** As it is hashed: any number of 8 bytes. */
  atMs: bigint;
  /** The row that this one records as erased. */
  erases: bigint | null;
  commitment: Buffer;
  hash: Buffer;
  /** Null: erased, or lost. */
  payload: string | null;
  salt: Buffer | null;
  actor: string | null;
  action: string | null;
  target: string | null;
  /** Whether there is a row in `audit_detail` at all. */
  hasDetail: boolean;
  /** The row that records that this one was erased. */
  erasedBy: number | null;
}

/** The first thing that is wrong, at the row `seq`; `atMs` is when that row says that it was written. */
export type Fault = { seq: number; atMs: number | undefined } & (
  | { kind: 'missing'; through: number; nextAtMs: number | undefined }
  | { kind: 'surplus' }
  | { kind: 'chain' }
  | { kind: 'time' }
  | { kind: 'text' }
  | { kind: 'odd' }
  | { kind: 'columns'; columns: string[] }
  | { kind: 'text_lost' }
  | { kind: 'erased_unrecorded' }
  | { kind: 'not_erased'; erasedBy: number }
  | { kind: 'tail_cut'; through: number; known: 'database' | 'head' }
  | { kind: 'behind_head' }
  | { kind: 'head_hash' }
  | { kind: 'no_head' }
  | { kind: 'text_without_row' }
  | { kind: 'signed_otherwise'; proven: number; signedAt: Date }
);

export const chainStart: Link = { seq: 0, hash: Buffer.alloc(32), atMs: undefined };

/** The end of the year 9999: `audit_append` takes nothing later. */
const latestMs = 253_402_300_799_999n;

/** The hash of a row that follows `previous`; the same as `audit_append` computes. */
export function linkHash(previous: Buffer, row: Pick<StoredRow, 'seq' | 'atMs' | 'erases' | 'commitment'>): Buffer {
  const numbers = Buffer.alloc(24);
  numbers.writeBigInt64BE(BigInt(row.seq), 0);
  numbers.writeBigInt64BE(row.atMs, 8);
  numbers.writeBigInt64BE(row.erases ?? 0n, 16);
  return hash('sha256', Buffer.concat([previous, numbers, row.commitment]), 'buffer');
}

/** What a row vouches for: its text can't be changed, and without the salt not be guessed. */
export function commitmentTo(salt: Buffer, payload: string): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(payload)]), 'buffer');
}

/** Whether a row follows from the one before and its text is what was recorded. Pure. */
export function judgeRow(previous: Link, row: StoredRow): Fault | undefined {
  const { seq } = row;
  const atMs = Number(row.atMs);
  const expected = previous.seq + 1;
  if (seq > expected) {
    return { kind: 'missing', seq: expected, atMs: previous.atMs, through: seq - 1, nextAtMs: atMs };
  }
  if (seq < expected) return { kind: 'surplus', seq, atMs };
  if (!linkHash(previous.hash, row).equals(row.hash)) return { kind: 'chain', seq, atMs };
  if (row.atMs < 0n || row.atMs > latestMs) return { kind: 'time', seq, atMs };
  return judgeText(row);
}

function judgeText(row: StoredRow): Fault | undefined {
  const { seq, payload, salt, erasedBy } = row;
  const atMs = Number(row.atMs);
  if (!row.hasDetail) return { kind: 'text_lost', seq, atMs };
  if (payload === null || salt === null) {
    return erasedBy === null ? { kind: 'erased_unrecorded', seq, atMs } : undefined;
  }
  if (!commitmentTo(salt, payload).equals(row.commitment)) return { kind: 'text', seq, atMs };
  if (erasedBy !== null) return { kind: 'not_erased', seq, atMs, erasedBy };
  const recorded = readPayload(payload);
  if (recorded === undefined) return { kind: 'odd', seq, atMs };
  const columns = (['actor', 'action', 'target'] as const).filter((name) => row[name] !== recorded[name]);
  return columns.length > 0 ? { kind: 'columns', seq, atMs, columns } : undefined;
}
