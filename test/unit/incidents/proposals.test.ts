import { describe, expect, it } from 'vitest';
import { readAlertmanager } from '../../../src/incidents/proposals/alertmanager.ts';
import { type Proposal, proposing } from '../../../src/incidents/proposals/model.ts';
import { signalOf } from '../../../src/incidents/proposals/pagerduty.ts';

const now = new Date('2026-11-23T03:30:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
type Before = Pick<Proposal, 'state' | 'overAt' | 'incident'>;

describe('what goes on is', () => {
  const open: Before = { state: 'open' };
  const declared = (resolvedAt?: Date): Before => ({
    state: 'declared',
    incident: { id: 1, ...(resolvedAt && { resolvedAt }) },
  });
  it.each<[string, Before | undefined, Date | undefined, string]>([
    ['new when nothing is known', undefined, undefined, 'new'],
    ['still so while it stands', open, undefined, 'still'],
    ['the same when it comes back soon', { ...open, overAt: ago(5) }, undefined, 'again'],
    ['new when it comes back later', { ...open, overAt: ago(31) }, undefined, 'new'],
    ['still so when somebody said that it is no incident', { state: 'dismissed' }, undefined, 'still'],
    ['the same when what was dismissed flaps', { state: 'dismissed', overAt: ago(5) }, undefined, 'again'],
    ['new when what was dismissed comes back later', { state: 'dismissed', overAt: ago(31) }, undefined, 'new'],
    ['still so while its incident is open', declared(), undefined, 'still'],
    ['the same when it comes back while its incident is open', { ...declared(), overAt: ago(300) }, undefined, 'again'],
    ['still so right after its incident was resolved', declared(ago(5)), undefined, 'still'],
    ['new when it goes on long after that', declared(ago(31)), undefined, 'new'],
    ['overtaken by the news of its end', { ...open, overAt: ago(5) }, ago(6), 'late'],
  ])('%s', (_, before, at, kind) => {
    expect(proposing(before, { now, at })).toBe(kind);
  });
});

const alert = (over: object = {}) => ({
  ...{ status: 'firing', labels: { alertname: 'HighErrorRate', service: 'api', instance: 'a:80' } },
  ...{ annotations: { summary: '12 % of requests fail' }, startsAt: '2026-11-23T03:04:00.000Z' },
  ...over,
});
const webhook = (over: object = {}) =>
  JSON.stringify({
    ...{ version: '4', groupKey: '{}:{alertname="HighErrorRate"}', status: 'firing', receiver: 'rounds' },
    ...{
      groupLabels: { alertname: 'HighErrorRate' },
      commonLabels: { alertname: 'HighErrorRate', severity: 'critical' },
    },
    ...{ commonAnnotations: {}, externalURL: 'https://alerts.example', truncatedAlerts: 0, alerts: [alert()] },
    ...over,
  });

describe("Alertmanager's body", () => {
  it('is one signal, with what its alerts have in common', () => {
    expect(readAlertmanager(webhook())).toEqual({
      signal: {
        ...{ source: 'alertmanager', key: expect.stringMatching(/^[0-9a-f]{40}$/), what: 'firing' },
        ...{ name: 'HighErrorRate', systems: 'api', details: '12 % of requests fail', severity: 'critical' },
        ...{ alerts: 1, since: new Date('2026-11-23T03:04:00Z'), url: 'https://alerts.example/' },
      },
    });
    const later = alert({ startsAt: '2026-11-23T03:09:00Z', labels: { alertname: 'HighErrorRate', service: 'ivr' } });
    const over = alert({ status: 'resolved', startsAt: '2026-11-23T02:00:00Z' });
    expect(readAlertmanager(webhook({ alerts: [later, alert(), over], truncatedAlerts: 2 }))).toMatchObject({
      signal: { alerts: 4, systems: '', since: new Date('2026-11-23T03:04:00Z') },
    });
  });

  it('holds no secret, and no address that is none', () => {
    const secret = 'xoxb-1234567890-abcdefghijklmnop';
    const read = readAlertmanager(
      webhook({ externalURL: 'javascript:alert(1)', alerts: [alert({ annotations: { summary: `token ${secret}` } })] }),
    );
    expect(JSON.stringify(read)).not.toContain(secret);
    expect(JSON.stringify(read)).not.toContain('javascript');
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['of another shape', '[]', 'the body'],
    ['without a group', webhook({ groupKey: undefined }), 'groupKey'],
    ['of an unknown status', webhook({ status: 'maybe' }), 'status'],
    ['without alerts', webhook({ alerts: [] }), 'alerts'],
    ['with a label that is no text', webhook({ commonLabels: { severity: 3 } }), 'commonLabels.severity'],
  ])('%s is refused in words', (_, body, words) => {
    expect(readAlertmanager(body)).toEqual({ invalid: expect.stringContaining(words) });
  });
});

it("PagerDuty's own incidents are signals, ours and what happens meanwhile are not", () => {
  const notice = {
    ...{ id: 'E1', what: 'triggered' as const, dedupKey: 'disk/db', at: now },
    incident: { id: 'P1', title: 'Disk is full', url: 'https://x.pagerduty.com/P1', assigned: 1 },
  };
  expect(signalOf(notice)).toMatchObject({ source: 'pagerduty', what: 'firing', name: 'Disk is full', at: now });
  expect(signalOf({ ...notice, what: 'resolved' })).toMatchObject({ what: 'over' });
  expect(signalOf({ ...notice, dedupKey: 'rounds:42:1' })).toBeUndefined();
  expect(signalOf({ ...notice, what: 'acknowledged' })).toBeUndefined();
});
