import { createPublicKey } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseAudit } from '../../../src/audit/erase.ts';
import { findHeads, headStatement, type SignedHead, signHead } from '../../../src/audit/head.ts';
import { judgeVerification, verifyAudit } from '../../../src/audit/verify.ts';
import { newKeyPair, readPrivateKey } from '../../../src/kernel/ed25519.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, beginAnew, fillAudit, noon, recomputeFrom, tamper } from '../../support/audit.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];
const rows = 10;
const clock = { now: () => noon };
const privateKey = readPrivateKey(newKeyPair().privateKey)!;
const publicKey = createPublicKey(privateKey);
const rowTime = (seq: number) => noon.getTime() + seq * 60_000;

/** Moves the rows from `seq` on by one and puts a made-up row into the gap. */
function insertAt(seq: number): RawBuilder<unknown>[] {
  const shift = (table: string, by: number) =>
    sql`update ${sql.ref(table)} set seq = seq + ${by}::int where seq >= ${by > 0 ? seq : seq + 1000}::int`;
  return [
    ...['audit_entry', 'audit_detail'].flatMap((table) => [shift(table, 1001), shift(table, -1000)]),
    sql`insert into audit_detail select ${seq}::int, salt, payload, actor, action, target from audit_detail where seq = 2`,
    sql`insert into audit_entry select ${seq}::int, at_ms, erases, commitment, hash from audit_entry where seq = 2`,
    sql`update audit_entry e set hash = sha256(p.hash || int8send(e.seq) || int8send(e.at_ms) || int8send(0) || e.commitment)
        from audit_entry p where p.seq = e.seq - 1 and e.seq = ${seq}::int`,
    sql`update audit_head set seq = seq + 1`,
  ];
}

const swap = (a: number, b: number) =>
  ['audit_entry', 'audit_detail'].flatMap((table) => [
    sql`update ${sql.ref(table)} set seq = -1 where seq = ${a}::int`,
    sql`update ${sql.ref(table)} set seq = ${a}::int where seq = ${b}::int`,
    sql`update ${sql.ref(table)} set seq = ${b}::int where seq = -1`,
  ]);

const cut = (from: number) => [
  sql`delete from audit_entry where seq >= ${from}::int`,
  sql`delete from audit_detail where seq >= ${from}::int`,
];
const headToEnd = sql`update audit_head h set seq = e.seq, hash = e.hash
  from (select seq, hash from audit_entry order by seq desc limit 1) e`;
const rewordFifth = sql`update audit_detail set payload = replace(payload, 'a deployment', 'no reason') where seq = 5`;
const erased = sql`update audit_detail set salt = null, payload = null, actor = null, action = null, target = null
  where seq = 5`;

/** What was done, and the first bad row that must be named: with its time where the row has one. */
const attacks: [name: string, statements: RawBuilder<unknown>[], fault: object][] = [
  ['an edited reason', [rewordFifth], { kind: 'text', seq: 5, atMs: rowTime(5) }],
  [
    'an edited actor',
    [sql`update audit_detail set actor = 'slack:UEVE' where seq = 5`],
    { kind: 'columns', seq: 5, atMs: rowTime(5), columns: ['actor'] },
  ],
  [
    'an actor edited in the text too',
    [sql`update audit_detail set actor = 'os:eve', payload = replace(payload, 'slack:UANNA', 'os:eve') where seq = 5`],
    { kind: 'text', seq: 5, atMs: rowTime(5) },
  ],
  ['an edited time', [sql`update audit_entry set at_ms = at_ms - 1 where seq = 5`], { kind: 'chain', seq: 5 }],
  ['an edited hash', [sql`update audit_entry set hash = sha256('x') where seq = 5`], { kind: 'chain', seq: 5 }],
  [
    'an edited commitment',
    [sql`update audit_entry set commitment = sha256('x') where seq = 5`],
    { kind: 'chain', seq: 5 },
  ],
  [
    'an edited row with its own hash recomputed',
    [
      rewordFifth,
      sql`update audit_entry e set commitment = sha256(d.salt || convert_to(d.payload, 'UTF8'))
          from audit_detail d where d.seq = e.seq and e.seq = 5`,
      sql`update audit_entry e set hash = sha256(p.hash || int8send(e.seq) || int8send(e.at_ms) || int8send(0) || e.commitment)
          from audit_entry p where p.seq = 4 and e.seq = 5`,
    ],
    { kind: 'chain', seq: 6 },
  ],
  [
    'a swapped salt',
    [
      sql`update audit_detail d set salt = o.salt from audit_detail o where d.seq in (4, 5) and o.seq in (4, 5) and o.seq <> d.seq`,
    ],
    { kind: 'text', seq: 4 },
  ],
  [
    'a deleted row',
    [sql`delete from audit_entry where seq = 5`, sql`delete from audit_detail where seq = 5`],
    { kind: 'missing', seq: 5, through: 5, atMs: rowTime(4), nextAtMs: rowTime(6) },
  ],
  ['a deleted first row', [sql`delete from audit_entry where seq = 1`], { kind: 'missing', seq: 1, through: 1 }],
  ['a deleted text', [sql`delete from audit_detail where seq = 5`], { kind: 'text_lost', seq: 5 }],
  ['two rows in another order', swap(4, 7), { kind: 'chain', seq: 4 }],
  ['an inserted row', insertAt(5), { kind: 'chain', seq: 6 }],
  [
    'a row before the first',
    [sql`insert into audit_entry select 0, at_ms, erases, commitment, hash from audit_entry where seq = 1`],
    { kind: 'surplus', seq: 0 },
  ],
  ['a cut tail', cut(8), { kind: 'tail_cut', seq: 8, through: 10, known: 'database', atMs: rowTime(7) }],
  ['all rows cut', cut(1), { kind: 'tail_cut', seq: 1, through: 10, known: 'database' }],
  [
    'a row appended past the head',
    [
      sql`insert into audit_entry select 11, at_ms, erases, commitment,
          sha256(hash || int8send(11) || int8send(at_ms) || int8send(0) || commitment) from audit_entry where seq = 10`,
      sql`insert into audit_detail select 11, salt, payload, actor, action, target from audit_detail where seq = 10`,
    ],
    { kind: 'behind_head', seq: 11 },
  ],
  [
    'a time that nothing can show',
    [sql`update audit_entry set at_ms = 9223372036854775807 where seq = 2`],
    { kind: 'chain', seq: 2 },
  ],
  [
    'a time that nothing can show, hashed anew',
    [sql`update audit_entry set at_ms = 9223372036854775807 where seq = 2`, ...recomputeFrom(1)],
    { kind: 'time', seq: 2 },
  ],
  [
    'the lowest number for what a row erases',
    [sql`update audit_entry set erases = '-9223372036854775808' where seq = 2`],
    { kind: 'chain', seq: 2 },
  ],
  [
    'the highest number',
    [sql`update audit_entry set seq = 9223372036854775807 where seq = 10`],
    { kind: 'missing', seq: 10 },
  ],
  [
    'a row at the lowest number',
    [
      sql`insert into audit_entry select '-9223372036854775808', at_ms, erases, commitment, hash from audit_entry where seq = 1`,
    ],
    { kind: 'surplus' },
  ],
  [
    'the highest number in the head',
    [sql`update audit_head set seq = 9223372036854775807`],
    { kind: 'tail_cut', seq: 11 },
  ],
  ['another hash in the head', [sql`update audit_head set hash = sha256('x')`], { kind: 'head_hash', seq: 10 }],
  ['no head', [sql`delete from audit_head`], { kind: 'no_head', seq: 10 }],
  ['an erasure without a record', [erased], { kind: 'erased_unrecorded', seq: 5, atMs: rowTime(5) }],
  [
    'a text without a row',
    [sql`insert into audit_detail select 12, salt, payload, actor, action, target from audit_detail where seq = 10`],
    { kind: 'text_without_row', seq: 12 },
  ],
];

describe.each(stores)('verification on the %s store', (_name, open) => {
  let store: Store;
  let head: SignedHead;
  const verify = (heads: SignedHead[] = []) => verifyAudit(store, { heads, publicKey, pageRows: 3 });

  beforeAll(async () => {
    store = await open();
  });
  beforeEach(async () => {
    await tamper(store, ...beginAnew);
    await fillAudit(store, rows);
    [head] = findHeads(await headStatement(store, privateKey, clock)) as [SignedHead];
  });
  afterAll(() => store.close());

  it('finds nothing where nothing was done', async () => {
    await fillAudit(store, 2);
    expect(await verify([head])).toMatchObject({
      rows: 12,
      erased: 0,
      fault: undefined,
      heads: [{ signature: 'valid', chain: 'fits' }],
    });
  });

  it.each(attacks)('names the first bad row of %s', async (_attack, statements, fault) => {
    await tamper(store, ...statements);
    expect((await verify()).fault).toMatchObject(fault);
  });

  it('finds a tail that was cut with its head only by a head that was kept', async () => {
    await tamper(store, ...cut(8), headToEnd);
    expect(await verify()).toMatchObject({ rows: 7, fault: undefined });
    expect(await verify([head])).toMatchObject({
      rows: 7,
      fault: { kind: 'tail_cut', seq: 8, through: 10, known: 'head', atMs: rowTime(7) },
      heads: [{ chain: 'cut' }],
    });
  });

  it('finds a chain rewritten with all its hashes only by a head that was kept', async () => {
    const [early] = findHeads(await headStatement(store, privateKey, clock)) as [SignedHead];
    await fillAudit(store, 4);
    const [late] = findHeads(await headStatement(store, privateKey, clock)) as [SignedHead];
    await tamper(
      store,
      sql`update audit_detail set payload = replace(payload, 'a deployment', 'no reason') where seq = 12`,
      ...recomputeFrom(12),
    );
    expect((await verify()).fault).toBeUndefined();
    expect(await verify([late, early])).toMatchObject({
      fault: { kind: 'signed_otherwise', seq: 14, proven: 10, signedAt: noon },
      heads: [{ chain: 'fits' }, { chain: 'differs' }],
    });
  });

  it('finds an emptied audit that began anew', async () => {
    await tamper(store, ...beginAnew);
    expect(await verify()).toMatchObject({ rows: 0, fault: undefined });
    expect((await verify([head])).fault).toMatchObject({ kind: 'tail_cut', seq: 1, through: 10, known: 'head' });
    await fillAudit(store, rows);
    expect((await verify([head])).fault).toMatchObject({ kind: 'signed_otherwise', seq: 10 });
  });

  it('takes nobody’s word but that of a valid signature', async () => {
    const forged = { ...head, signed: head.signed.replace('seq=10', 'seq=20'), seq: 20 };
    const eve = readPrivateKey(newKeyPair().privateKey)!;
    const strangers = [5, 10, 30].flatMap((seq) => findHeads(signHead({ seq, hash: 'ab'.repeat(32) }, noon, eve)));
    const verification = await verify([forged, ...strangers, head]);
    expect(verification).toMatchObject({ rows: 10, fault: undefined });
    expect(verification.heads.map(({ signature, chain }) => `${signature} ${chain}`).sort()).toEqual([
      'invalid unknown',
      'other_key unknown',
      'other_key unknown',
      'other_key unknown',
      'valid fits',
    ]);
    expect(judgeVerification(verification)).toBe('unproven');
    expect(judgeVerification(await verify([head]))).toBe('intact');
  });

  it('says what a head shows without any key, and claims nothing by it', async () => {
    await tamper(store, ...cut(8), headToEnd);
    const verification = await verifyAudit(store, { heads: [head] });
    expect(verification).toMatchObject({ fault: undefined, heads: [{ signature: 'no_key', chain: 'cut' }] });
    expect(judgeVerification(verification)).toBe('unproven');
  });

  it('finds the text of an erased row that came back', async () => {
    const kept = await sql<object>`select * from audit_detail where seq = 5`.execute(store.db());
    await eraseAudit({ store, clock }, anna, { seq: 5n, reason: 'a name was in it' });
    expect(await verify()).toMatchObject({ rows: 11, erased: 1, fault: undefined });
    const { salt, payload } = kept.rows[0] as { salt: Buffer; payload: string };
    await tamper(
      store,
      sql`update audit_detail set salt = ${salt}, payload = ${payload}, actor = '', action = '', target = '' where seq = 5`,
    );
    expect((await verify()).fault).toMatchObject({ kind: 'not_erased', seq: 5, erasedBy: 11 });
  });

  it('does not take an erasure record that was put into the chain', async () => {
    await tamper(store, erased, sql`update audit_entry set erases = 5 where seq = 9`);
    expect((await verify()).fault).toMatchObject({ kind: 'chain', seq: 9 });
  });
});
