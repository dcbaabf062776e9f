import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyTail } from '../../../src/audit/tail.ts';
import type { Store } from '../../../src/store/store.ts';
import { beginAnew, fillAudit, tamper } from '../../support/audit.ts';
import { embeddedStore } from '../../support/store.ts';

describe('the end of the chain', () => {
  let store: Store;
  beforeAll(async () => {
    store = await embeddedStore();
  });
  afterAll(() => store.close());
  const anew = async (count: number) => {
    await tamper(store, ...beginAnew);
    await fillAudit(store, count);
  };

  it('is as recorded, in part or as a whole', async () => {
    await anew(12);
    expect(await verifyTail(store, { most: 5 })).toEqual({ rows: 5, of: 12, fault: undefined });
    expect(await verifyTail(store, { most: 100 })).toEqual({ rows: 12, of: 12, fault: undefined });
  });

  it('is as recorded where nothing is', async () => {
    await anew(0);
    expect(await verifyTail(store, { most: 5 })).toEqual({ rows: 0, of: 0, fault: undefined });
  });

  it('shows a row that was changed, within what is looked at', async () => {
    await anew(12);
    await tamper(store, sql`update audit_detail set payload = replace(payload, 'mute', 'move') where seq = 9`);
    expect(await verifyTail(store, { most: 5 })).toMatchObject({ rows: 1, fault: { kind: 'text', seq: 9 } });
    expect((await verifyTail(store, { most: 3 })).fault).toBeUndefined();
  });

  it('shows a row that is gone, and the one before the first', async () => {
    await anew(12);
    await tamper(store, sql`delete from audit_entry where seq = 10`);
    expect((await verifyTail(store, { most: 5 })).fault).toMatchObject({ kind: 'missing', seq: 10 });
    expect((await verifyTail(store, { most: 2 })).fault).toMatchObject({ kind: 'missing', seq: 10 });
  });

  it('shows that the last rows were cut off', async () => {
    await anew(12);
    await tamper(store, sql`delete from audit_detail where seq > 10`, sql`delete from audit_entry where seq > 10`);
    expect((await verifyTail(store, { most: 5 })).fault).toMatchObject({ kind: 'tail_cut', seq: 11, through: 12 });
  });

  it('is given up when nobody waits any more', async () => {
    await anew(3);
    await expect(verifyTail(store, { most: 5, signal: AbortSignal.abort() })).rejects.toThrow('Interrupted');
  });
});
