import { describe, expect, test } from 'vitest';
import { applyBlocked, applyMuted, type Mute } from '../../../src/health/adjust.ts';
import type { CheckReport, Judgement, Outcome } from '../../../src/health/model.ts';

type Report = Judgement & Pick<CheckReport, 'id' | 'attempts' | 'since' | 'muted'>;
const day = (number: number) => new Date(Date.UTC(2026, 10, number));
const report = (id: string, outcome: Outcome): Report => ({
  id,
  attempts: 1,
  since: day(1),
  outcome,
  reason: `${id} is ${outcome}`,
  next: 'look',
  notes: [],
});
const checks = [
  { id: 'network', dependsOn: [] },
  { id: 'api', dependsOn: ['network'] },
  { id: 'metrics', dependsOn: ['api'] },
  { id: 'a', dependsOn: ['b'] },
  { id: 'b', dependsOn: ['a'] },
];

function outcomesOf(of: Record<string, Outcome>): Record<string, string> {
  const reports = Object.entries(of).map(([id, outcome]) => report(id, outcome));
  return Object.fromEntries(applyBlocked(reports, checks).map((each) => [each.id, each.outcome]));
}

describe('a check whose parent is down', () => {
  test.each<[Record<string, Outcome>, Record<string, Outcome>]>([
    [
      { api: 'fail', metrics: 'fail' },
      { api: 'fail', metrics: 'blocked' },
    ],
    [
      { api: 'unknown', metrics: 'unknown' },
      { api: 'unknown', metrics: 'blocked' },
    ],
    [
      { api: 'fail', metrics: 'warn' },
      { api: 'fail', metrics: 'blocked' },
    ],
    [
      { api: 'fail', metrics: 'ok' },
      { api: 'fail', metrics: 'ok' },
    ],
    [
      { api: 'fail', metrics: 'stale' },
      { api: 'fail', metrics: 'stale' },
    ],
    [
      { api: 'stale', metrics: 'fail' },
      { api: 'stale', metrics: 'fail' },
    ],
    [
      { api: 'warn', metrics: 'fail' },
      { api: 'warn', metrics: 'fail' },
    ],
    [
      { network: 'fail', api: 'ok', metrics: 'fail' },
      { network: 'fail', api: 'ok', metrics: 'blocked' },
    ],
    [
      { network: 'fail', api: 'fail', metrics: 'fail' },
      { network: 'fail', api: 'blocked', metrics: 'blocked' },
    ],
    [{ metrics: 'fail' }, { metrics: 'fail' }],
    // A circle is refused when the config loads; here it must only end, and never hide both.
    [
      { a: 'ok', b: 'fail' },
      { a: 'ok', b: 'fail' },
    ],
  ])('%o becomes %o', (before, after) => {
    expect(outcomesOf(before)).toEqual(after);
  });

  test('names the cause, and keeps what was measured', () => {
    const [, , metrics] = applyBlocked(
      [report('network', 'fail'), report('api', 'fail'), report('metrics', 'warn')],
      checks,
    );
    expect(metrics).toEqual({
      id: 'metrics',
      attempts: 1,
      since: day(1),
      outcome: 'blocked',
      blocked_by: 'network',
      reason: 'blocked by network (fail)',
      next: 'See network.',
      notes: ['measured warn: metrics is warn'],
    });
  });
});

test.each([
  ['since the parent is down', day(2), day(20), day(20)],
  ['since it is bad itself', day(20), day(2), day(20)],
])('is blocked %s, whichever came later', (_, own, parents, since) => {
  const reports = [
    { ...report('network', 'fail'), since: parents },
    { ...report('api', 'fail'), since: own },
  ];
  expect(applyBlocked(reports, checks)[1]).toMatchObject({ outcome: 'blocked', since });
});

test('a parent that was never tried blocks nothing: it is not known to be down', () => {
  const reports = [{ ...report('network', 'unknown'), attempts: 0 }, report('api', 'fail')];
  expect(applyBlocked(reports, checks)[1]?.outcome).toBe('fail');
});

describe('a muted parent', () => {
  const [network, api, metrics] = [report('network', 'fail'), report('api', 'fail'), report('metrics', 'fail')];
  const over = (muted: string, ...mutes: Mute[]) => ((id) => (id === muted ? mutes : [])) as (id: string) => Mute[];
  const [planned, handled]: [Mute, Mute] = [{ id: 'patches' }, { id: '@ben', handled: true }];

  test('by a plan blocks nothing, since nobody would see what else broke; the one above it still does', () => {
    expect(applyBlocked([api, metrics], checks, over('api', planned))[1]?.outcome).toBe('fail');
    const all = applyBlocked([network, api, metrics], checks, over('api', planned));
    expect(all[2]).toMatchObject({ blocked_by: 'network', reason: 'blocked by network (fail)' });
  });

  test.each<Outcome>(['fail', 'unknown'])(
    'that is %s, by somebody who is on it, blocks, and the reason says who',
    (outcome) => {
      const reports = [report('api', outcome), metrics];
      for (const mutes of [[handled], [planned, handled]]) {
        expect(applyBlocked(reports, checks, over('api', ...mutes))[1]).toMatchObject({
          outcome: 'blocked',
          blocked_by: 'api',
          reason: `blocked by api (${outcome}, muted by @ben)`,
        });
      }
    },
  );

  test.each<Outcome>(['ok', 'warn', 'stale'])('that is %s blocks nothing, whoever muted it', (outcome) => {
    expect(applyBlocked([report('api', outcome), metrics], checks, over('api', handled))[1]?.outcome).toBe('fail');
  });

  test('is not the cause that is named where another one is down that nobody is on', () => {
    const two = [...checks, { id: 'page', dependsOn: ['api', 'search'] }];
    const reports = [api, report('search', 'unknown'), report('page', 'fail')];
    expect(applyBlocked(reports, two, over('api', handled))[2]?.reason).toBe('blocked by search (unknown)');
  });
});

describe('a muted check', () => {
  const sayTime = (at: Date) => at.toISOString().slice(11, 16);
  const until = (hour: number): Date => new Date(Date.UTC(2026, 10, 23, hour));
  test.each<[Report, Mute[], string]>([
    [
      report('db', 'fail'),
      [{ id: 'db-patch', until: until(4) }],
      'muted until 04:00 by db-patch; measured fail: db is fail',
    ],
    [
      report('db', 'ok'),
      [{ id: 'db-patch', until: until(4), reason: 'upgrade' }],
      'muted until 04:00 by db-patch (upgrade); measured ok: db is ok',
    ],
    [report('db', 'blocked'), [{ id: 'x', until: until(4) }], 'muted until 04:00 by x; db is blocked'],
    [
      report('db', 'warn'),
      [
        { id: 'short', until: until(4) },
        { id: 'long', until: until(6) },
      ],
      'muted until 06:00 by long; measured warn: db is warn',
    ],
    [
      report('db', 'warn'),
      [{ id: 'short', until: until(4) }, { id: 'anna' }],
      'muted by anna; measured warn: db is warn',
    ],
  ])('%o by %o', (measured, mutes, reason) => {
    const { muted, ...rest } = applyMuted(measured, mutes, sayTime);
    expect(rest).toEqual({ ...measured, outcome: 'muted', reason });
    expect(reason).toContain(` by ${muted?.by}`);
  });

  test('says who mutes it, until when, why, and under which id it can be ended', () => {
    const mute = { id: '@anna', until: until(4), reason: 'upgrade', silence: 'x7k2mp' };
    const muted = { by: '@anna', until: until(4), reason: 'upgrade', silence: 'x7k2mp' };
    expect(applyMuted(report('db', 'fail'), [mute], sayTime).muted).toEqual(muted);
  });

  test('is muted since the mute began', () => {
    const mute = { id: 'db-patch', from: day(20), until: until(4) };
    expect(applyMuted(report('db', 'fail'), [mute], sayTime).since).toEqual(day(20));
  });

  test('without a mute it stays what it is', () => {
    expect(applyMuted(report('db', 'fail'), [], sayTime)).toEqual(report('db', 'fail'));
  });
});
