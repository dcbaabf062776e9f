import type { AuditRow } from '../search.ts';
import type { Verification } from '../verify.ts';

/** A row as `rounds audit --json` prints it; keys are only ever added. */
export function rowJson({ seq, at, recorded, erasedBy, erases, hash, odd }: AuditRow): unknown {
  return {
    seq,
    at,
    actor: recorded?.actor ?? null,
    action: recorded?.action ?? null,
    target: recorded?.target ?? null,
    before: recorded?.before ?? null,
    after: recorded?.after ?? null,
    reason: recorded?.reason ?? null,
    request: recorded?.request ?? null,
    erased_by: erasedBy ?? null,
    erases: erases ?? null,
    hash,
    odd: odd ?? false,
  };
}

/** What `rounds audit verify --json` prints. */
export function verificationJson({ fault, rows, erased, last, heads, unreadable, durationMs }: Verification): unknown {
  return {
    intact: fault === undefined,
    first_bad: fault ? { ...fault, at: fault.atMs === undefined ? null : new Date(fault.atMs) } : null,
    rows,
    erased,
    last_hash: last.hash.toString('hex'),
    heads: heads.map(({ head, signature, chain }) => ({
      seq: head.seq,
      at: head.at,
      key: head.keyId,
      signature,
      chain,
    })),
    unreadable_heads: unreadable,
    duration_ms: Math.round(durationMs),
  };
}
