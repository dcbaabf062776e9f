import { describe, expect, it } from 'vitest';
import { checksFor, resultOf } from '../../../src/checklists/automatic.ts';
import type { Auto } from '../../../src/checklists/model.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Outcome } from '../../../src/health/model.ts';
import { itemOf } from '../../support/checklist-runs.ts';
import { checkReport, noon } from '../../support/reports.ts';

const auto: Auto = { by: 'check', of: 'api', warn: 'fail' };
const result = (over: Partial<Auto>, ...reports: Parameters<typeof resultOf>[1]) =>
  resultOf({ ...auto, ...over }, reports, { ids: reports.map(({ id }) => id), when: undefined, at: noon });
const of = (outcome: Outcome, id = 'api', more = {}) =>
  checkReport(id, { outcome, reason: `${id} ${outcome}`, ...more });

describe('a check', () => {
  it.each<[Outcome, string, Partial<Auto>]>([
    ['ok', 'pass', {}],
    ['warn', 'fail', {}],
    ['warn', 'pass', { warn: 'pass' }],
    ['fail', 'fail', { warn: 'pass' }],
    ['unknown', 'unknown', { warn: 'pass' }],
    ['stale', 'unknown', { warn: 'pass' }],
    ['blocked', 'unknown', { warn: 'pass' }],
    ['muted', 'unknown', { warn: 'pass' }],
  ])('that is %s makes its item %s', (outcome, verdict, over) => {
    expect(result(over, of(outcome)).verdict).toBe(verdict);
  });

  it('says its value; one of many says which is not well', () => {
    expect(result({}, of('ok')).words).toBe('api ok');
    expect(result({ by: 'group' }, of('ok'), of('ok', 'web')).words).toBe('2 of 2 ok');
    expect(result({ by: 'group' }, of('fail', 'web'), of('ok')).words).toBe('1 of 2 ok · web: web fail');
    expect(result({ by: 'group' }, of('unknown', 'web'), of('fail', 'db'), of('ok'))).toMatchObject({
      verdict: 'fail',
      words: '1 of 3 ok · db: db fail',
    });
  });

  it('that is not there any more is unknown, never passed', () => {
    expect(result({})).toMatchObject({ verdict: 'unknown', words: 'ops.yml has no check api any more' });
  });

  it('of several that gave no report is not passed over: the others are not enough', () => {
    const all = { ids: ['api', 'web'], when: undefined, at: noon };
    expect(resultOf({ ...auto, by: 'group', of: 'g' }, [of('ok')], all)).toMatchObject({
      verdict: 'unknown',
      words: '1 of 2 ok · web: it was not measured now',
    });
    expect(resultOf(auto, [], { ...all, ids: ['api'] })).toMatchObject({
      verdict: 'unknown',
      words: 'it was not measured now',
    });
  });

  it('whose last result is shown says how old it is', () => {
    const old = { at: new Date(noon.getTime() - 7 * 3_600_000) };
    expect(result({}, of('ok', 'api', old)).words).toBe('api ok (measured 7 h ago)');
    expect(result({ by: 'group' }, of('ok'), of('ok', 'web', old)).words).toBe('2 of 2 ok (measured 7 h ago)');
  });

  it('tells no secret', () => {
    expect(result({}, of('ok', 'api', { reason: 'sent password=hunter2-and-more' })).words).not.toContain('hunter2');
  });

  it('is found by its id, its group, or its type', () => {
    const checks = [
      { id: 'a', group: 'g', type: 'http' },
      { id: 'b', group: 'g', type: 'tcp' },
    ];
    const ids = (by: Auto['by'], name: string) => checksFor(itemOf('x', { auto: { ...auto, by, of: name } }), checks);
    expect([ids('check', 'a'), ids('group', 'g'), ids('type', 'tcp'), ids('check', 'g')]).toEqual([
      ['a'],
      ['a', 'b'],
      ['b'],
      [],
    ]);
    expect(checksFor(itemOf('x'), checks)).toEqual([]);
  });
});

describe('a condition', () => {
  const compiled = compileCondition(
    { when: 'latency_ms < 500' },
    { latency_ms: { type: 'number', help: '', unit: 'ms' } },
  );
  const when = compiled.ok ? compiled.condition : undefined;
  const asked = (report: ReturnType<typeof of>, { fits = true } = {}) =>
    resultOf({ ...auto, when: 'latency_ms < 500' }, [report], {
      ids: ['api'],
      when: fits ? when : undefined,
      at: noon,
    });

  it('takes the place of the outcome, and says value and condition', () => {
    expect(asked(of('fail', 'api', { facts: { latency_ms: 42 } }))).toMatchObject({
      verdict: 'pass',
      words: 'latency_ms 42 ms (holds: latency_ms < 500)',
    });
    expect(asked(of('ok', 'api', { facts: { latency_ms: 612 } }))).toMatchObject({
      verdict: 'fail',
      words: 'latency_ms 612 ms (wanted: latency_ms < 500)',
    });
  });

  it('is unknown where its fact is missing, the check could not be measured, or it does not fit', () => {
    expect(asked(of('ok', 'api', { facts: {} })).verdict).toBe('unknown');
    expect(asked(of('unknown', 'api', { facts: { latency_ms: 42 } })).verdict).toBe('unknown');
    expect(asked(of('ok', 'api', { facts: { latency_ms: 42 } }), { fits: false }).verdict).toBe('unknown');
  });
});
