import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';

/** The end of the chain; `seq` is also how many rows there are. */
export interface Head {
  seq: number;
  /** In hex. */
  hash: string;
}

/** A head as it was signed and sent out. */
export interface SignedHead extends Head {
  at: Date;
  /** Names the key: the first 16 hex digits of the SHA-256 of the public key's SPKI form. */
  keyId: string;
  /** What the signature is over. */
  signed: string;
  signature: Buffer;
}

export type SignatureState = 'valid' | 'invalid' | 'other_key' | 'no_key';

/** The end of the chain as it is committed now; undefined when its row is gone. */
export async function readHead(store: Pick<Store, 'db'>): Promise<Head | undefined> {
  const { rows } = await sql<{ seq: number; hash: string }>`
    select seq::double precision as seq, encode(hash, 'hex') as hash from audit_head`.execute(store.db());
  return rows[0];
}

/** One line that anybody can check with the public key: `rounds-audit v1 seq=… hash=… at=… key=… sig=…`. Pure. */
export function signHead(head: Head, at: Date, privateKey: KeyObject): string {
  const key = keyIdOf(createPublicKey(privateKey));
  const signed = `rounds-audit v1 seq=${head.seq} hash=${head.hash} at=${at.toISOString()} key=${key}`;
  return `${signed} sig=${sign(null, Buffer.from(signed), privateKey).toString('hex')}`;
}

/** The line for today, to be kept where nobody who can write to the database can change it. */
export async function headStatement(store: Pick<Store, 'db'>, key: KeyObject, clock: Clock): Promise<string> {
  const head = await readHead(store);
  if (head === undefined) throw new Error('audit_head has no row: `rounds audit verify` says more');
  return signHead(head, clock.now(), key);
}

const line =
  /(rounds-audit v1 seq=(\d{1,15}) hash=([0-9a-f]{64}) at=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) key=([0-9a-f]{16})) sig=([0-9a-f]{128})/g;

/** All signed heads in a text, lowest number first: a line, a log, an export of a channel. */
export function findHeads(text: string): SignedHead[] {
  const heads = [...text.matchAll(line)].map(
    ([, signed = '', seq, digest = '', at = '', keyId = '', signature = '']): SignedHead => ({
      seq: Number(seq),
      hash: digest,
      at: new Date(at),
      keyId,
      signed,
      signature: Buffer.from(signature, 'hex'),
    }),
  );
  return heads.sort((a, b) => a.seq - b.seq);
}

/** How many begin as a signed head does and are none: cut off, changed, or not copied whole. */
export function countUnreadable(text: string): number {
  return text.split('rounds-audit v1').length - 1 - (text.match(line)?.length ?? 0);
}

/** Whether a head carries the signature of this key. */
export function checkSignature(head: SignedHead, publicKey: KeyObject | undefined): SignatureState {
  if (publicKey === undefined) return 'no_key';
  if (keyIdOf(publicKey) !== head.keyId) return 'other_key';
  return verify(null, Buffer.from(head.signed), publicKey, head.signature) ? 'valid' : 'invalid';
}

/** Sixteen hex digits that name a public key. */
export function keyIdOf(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ format: 'der', type: 'spki' }), 'hex').slice(0, 16);
}
