import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { clocksAfter, clocksOf, escalationPlan, wayToTell } from '../../../src/severities/decide.ts';
import { ways } from '../../../src/severities/model.ts';
import { problemsOf, severityOf, severityText, teamOf } from './sample.ts';

const at = (text: string) => new Date(text);
const declaredAt = at('2026-11-23T08:04:00Z');

describe('how people are told', () => {
  const byHour = severityOf('response_time: 2h', 'page: {hours: page, off_hours: email}');

  it.each([
    ['2026-11-23T13:00:00Z', 'page'],
    ['2026-11-23T23:00:00Z', 'email'],
    ['2026-11-28T15:00:00Z', 'email'],
    ['2026-11-26T15:00:00Z', 'email'],
  ])('at %s: %s', (moment, kind) => {
    expect(wayToTell(byHour, at(moment), teamOf({ holidays: ['2026-11-26'] }))).toEqual({ kind });
  });

  const zones = ['America/New_York', 'Europe/Berlin', 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  const hours = ['Mon-Fri 08:00-18:00', 'Sat-Mon 22:00-06:00', 'Mon-Sun 00:00-00:00', undefined];
  const way = fc.constantFrom(...ways);

  it('a response time of at most 60 min always pages, if its file is taken at all', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        way,
        way,
        fc.date({ min: at('2026-01-01'), max: at('2027-12-31'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        fc.constantFrom(...hours),
        (minutes, inHours, offHours, moment, zone, businessHours) => {
          const lines = [`response_time: ${minutes}m`, `page: {hours: ${inHours}, off_hours: ${offHours}}`];
          if (problemsOf({ p1: severityText(...lines) }).length > 0) return;
          taken += 1;
          const { kind } = wayToTell(severityOf(...lines), moment, { zone, businessHours, holidays: ['2026-12-25'] });
          if (minutes <= 60) expect(kind).toBe('page');
          else expect([inHours, offHours]).toContain(kind);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('the escalation', () => {
  it('is the levels in their order, from the first message on', () => {
    const levels =
      '[{after: 0m, way: slack, to: "#alerts"}, {after: 5m, way: email, to: on-call}, {after: 15m, way: phone, to: backup}]';
    expect(escalationPlan(severityOf(`escalation: {levels: ${levels}}`), declaredAt)).toEqual({
      by: 'rounds',
      steps: [
        { level: 1, at: at('2026-11-23T08:04:00Z'), way: 'slack', to: [{ kind: 'channel', name: '#alerts' }] },
        { level: 2, at: at('2026-11-23T08:09:00Z'), way: 'email', to: [{ kind: 'contact', name: 'on-call' }] },
        { level: 3, at: at('2026-11-23T08:19:00Z'), way: 'phone', to: [{ kind: 'contact', name: 'backup' }] },
      ],
    });
  });

  it("is PagerDuty's where none are written, and nobody's where nothing pages", () => {
    expect(escalationPlan(severityOf(), declaredAt)).toEqual({ by: 'pagerduty' });
    const quiet = severityOf('response_time: 24h', 'page: slack');
    expect(escalationPlan(quiet, declaredAt)).toEqual({ by: 'nobody' });
  });
});

describe('clocks', () => {
  const severity = severityOf(
    'response_time: 15m',
    'update_every: {open: 20m, recovery: 30m}',
    'stakeholders: [{who: Management, within: 15m}, {who: Customers, within: 30m}, {who: Officer, within: 1h, only_if: phi}]',
  );
  const clocks = (phi: boolean) =>
    clocksOf(severity, declaredAt, { phi, team: teamOf() }).map((clock) => [
      clock.key,
      clock.at.toISOString().slice(11, 16),
    ]);

  it('run from the declaration, earliest first; some only when PHI may be involved', () => {
    const always = [
      ['commander', '08:09'],
      ['response', '08:19'],
      ['stakeholder:management', '08:19'],
      ['first_update', '08:24'],
      ['stakeholder:customers', '08:34'],
    ];
    expect(clocks(false)).toEqual(always);
    expect(clocks(true)).toEqual([...always, ['stakeholder:officer', '09:04']]);
  });

  it('carry who must be told', () => {
    const [, , management] = clocksOf(severity, declaredAt, { phi: true, team: teamOf() });
    expect(management).toMatchObject({ name: 'stakeholder', stakeholder: { who: 'Management', withinMs: 900_000 } });
  });

  it('have no updates and no commander where none are asked for', () => {
    const low = severityOf('response_time: next business day', 'page: slack');
    expect(clocksOf(low, declaredAt, { phi: false, team: teamOf() })).toEqual([
      { key: 'response', name: 'response', at: at('2026-11-24T23:00:00Z') },
    ]);
  });

  test('after the end: the report, the post-mortem, the archive', () => {
    expect(clocksAfter(severity, declaredAt)).toEqual([
      { key: 'report', name: 'report', at: at('2026-11-24T08:04:00Z') },
      { key: 'postmortem', name: 'postmortem', at: at('2026-11-26T08:04:00Z') },
      { key: 'archive', name: 'archive', at: at('2026-11-30T08:04:00Z') },
    ]);
    const none = severityOf('report_within: off', 'postmortem_within: off', 'archive_after: off');
    expect(clocksAfter(none, declaredAt)).toEqual([]);
  });

  test('are hours that passed, whatever the clock on the wall does', () => {
    // 24 h over New York's change on 1 November.
    const report = clocksAfter(severity, at('2026-10-31T16:00:00Z'))[0];
    expect(report?.at).toEqual(at('2026-11-01T16:00:00Z'));
  });
});
