import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAudit } from '../../../src/audit/erase.ts';
import { findAuditRow, searchAudit } from '../../../src/audit/search.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Store } from '../../../src/store/store.ts';
import { fillAudit, noon } from '../../support/audit.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];
const admin = { actor: 'os:root', request: 'DEF456' };

describe.each(stores)('an erasure on the %s store', (_name, open) => {
  let store: Store;
  const erase = (seq: bigint, reason = 'a patient was named') =>
    eraseAudit({ store, clock: { now: () => noon } }, admin, { seq, reason });
  beforeAll(async () => {
    store = await open();
    await fillAudit(store, 3, { target: 'patient/Jane Doe', reason: 'Jane Doe called', before: { name: 'Jane Doe' } });
    await fillAudit(store, 1);
  });
  afterAll(() => store.close());

  it('removes all that the row said, keeps the chain, and is recorded', async () => {
    expect(await erase(2n)).toBe(5n);
    const { rows } = await sql<{ text: string }>`
      select row_to_json(d)::text || row_to_json(e)::text as text from audit_detail d join audit_entry e using (seq)
      where seq = 2`.execute(store.db());
    expect(rows[0]?.text).not.toMatch(/Jane|UANNA|check|ABC123/);
    expect(await verifyAudit(store)).toMatchObject({ rows: 5, erased: 1, fault: undefined });
    expect(await findAuditRow(store, 2)).toMatchObject({ recorded: undefined, erasedBy: 5 });
    expect(await findAuditRow(store, 5)).toMatchObject({
      erases: 2,
      recorded: { actor: 'os:root', action: 'audit.erase', target: 'audit/2', reason: 'a patient was named' },
    });
    expect((await searchAudit(store, { words: ['jane'], limit: 10 })).rows.map(({ seq }) => seq)).toEqual([3, 1]);
  });

  it('happens once', async () => {
    await expect(erase(2n)).rejects.toMatchObject({ code: 'conflict' });
    const both = await Promise.allSettled([erase(3n), erase(3n)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await verifyAudit(store)).toMatchObject({ rows: 6, erased: 2, fault: undefined });
  });

  it('is refused for a row that is not there, and leaves nothing behind', async () => {
    for (const seq of [0n, 7n, 8n, 999_999_999_999_999n]) {
      await expect(erase(seq), String(seq)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await verifyAudit(store)).toMatchObject({ rows: 6, fault: undefined });
  });

  it('can remove what its own record said', async () => {
    const record = await erase(1n, 'Jane Doe was named');
    await erase(record, 'the name again');
    expect(await verifyAudit(store)).toMatchObject({ rows: 8, erased: 4, fault: undefined });
    expect((await searchAudit(store, { words: ['Jane'], limit: 10 })).rows).toEqual([]);
  });
});
