import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { appendAudit } from '../../../src/audit/append.ts';
import { verb } from '../../../src/audit/verb.ts';
import type { Store } from '../../../src/store/store.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const anna = { actor: 'slack:UANNA', request: 'ABC123' };
const at = new Date('2026-11-23T12:00:00.000Z');
const clock = { now: () => at };

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];

describe.each(stores)('the audit on the %s store', (_name, open) => {
  it('numbers its rows 1, 2, 3', async () => {
    const store = await open();
    for (const number of [1n, 2n, 3n]) {
      const entry = { action: 'check.mute', target: 'check/api', reason: 'a deployment' };
      expect(await store.transaction((tx) => appendAudit(tx, anna, entry, at))).toBe(number);
    }
    await store.close();
  });

  it('keeps nothing of a verb that throws, and leaves no gap', async () => {
    const store = await open();
    const entry = { action: 'check.mute', target: 'check/api' };
    const mute = (work: () => void) =>
      verb({ store, clock }, anna, async () => {
        work();
        return { result: undefined, audit: [entry, entry] };
      });
    await mute(() => {});
    await expect(
      mute(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(
      store.transaction(async (tx) => {
        await appendAudit(tx, anna, entry, at);
        throw new Error('later');
      }),
    ).rejects.toThrow('later');
    await mute(() => {});
    const { rows } = await sql<{ seq: string }>`select seq from audit_entry order by seq`.execute(store.db());
    expect(rows.map(({ seq }) => Number(seq))).toEqual([1, 2, 3, 4]);
    await store.close();
  });
});
