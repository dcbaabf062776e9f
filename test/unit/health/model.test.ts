import { describe, expect, it } from 'vitest';
import { countOutcomes, exitCodeOf, type Outcome, verdictOf, worstFirst } from '../../../src/health/model.ts';
import { checkReport } from '../../support/reports.ts';

const verdict = (...found: Outcome[]) => verdictOf(countOutcomes(found.map((outcome) => ({ outcome }))));

describe('the verdict', () => {
  it.each<[Outcome[], Outcome]>([
    [['ok', 'ok'], 'ok'],
    [['ok', 'warn'], 'warn'],
    [['warn', 'unknown', 'ok'], 'unknown'],
    [['unknown', 'fail'], 'fail'],
    [['ok', 'stale'], 'stale'],
    [['warn', 'stale'], 'warn'],
    [['ok', 'blocked', 'muted'], 'ok'],
    [['muted', 'blocked'], 'unknown'],
    [[], 'unknown'],
  ])('of %j is %s', (found, expected) => {
    expect(verdict(...found)).toBe(expected);
  });

  it('counts what blocks the checks shown, though it is not shown itself', () => {
    const counts = countOutcomes([{ outcome: 'ok' }, { outcome: 'blocked' }]);
    expect(verdictOf(counts, ['fail'])).toBe('fail');
    expect(verdictOf(counts, ['unknown', 'fail'])).toBe('fail');
    expect(verdictOf(counts, [])).toBe('ok');
  });

  it.each<[Outcome, number]>([
    ['ok', 0],
    ['warn', 1],
    ['fail', 2],
    ['unknown', 3],
    ['stale', 3],
  ])('%s exits with %i', (outcome, code) => {
    expect(exitCodeOf(outcome)).toBe(code);
  });

  it('lists worst first, then by group and name', () => {
    const checks = [
      checkReport('z', { group: 'a' }),
      checkReport('b', { group: 'b', outcome: 'fail' }),
      checkReport('a', { group: 'b', outcome: 'fail' }),
      checkReport('m', { outcome: 'muted' }),
      checkReport('u', { outcome: 'unknown' }),
    ];
    expect(checks.sort(worstFirst).map((check) => check.id)).toEqual(['a', 'b', 'u', 'm', 'z']);
  });
});
