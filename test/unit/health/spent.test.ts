import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOne, coveredMs } from '../../../src/health/spent.ts';

const spent = (upMs: number, failMs = 0, unknownMs = 0) => ({ upMs, failMs, unknownMs });

describe('several checks as one', () => {
  it('are down while any is: what overlaps counts once', () => {
    const each = [spent(90, 10), spent(92, 8)];
    expect(asOne(each, { failMs: 10, badMs: 10 })).toEqual(spent(90, 10));
    expect(asOne(each, { failMs: 18, badMs: 18 })).toEqual(spent(82, 18));
  });

  it('are bounded by what was measured: changes of outcome know nothing of a standstill', () => {
    const each = [spent(90, 10), spent(92, 8)];
    expect(asOne(each, { failMs: 5_000, badMs: 5_000 })).toEqual(spent(82, 18));
    expect(asOne(each, { failMs: 0, badMs: 0 })).toEqual(spent(90, 10));
  });

  it('are unknown while any is and none fails', () => {
    expect(asOne([spent(90, 10), spent(80, 0, 20)], { failMs: 10, badMs: 25 })).toEqual(spent(75, 10, 15));
  });

  it('keep an outage of the one that the others wait for, which are blocked and measured less', () => {
    expect(asOne([spent(40, 60), spent(40), spent(40)])).toEqual(spent(40, 60));
  });

  it('are nothing where none was measured, and one is itself', () => {
    expect(asOne([])).toBeUndefined();
    expect(asOne([spent(5, 3, 2)])).toEqual(spent(5, 3, 2));
  });
});

it('covers as many moments as lie in some span', () => {
  const span = fc.tuple(fc.nat(50), fc.nat(20)).map(([fromMs, ms]) => ({ fromMs, toMs: fromMs + ms }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      const moments = Array.from({ length: 80 }, (_, at) => at);
      const inside = moments.filter((at) => spans.some(({ fromMs, toMs }) => fromMs <= at && at < toMs));
      expect(coveredMs(spans.toSorted((a, b) => a.fromMs - b.fromMs))).toBe(inside.length);
    }),
  );
});
