import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { verb } from '../../../src/audit/verb.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Store } from '../../../src/store/store.ts';
import { noon } from '../../support/audit.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];
const writers = 50;
const each = 4;

describe.each(stores)('many writers on the %s store', (_name, open) => {
  it('write one chain without a fork or a gap, though one in five verbs fails and clocks disagree', async () => {
    const store = await open();
    // Writers whose clocks are ten minutes apart, and go backwards.
    const clockOf = (writer: number, turn: number) => ({
      now: () => new Date(noon.getTime() + ((writer % 3) - 1) * 600_000 - turn * 1_000),
    });
    const outcomes = await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        let written = 0;
        for (let turn = 0; turn < each; turn += 1) {
          const asker = { actor: `os:writer-${writer}`, request: `T${turn}` };
          const work = verb({ store, clock: clockOf(writer, turn) }, asker, async (tx) => {
            await sql`select 1`.execute(tx);
            if ((writer + turn) % 5 === 0) throw new Error('refused');
            return { result: undefined, audit: [0, 1].map((part) => ({ action: 'x.y', target: `t/${part}` })) };
          });
          written += await work.then(
            () => 2,
            () => 0,
          );
        }
        return written;
      }),
    );
    const written = outcomes.reduce((sum, count) => sum + count, 0);
    expect(written).toBe((writers * each * 2 * 4) / 5);
    expect(await verifyAudit(store, { pageRows: 50 })).toMatchObject({ rows: written, fault: undefined });
    const { rows } = await sql<{ actor: string; request: string; n: number; gap: number }>`
      select actor, payload::json ->> 'request' as request, count(*)::int as n, (max(seq) - min(seq))::int as gap
      from audit_detail group by 1, 2`.execute(store.db());
    // The rows of one verb stand together: nobody else appends before its commit.
    expect(rows.filter(({ n, gap }) => n !== 2 || gap !== 1)).toEqual([]);
    await store.close();
  });

  it('are verified while they write', async () => {
    const store = await open();
    const entry = { action: 'x.y', target: 't' };
    const write = () =>
      verb({ store, clock: { now: () => noon } }, { actor: 'os:a', request: 'R' }, async () => ({
        result: undefined,
        audit: [entry],
      }));
    for (let row = 0; row < 20; row += 1) await write();
    const [verification] = await Promise.all([
      verifyAudit(store, { pageRows: 2 }),
      ...Array.from({ length: 30 }, () => write()),
    ]);
    expect(verification.fault).toBeUndefined();
    expect(verification.rows).toBeGreaterThanOrEqual(20);
    expect((await verifyAudit(store)).rows).toBe(50);
    await store.close();
  });
});
