import { describe, expect, it } from 'vitest';
import {
  dueAfterPause,
  dueAnew,
  nextReminder,
  reminding,
  rhythmOf,
  whoWrites,
} from '../../../src/incidents/updates/plan.ts';
import { incidentOf, noon } from './sample.ts';

const minute = 60_000;
const at = (minutes: number) => new Date(noon.getTime() + minutes * minute);
const since = (date: Date | undefined) => date && (date.getTime() - noon.getTime()) / minute;

describe('the next reminder of an update that is due at noon', () => {
  it.each([
    [-15, -3],
    [-3, 0],
    [-1, 0],
    [0, 5],
    [4, 5],
    [5, 15],
    [15, 35],
    [35, 75],
    [75, 135],
    [135, 195],
    [180 + 75, 315],
  ])('after minute %d comes in minute %d', (now, then) => {
    expect(since(nextReminder(noon, at(now)))).toBe(then);
  });
});

describe('when the rhythm becomes another, the next update', () => {
  const rhythms = { from: noon, at: at(10) };
  it.each<[string, Partial<Parameters<typeof dueAnew>[0]>, number | undefined]>([
    ['is due sooner when it is faster', { due: at(60), before: 60 * minute, everyMs: 15 * minute }, 15],
    ['has its time from now where that is over', { due: at(60), before: 60 * minute, everyMs: 5 * minute }, 15],
    ['is never put off by a faster one', { due: at(12), before: 60 * minute, everyMs: 9 * minute }, 12],
    ['is due later when it is slower', { due: at(15), before: 15 * minute, everyMs: 30 * minute }, 30],
    ['is not called for before what was promised', { due: at(90), before: 15 * minute, everyMs: 30 * minute }, 90],
    ['stays overdue', { due: at(9), before: 15 * minute, everyMs: 30 * minute }, 9],
    ['is due now that there is a rhythm', { due: undefined, before: undefined, everyMs: 30 * minute }, 40],
    ['stays stopped', { due: undefined, before: 15 * minute, everyMs: 30 * minute }, undefined],
    ['comes back when it must be faster', { due: undefined, before: 30 * minute, everyMs: 15 * minute }, 25],
    ['is due no more where there is none', { due: at(15), before: 15 * minute, everyMs: undefined }, undefined],
  ])('%s', (_, over, then) => {
    const given = { due: undefined, before: undefined, everyMs: undefined, ...rhythms, ...over };
    expect(since(dueAnew(given))).toBe(then);
  });

  it.each([
    ['due meanwhile: a rhythm later', 5, 15 * minute, 25],
    ['due before the pause: still overdue', -5, 15 * minute, -5],
    ['not due yet: as it was', 20, 15 * minute, 20],
    ['without a rhythm: as it was', 5, undefined, 5],
  ])('after a pause of ten minutes, %s', (_, due, everyMs, then) => {
    expect(since(dueAfterPause({ due: at(due), pausedAt: noon, everyMs, at: at(10) }))).toBe(then);
  });
});

describe('a reminder', () => {
  const due = { nextUpdateAt: at(15) };
  it.each([
    ['over', { ...due, resolved: { at: noon, by: '', words: '' } }, at(12), 12],
    ['none', {}, at(12), 12],
    ['none', due, undefined, 12],
    ['early', due, at(17), 12],
    ['paused', { ...due, paused: { at: noon, by: '' } }, at(12), 12],
    ['paused', { ...due, paused: { at: noon, by: '', until: at(30) } }, at(12), 12],
    ['pause_over', { ...due, paused: { at: noon, by: '', until: at(30) } }, at(12), 30],
    ['remind', { ...due, paused: { at: noon, by: '', until: at(5) } }, at(12), 12],
  ] as const)('is %s', (kind, incident, remindAt, now) => {
    expect(reminding(incident, remindAt, at(now))).toMatchObject({ kind });
  });

  it('is late more than a minute after its time', () => {
    expect(reminding(due, at(12), at(13))).toMatchObject({ kind: 'remind', late: false });
    expect(reminding(due, at(12), at(13.1))).toMatchObject({ kind: 'remind', late: true });
    expect(reminding(due, at(12), at(40), () => 500)).toMatchObject({ kind: 'remind', late: false });
  });
});

describe('who writes', () => {
  const role = (id: string) => ({ id: `slack:${id}`, mention: `<@${id}>`, since: noon });
  const acknowledged = { at: noon, by: 'Ben in PagerDuty', id: 'pagerduty:P1' };
  it.each([
    ['U1', incidentOf({ roles: { communications: role('U1'), commander: role('U2') }, acknowledged })],
    ['U2', incidentOf({ roles: { commander: role('U2') }, acknowledged })],
    ['U3', incidentOf({ acknowledged: { at: noon, by: '<@U3>', id: 'slack:U3' } })],
    // Slack can't notify whoever acknowledged in PagerDuty.
    ['U0ANNA0001', incidentOf({ acknowledged })],
    ['U0ANNA0001', incidentOf()],
  ])('is %s', (id, incident) => {
    expect(whoWrites(incident).mention).toBe(`<@${id}>`);
  });

  it('is somebody in any case', () => {
    expect(whoWrites(incidentOf({ declaredBy: { id: 'os:anna', mention: 'anna' } })).mention).toBe('anna');
  });
});

it('the rhythm is that of recovery once it is mitigated', () => {
  const severity = { updates: { everyMs: 1, inRecoveryMs: 2 } } as Parameters<typeof rhythmOf>[0];
  expect(rhythmOf(severity, {})).toBe(1);
  expect(rhythmOf(severity, { mitigated: { at: noon, by: '' } })).toBe(2);
  expect(rhythmOf(undefined, {})).toBeUndefined();
});
