import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf, percentWords } from '../../../src/reports/slo/budget.ts';
import { levelOf } from '../../../src/reports/slo/latency.ts';
import { objective } from '../../../src/reports/slo/schema.ts';

const minute = 60_000;
const day = 1_440 * minute;
const november = {
  from: new Date('2026-11-01T00:00:00Z'),
  to: new Date('2026-12-01T00:00:00Z'),
  name: 'November 2026',
};
const at = (days: number) => new Date(november.from.getTime() + days * day);
const spent = (days: number, { down = 0, unknown = 0 } = {}) => ({
  upMs: days * day - (down + unknown) * minute,
  failMs: down * minute,
  unknownMs: unknown * minute,
});
const budget = (percent: number, days: number, bad: { down?: number; unknown?: number } = {}) =>
  budgetOf(spent(days, bad), { percent, period: november, now: at(days) });

describe('an error budget', () => {
  it('is the share of the whole month that may be down', () => {
    // 0.1 % of 30 days is 43.2 min.
    const found = budget(99.9, 15, { down: 10.8 });
    expect(found).toMatchObject({ standing: 'kept', usedMs: 10.8 * minute, outsideMs: 0 });
    expect(found.totalMs).toBeCloseTo(43.2 * minute, 3);
    expect(found.burn).toBeCloseTo(0.5, 6);
    expect(found.usedUpAt).toBeUndefined();
  });

  it('is at risk when it does not last, and says when it is used up', () => {
    const found = budget(99.9, 10, { down: 28.8 });
    // Twice as fast as it may be: half of the month.
    expect(found.standing).toBe('at risk');
    expect(found.burn).toBeCloseTo(2, 6);
    expect(Math.abs(found.usedUpAt!.getTime() - at(15).getTime())).toBeLessThan(minute);
  });

  it('is missed once it is used up, and at its end when the uptime is below the objective', () => {
    expect(budget(99.9, 15, { down: 43.3 }).standing).toBe('missed');
    expect(budget(99.9, 15, { down: 43.1 }).standing).toBe('at risk');
    expect(budget(99.9, 30, { down: 43.3 }).standing).toBe('missed');
    expect(budget(99.9, 30, { down: 43.1 }).standing).toBe('kept');
    expect(budget(100, 15, { down: 1 }).standing).toBe('missed');
    expect(budget(100, 15).standing).toBe('kept');
  });

  it('never counts unknown time as up: it is unsure where it matters', () => {
    const small = budget(99.9, 15, { down: 1, unknown: 20 });
    expect(small).toMatchObject({ standing: 'kept', unknownMs: 20 * minute });
    const much = budget(99.9, 15, { down: 1, unknown: 60 });
    expect(much.standing).toBe('unsure');
    expect(much.uptime).toBeGreaterThan(99.9);
    expect(much.worst).toBeLessThan(99.9);
    expect(
      budgetOf({ upMs: 0, failMs: 0, unknownMs: day }, { percent: 99.9, period: november, now: at(1) }),
    ).toMatchObject({
      standing: 'unmeasured',
      uptime: undefined,
      worst: 0,
    });
  });

  it('leaves out what was muted or not measured, and counts it', () => {
    const found = budgetOf(spent(10), { percent: 99.9, period: november, now: at(15) });
    expect(found.outsideMs).toBe(5 * day);
    expect(found.totalMs).toBeCloseTo(0.001 * 25 * day, 3);
    expect(budgetOf(undefined, { percent: 99.9, period: november, now: at(15) })).toMatchObject({
      standing: 'unmeasured',
      burn: undefined,
      outsideMs: 15 * day,
    });
  });

  it('is missed at the end exactly when the uptime is', () => {
    const times = fc.record({
      up: fc.integer({ min: 1, max: 30 * day }),
      down: fc.integer({ min: 0, max: day }),
      percent: fc.constantFrom(90, 99, 99.9, 99.95, 99.99),
    });
    fc.assert(
      fc.property(times, ({ up, down, percent }) => {
        const found = budgetOf({ upMs: up, failMs: down, unknownMs: 0 }, { percent, period: november, now: at(31) });
        fc.pre(Math.abs(found.totalMs - down) > 2);
        expect(found.standing).toBe(found.uptime! < percent ? 'missed' : 'kept');
      }),
    );
  });

  it('is never rounded up to what it does not reach', () => {
    expect([percentWords(99.8999), percentWords(99.95), percentWords(100), percentWords(99.99999)]).toEqual([
      '99.899 %',
      '99.95 %',
      '100 %',
      '99.999 %',
    ]);
  });
});

describe('an objective of a number', () => {
  const hours = (means: (number | null)[]) =>
    means.map((mean) => (mean === null ? null : { n: 12, mean, low: mean - 1, high: mean + 100 }));
  const target = { op: '<', value: 500 } as const;

  it('holds for the mean, or for a share of the hours', () => {
    const points = hours([100, 100, null, 900, 100]);
    expect(levelOf(points, { target, share: undefined })).toEqual({
      ...{ standing: 'kept', hours: 4, within: 3, mean: 300, low: 99, high: 1_000 },
    });
    expect(levelOf(points, { target, share: 75 }).standing).toBe('kept');
    expect(levelOf(points, { target, share: 76 }).standing).toBe('missed');
    expect(levelOf(hours([600, 500]), { target, share: undefined }).standing).toBe('missed');
    expect(levelOf(hours([null]), { target, share: undefined })).toMatchObject({
      standing: 'unmeasured',
      mean: undefined,
    });
  });

  it.each([
    [{ uptime: 99.9 }, 'either `check` or `group`'],
    [{ check: 'api', group: 'web', uptime: 99.9 }, 'either `check` or `group`'],
    [{ check: 'api' }, 'either `uptime`, or `fact` with `target`'],
    [{ check: 'api', fact: 'p95_ms' }, '`fact` and `target` together'],
    [{ group: 'web', fact: 'p95_ms', target: '< 5' }, 'the `check` whose `fact` it is, no group'],
    [{ check: 'api', uptime: 99.9, share: 95 }, '`share` with a `fact` alone'],
  ])('refuses %j', (given, message) => {
    expect(objective.safeParse(given).error?.issues.map((issue) => issue.message)).toContain(message);
  });
});
