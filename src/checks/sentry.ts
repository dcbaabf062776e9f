import { defineCheck, type FactSpecs } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { notRead, withUnread } from './aws/unread.ts';
import { sentryParams } from './sentry/params.ts';
import { probeSentry } from './sentry/probe.ts';
import { mostIssues } from './sentry/read.ts';
import { daysRead } from './sentry/stats.ts';

const specs: FactSpecs = {
  projects: { type: 'number', help: 'Projects looked at' },
  new_issues: {
    type: 'number',
    help: `Unresolved issues first seen in the window, at most ${mostIssues}`,
  },
  new_capped: { type: 'bool', help: `There may be more than ${mostIssues}` },
  new_fatal: { type: 'number', help: 'Of the new ones, with the level fatal' },
  fatal_ids: { type: 'list', help: 'Their short ids, the first 20: `SHOP-1A2`' },
  new_ids: { type: 'list', help: 'Short ids of the new ones, the first 20' },
  regressed_issues: {
    type: 'number',
    help: `Unresolved issues that came back after they were resolved, seen in the window, at most ${mostIssues}`,
  },
  regressed_capped: { type: 'bool', help: `There may be more than ${mostIssues}` },
  regressed_ids: { type: 'list', help: 'Their short ids, the first 20' },
  links: { type: 'list', help: 'Addresses of new and regressed issues, the first 20' },
  events_24h: {
    type: 'number',
    help: 'Errors that Sentry took in the last 24 hours, the running hour with them',
  },
  events_before_24h: { type: 'number', help: 'In the 24 hours before' },
  events_usual_24h: {
    type: 'number',
    help: `Median of the days before, ${daysRead} at most; while none come, of those before the silence`,
    whyAbsent: (facts) =>
      notRead(facts) ??
      `no errors in ${daysRead} days: a quiet program, or one that no longer reports; send a test event, or judge it with rules of your own`,
  },
  events_dropped_24h: {
    type: 'number',
    help: 'Refused by Sentry in the last 24 hours: quota, rate limit, spike protection',
  },
  without_events: { type: 'list', help: 'Projects that never sent an event' },
  unread: { type: 'list', help: 'Parts that could not be read, and why' },
};

export default defineCheck({
  type: 'sentry',
  summary:
    'Sentry: new and regressed issues, and whether errors come in faster than the day before; counts and ids only',
  catalogue: ['H28'],
  params: sentryParams,
  facts: () => withUnread(specs),
  rules: ({ organization, projects, window, max_new }) => ({
    fail: [
      {
        when: 'new_fatal > 0',
        say: `${organization}: {new_fatal} new fatal issues in ${formatDuration(window)} ({fatal_ids}): look at them now`,
      },
      {
        when: 'events_24h >= 1000 && events_24h > 10 * events_before_24h',
        say: `${organization}: {events_24h} errors in 24 h, {events_before_24h} the day before (limit 10 times): see what was released`,
      },
    ],
    warn: [
      {
        when: `new_issues > ${max_new}`,
        say: `${organization}: {new_issues} new issues in ${formatDuration(window)} (limit ${max_new}): {new_ids}; triage them`,
      },
      { when: 'new_capped', say: `${organization}: more new issues than the ${mostIssues} that are read; triage them` },
      {
        when: 'regressed_issues > 0',
        say: `${organization}: {regressed_issues} issues came back: {regressed_ids}; see why the fix did not hold`,
      },
      {
        when: 'events_24h >= 100 && events_24h > 2 * events_before_24h',
        say: `${organization}: {events_24h} errors in 24 h, {events_before_24h} the day before (limit 2 times): see what was released`,
      },
      // What isn't taken can't be new: without these three a full quota or a broken DSN would look like a quiet day.
      {
        when: 'events_dropped_24h > 0',
        say: `${organization}: Sentry dropped {events_dropped_24h} errors in 24 h: raise the quota, or filter noise`,
      },
      {
        when: 'events_24h == 0 && events_before_24h >= 100',
        say: `${organization}: no errors in 24 h, {events_before_24h} the day before: check that the programs still report`,
      },
      {
        when: 'events_24h == 0 && events_usual_24h >= 100',
        say: `${organization}: no errors in 24 h, usually {events_usual_24h} a day: check that the programs still report`,
      },
      ...(projects
        ? [
            {
              when: 'size(without_events) > 0',
              say: `${organization}: {without_events} never sent an event: check the DSN`,
            },
          ]
        : []),
    ],
  }),
  okSays: '{new_issues} new, {regressed_issues} regressed, {events_24h} errors in 24 h',
  iam: [],
  describe: ({ url, organization, projects }) =>
    `Sentry ${projects?.join(', ') ?? 'projects'} of ${organization} at ${new URL(url).host}`,
  lane: ({ url }) => `sentry:${new URL(url).host}`,
  laneLimit: 2,
  example: `- id: errors
  group: api
  sentry: {organization: my-shop, projects: [backend, frontend], token: {secret: SENTRY_TOKEN}}
  every: 15m
`,
  run: (probe) => probeSentry(probe),
});
