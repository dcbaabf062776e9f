import { expect, it } from 'vitest';
import { type KeptFinding, merge } from '../../../src/heartbeats/findings.ts';
import type { ScannedFinding } from '../../../src/kernel/findings.ts';

const finding = (more: Partial<ScannedFinding> = {}): ScannedFinding => ({
  ...{ id: 'CVE-1', severity: 'high', package: 'a', where: '', since: undefined, suppressed: false, ...more },
});
const day = (n: number) => new Date(Date.UTC(2026, 10, n));
const ages = (kept: KeptFinding[]) => kept.map(({ id, since, goneAt }) => [id, since, goneAt]);

it('a finding is as old as the scan says, or as it is known, whichever is longer; never younger than now', () => {
  expect(ages(merge([], [finding()], day(1)))).toEqual([['CVE-1', day(1), undefined]]);
  expect(ages(merge([], [finding({ since: new Date(0) })], day(1)))).toEqual([['CVE-1', new Date(0), undefined]]);
  expect(ages(merge([], [finding({ since: day(9) })], day(1)))).toEqual([['CVE-1', day(1), undefined]]);
  const first = merge([], [finding()], day(1));
  expect(ages(merge(first, [finding({ since: day(3) })], day(4)))).toEqual([['CVE-1', day(1), undefined]]);
});

it('the newer word counts for the rest: severity, and whether it is accepted', () => {
  const first = merge([], [finding()], day(1));
  const [second] = merge(first, [finding({ severity: 'critical', suppressed: true })], day(2));
  expect(second).toMatchObject({ severity: 'critical', suppressed: true, since: day(1) });
});

it('the same in another package or place is another', () => {
  const kept = merge([], [finding(), finding({ package: 'b' }), finding({ where: 'web' })], day(1));
  expect(kept).toHaveLength(3);
});

it('one that is gone is remembered for 90 days, and then it is forgotten', () => {
  const gone = merge(merge([], [finding()], day(1)), [], day(2));
  expect(ages(gone)).toEqual([['CVE-1', day(1), day(2)]]);
  expect(ages(merge(gone, [], day(3)))).toEqual([['CVE-1', day(1), day(2)]]);
  expect(ages(merge(gone, [finding()], day(92)))).toEqual([['CVE-1', day(1), undefined]]);
  expect(merge(gone, [], day(92))).toHaveLength(1);
  expect(merge(gone, [], day(93))).toEqual([]);
});

it('of those that are gone the latest 5,000 are remembered', () => {
  const old = merge([], [finding({ id: 'OLD' })], day(1));
  const many = Array.from({ length: 5_000 }, (_, n) => finding({ id: `CVE-${n}` }));
  const gone = merge(merge(old, many, day(2)), [], day(3));
  expect(gone).toHaveLength(5_000);
  expect(gone.some(({ id }) => id === 'OLD')).toBe(false);
});
