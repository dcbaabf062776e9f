import { defineCheck, type FactSpecs, type Facts } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { notRead, withUnread } from './aws/unread.ts';
import { pagerDutyParams } from './pagerduty-incidents/params.ts';
import { probePagerDuty } from './pagerduty-incidents/probe.ts';

const tooMany = 'PagerDuty has more than 1,000 in this time: name services or teams, or shorten since';

const specs: FactSpecs = {
  open: { type: 'number', help: 'Incidents that are triggered or acknowledged, of any age' },
  triggered: { type: 'number', help: 'Of these, those that nobody acknowledged' },
  acknowledged: { type: 'number', help: 'Of these, those that somebody works on' },
  high: { type: 'number', help: 'Open ones of high urgency' },
  overdue: { type: 'number', help: 'Triggered ones of high urgency, older than `ack_within`' },
  oldest_unacked_s: {
    type: 'number',
    unit: 's',
    help: 'Since the oldest triggered one began; null when there is none: `triggered > 0 && oldest_unacked_s > 600`',
    whyAbsent: (facts) => (facts.triggered === 0 ? 'none is triggered' : notRead(facts)),
  },
  unassigned: { type: 'number', help: 'Triggered ones that are assigned to nobody' },
  overdue_ones: { type: 'list', help: 'The overdue ones: `#1204 (API)`' },
  triggered_ones: { type: 'list', help: 'The triggered ones, oldest first' },
  acknowledged_ones: { type: 'list', help: 'The acknowledged ones, oldest first' },
  responders: { type: 'list', help: 'Who acknowledged the open ones' },
  urls: { type: 'list', help: 'Pages of the open ones' },
  resolved: {
    type: 'number',
    help: 'Resolved within `since`, if they began at most 30 days earlier; null when there are too many to read',
    whyAbsent: (facts) => notRead(facts) ?? tooMany,
  },
  notifications: { type: 'number', help: 'How often people were paged within `since`', whyAbsent: noPages },
  people_paged: { type: 'number', help: 'How many people that were', whyAbsent: noPages },
  paged: { type: 'list', help: 'Who was paged, and how often: `Anna ×3`', whyAbsent: noPages },
  services_disabled: {
    type: 'list',
    help: 'Services of `services` that are disabled: they page nobody',
  },
  services_in_maintenance: { type: 'list', help: 'Services of `services` in a maintenance window' },
  unread: { type: 'list', help: 'What could not be read besides the open ones, and why' },
};

export default defineCheck({
  type: 'pagerduty-incidents',
  summary: 'Open incidents in PagerDuty, what was resolved, who was paged',
  catalogue: ['H27'],
  params: pagerDutyParams,
  facts: () => withUnread(specs),
  rules: ({ ack_within }) => ({
    fail: [
      {
        when: 'overdue > 0',
        say: `{overdue} not acknowledged for more than ${formatDuration(ack_within)}: {overdue_ones}`,
      },
    ],
    warn: [
      { when: 'triggered > 0', say: '{triggered} triggered (limit 0): {triggered_ones}' },
      { when: 'acknowledged > 0', say: '{acknowledged} acknowledged (limit 0): {acknowledged_ones}' },
      { when: 'size(services_disabled) > 0', say: 'disabled, so nobody is paged: {services_disabled}' },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: 'none open, {resolved} resolved',
  iam: [],
  describe: ({ services, teams }) => {
    const of = [...services, ...teams].join(', ');
    return of === '' ? 'incidents in PagerDuty' : `incidents in PagerDuty of ${of}`;
  },
  lane: ({ api_url }) => `host:${new URL(api_url).host}`,
  laneLimit: 2,
  example: `- id: incidents-open
  group: api
  pagerduty-incidents:
    token: {secret: PAGERDUTY_READ_TOKEN}
    services: [PIJ90N7]
    since: 12h
  timeout: 15s
`,
  run: (probe) => probePagerDuty(probe),
});

function noPages(facts: Facts): string {
  return facts.notifications === undefined ? 'pages is false' : (notRead(facts) ?? tooMany);
}
