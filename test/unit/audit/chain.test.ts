import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStart, commitmentTo, judgeRow, type Link, linkHash, type StoredRow } from '../../../src/audit/chain.ts';
import { writePayload } from '../../../src/audit/payload.ts';

const salt = Buffer.alloc(32, 7);

function rowAfter(previous: Pick<Link, 'seq' | 'hash'>, at: number, reason: string): StoredRow {
  const { payload, searchable } = writePayload({ actor: 'os:a', request: 'R' }, { action: 'a.b', target: 't', reason });
  const row = { seq: previous.seq + 1, atMs: BigInt(at), erases: null, commitment: commitmentTo(salt, payload) };
  return { ...row, hash: linkHash(previous.hash, row), payload, salt, ...searchable, hasDetail: true, erasedBy: null };
}

function chainOf(reasons: readonly { at: number; reason: string }[]): StoredRow[] {
  let link: Pick<Link, 'seq' | 'hash'> = chainStart;
  return reasons.map(({ at, reason }) => {
    const row = rowAfter(link, at, reason);
    link = row;
    return row;
  });
}

function firstFault(rows: readonly StoredRow[]) {
  let link: Link = chainStart;
  for (const row of rows) {
    const fault = judgeRow(link, row);
    if (fault) return fault;
    link = { ...row, atMs: Number(row.atMs) };
  }
  return undefined;
}

const chains = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 4e12 }), reason: fc.string({ unit: 'binary', maxLength: 40 }) }), {
    minLength: 3,
    maxLength: 12,
  })
  .map(chainOf);

describe('the chain', () => {
  it('fits whatever was recorded, also when the clock went back', () => {
    fc.assert(
      fc.property(chains, (rows) => {
        expect(firstFault(rows)).toBeUndefined();
      }),
    );
  });

  it('breaks at or right behind a row of which any bit was changed', () => {
    fc.assert(
      fc.property(
        chains,
        fc.nat(),
        fc.constantFrom('hash', 'commitment', 'salt'),
        fc.nat(255),
        (rows, at, part, bit) => {
          const index = at % rows.length;
          const row = rows[index]!;
          const bytes = Buffer.from(row[part as 'hash']);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          const changed = rows.with(index, { ...row, [part]: bytes });
          expect(firstFault(changed)?.seq).toBe(row.seq);
        },
      ),
    );
  });

  it('breaks at the first of two rows that change places, and where one is missing', () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.nat(), (rows, a, b) => {
        const [low, high] = [a % rows.length, b % rows.length].sort((x, y) => x - y) as [number, number];
        fc.pre(low !== high);
        const swapped = rows.with(low, { ...rows[high]!, seq: low + 1 }).with(high, { ...rows[low]!, seq: high + 1 });
        expect(firstFault(swapped)).toMatchObject({ kind: 'chain', seq: low + 1 });
        expect(firstFault(rows.toSpliced(low, 1))).toMatchObject({ kind: 'missing', seq: low + 1, through: low + 1 });
      }),
    );
  });

  it('takes no time that nothing can show, though its hash fits', () => {
    for (const at of [-1n, 253_402_300_800_000n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const plain = { ...rowAfter(chainStart, 0, 'why'), atMs: at };
      const row = { ...plain, hash: linkHash(chainStart.hash, plain) };
      expect(judgeRow(chainStart, row)).toMatchObject({ kind: 'time', seq: 1 });
    }
  });
});
