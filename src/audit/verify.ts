import type { KeyObject } from 'node:crypto';
import { OpsError } from '../kernel/errors.ts';
import type { Store } from '../store/store.ts';
import { chainStart, type Fault, judgeRow, type Link } from './chain.ts';
import { checkSignature, type SignatureState, type SignedHead } from './head.ts';
import { type Ends, lowest, readEnds, readPage } from './rows.ts';

/** What was found of a head that somebody kept. */
export interface HeadFinding {
  head: SignedHead;
  signature: SignatureState;
  /** `unknown`: the chain is broken before, or the line is no head of this key. */
  chain: 'fits' | 'differs' | 'cut' | 'unknown';
}

export interface Verification {
  /** Rows that were looked at and are as they were recorded. */
  rows: number;
  /** Of these, rows whose text was erased, with its record. */
  erased: number;
  last: Link;
  heads: HeadFinding[];
  /** Lines among the heads that were given that begin as one and are none. */
  unreadable: number;
  /** The first bad row. */
  fault: Fault | undefined;
  durationMs: number;
}

export interface VerifyOptions {
  /** Heads that were kept elsewhere, in any order. */
  heads?: readonly SignedHead[];
  /** Lines beside them that begin as a head and are none. */
  unreadable?: number;
  /** To check their signatures with. */
  publicKey?: KeyObject | undefined;
  signal?: AbortSignal;
  /** Rows read at a time. */
  pageRows?: number;
}

/**
 * `changed` takes a fault of the chain, or a head with a valid signature that it doesn't fit: other lines can be written by
 * anybody who reaches the log or the channel. `unproven`: nothing is wrong, and a line that was given proves nothing.
 */
export function judgeVerification({ fault, heads, unreadable }: Verification): 'intact' | 'changed' | 'unproven' {
  if (fault !== undefined) return 'changed';
  return unreadable === 0 && heads.every(({ signature }) => signature === 'valid') ? 'intact' : 'unproven';
}

/**
 * Follows the chain from its first row, in pages, and compares it with heads that were kept elsewhere. Stops at the first bad
 * row. Takes about 15 µs a row and the memory of a page. Throws OpsError('unavailable') when `signal` is aborted.
 */
export async function verifyAudit(store: Pick<Store, 'db'>, options: VerifyOptions = {}): Promise<Verification> {
  const startedMs = performance.now();
  const { publicKey, signal, unreadable = 0, pageRows = 2_000 } = options;
  const heads = [...(options.heads ?? [])]
    .sort((a, b) => a.seq - b.seq)
    .map((head): HeadFinding => ({ head, signature: checkSignature(head, publicKey), chain: 'unknown' }));
  const ends = await readEnds(store);
  const waiting = heads.filter(({ signature }) => signature === 'valid' || signature === 'no_key');
  let last = chainStart;
  let erased = 0;
  // Of the rows up to here a head that was kept says that they are the same.
  let proven = 0;
  const compare = (): Fault | undefined => {
    const compared = compareHeads(waiting, last, proven);
    proven = compared.proven;
    return compared.fault;
  };
  let fault = compare();
  let from = lowest;
  while (fault === undefined) {
    if (signal?.aborted) throw new OpsError('unavailable', 'Interrupted before every row was looked at');
    const page = await readPage(store, { from, through: ends.through, count: pageRows });
    for (const row of page) {
      fault = judgeRow(last, row);
      if (fault !== undefined) break;
      last = { seq: row.seq, hash: row.hash, atMs: Number(row.atMs) };
      if (row.payload === null) erased += 1;
      fault = compare();
      if (fault !== undefined) break;
    }
    if (page.length < pageRows) break;
    from = BigInt(last.seq + 1);
  }
  fault ??= judgeEnds(ends, last) ?? beyond(waiting, last);
  return { rows: last.seq, erased, last, heads, unreadable, fault, durationMs: performance.now() - startedMs };
}

/** Compares the heads that were signed at this row; takes them out of `waiting`, which is sorted. */
function compareHeads(waiting: HeadFinding[], link: Link, before: number): { proven: number; fault?: Fault } {
  let proven = before;
  let fault: Fault | undefined;
  while (waiting[0] !== undefined && waiting[0].head.seq <= link.seq) {
    const finding = waiting.shift()!;
    const { seq, hash, at } = finding.head;
    finding.chain = hash === link.hash.toString('hex') ? 'fits' : 'differs';
    if (finding.signature !== 'valid') continue;
    if (finding.chain === 'fits') proven = seq;
    else fault ??= { kind: 'signed_otherwise', seq, atMs: link.atMs, proven, signedAt: at };
  }
  return { proven, fault };
}

/** Whether the chain ends where the database says that it ends. */
export function judgeEnds({ head, lastSeq, detailOutside }: Ends, last: Link): Fault | undefined {
  const { seq, atMs } = last;
  if (head === undefined) return { kind: 'no_head', seq, atMs };
  if (lastSeq !== seq || head.seq > seq) {
    return { kind: 'tail_cut', seq: seq + 1, atMs, through: Math.max(head.seq, lastSeq), known: 'database' };
  }
  if (head.seq < seq) return { kind: 'behind_head', seq: head.seq + 1, atMs: undefined };
  if (!head.hash.equals(last.hash)) return { kind: 'head_hash', seq, atMs };
  if (detailOutside !== null) return { kind: 'text_without_row', seq: detailOutside, atMs: undefined };
  return undefined;
}

/** Heads of rows that are not there any more. */
function beyond(waiting: readonly HeadFinding[], { seq, atMs }: Link): Fault | undefined {
  for (const finding of waiting) finding.chain = 'cut';
  const furthest = waiting.findLast(({ signature }) => signature === 'valid');
  return furthest && { kind: 'tail_cut', seq: seq + 1, atMs, through: furthest.head.seq, known: 'head' };
}
