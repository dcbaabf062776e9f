import { createPublicKey } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { readPrivateKey } from '../kernel/ed25519.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Store } from '../store/store.ts';
import { type ErasePorts, eraseAudit } from './erase.ts';
import { headStatement } from './head.ts';
import type { Asker } from './model.ts';
import { type AuditOwnership, auditOwnership } from './ownership.ts';
import { type AuditRow, type AuditSearch, findAuditRow, searchAudit } from './search.ts';
import { type Verification, type VerifyOptions, verifyAudit } from './verify.ts';

/** What commands, the doctor and the daily job use of the audit; verbs append to it by `verb` or `appendAudit`. */
export interface Audit {
  /** The rows that match, newest first. */
  search(search: AuditSearch): Promise<{ rows: AuditRow[]; more: boolean }>;
  /** Throws OpsError `not_found`. */
  find(seq: number): Promise<AuditRow>;
  /** Without a `publicKey` heads are checked with that of the configured signing key. */
  verify(options?: VerifyOptions): Promise<Verification>;
  /** Removes the text of a row; for the role admin. Resolves to the number of its record. */
  erase(asker: Asker, row: { seq: bigint; reason: string }): Promise<bigint>;
  /** The signed head of now, one line; undefined without a signing key. */
  headLine(): Promise<string | undefined>;
  ownership(): Promise<AuditOwnership>;
}

export interface AuditOptions {
  store: Store;
  clock: Clock;
  /** AUDIT_SIGNING_KEY: base64 of an Ed25519 key's PKCS #8 form. */
  signingKey?: string | undefined;
  /** Told of each erasure within its transaction. */
  onErasing?: ErasePorts['onErasing'];
}

/** The feature's face. Throws OpsError `invalid` for a signing key that is none. */
export function createAudit({ store, clock, signingKey, onErasing }: AuditOptions): Audit {
  const key = signingKey === undefined ? undefined : readPrivateKey(signingKey);
  if (signingKey !== undefined && key === undefined) {
    throw new OpsError('invalid', 'AUDIT_SIGNING_KEY is no Ed25519 private key', {
      hint: '`npx rounds audit key` makes one',
    });
  }
  return {
    search: (search) => searchAudit(store, search),
    find: async (seq) => {
      const row = await findAuditRow(store, seq);
      if (row === undefined) throw new OpsError('not_found', `The audit has no row ${seq}`);
      return row;
    },
    verify: (options = {}) =>
      verifyAudit(store, { ...options, publicKey: options.publicKey ?? (key && createPublicKey(key)) }),
    erase: (asker, row) => eraseAudit({ store, clock, onErasing }, asker, row),
    headLine: async () => (key === undefined ? undefined : headStatement(store, key, clock)),
    ownership: () => auditOwnership(store),
  };
}
