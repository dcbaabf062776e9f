import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectHealth, healthRegion } from './aws/health.ts';
import { account, duration, region } from './aws/params.ts';
import { healthFacts } from './aws-health/facts.ts';
import { mostEvents, readEvents } from './aws-health/read.ts';

/** A filter of AWS Health takes 10 regions, one of which is `global`, and 10 services. */
const params = z.strictObject({
  regions: z
    .array(z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-west-1'))
    .min(1)
    .max(9)
    .optional()
    .describe('regions in use, at most 9; default: the check’s; events without a region always count'),
  services: z
    .array(z.string().regex(/^[A-Z0-9_]+$/, 'as AWS Health names it: EC2, RDS, ELASTICLOADBALANCING'))
    .min(1)
    .max(10)
    .optional()
    .describe('services in use, at most 10, as AWS Health names them: `[ECS, RDS]`; default: all'),
  categories: z
    .array(z.enum(['issue', 'scheduledChange', 'accountNotification']))
    .min(1)
    .default(['issue', 'scheduledChange'])
    .describe('kinds of events'),
  notice: duration.prefault('14d').describe('a scheduled change that begins within this time warns'),
  account,
  region,
});
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  events: { type: 'number', help: 'events open or upcoming; null if not all were read' },
  complete: { type: 'bool', help: `whether all were read, at most ${mostEvents}` },
  issues: {
    type: 'list',
    help: 'open issues of AWS: service, kind, zone or region, since when; null if not asked for',
  },
  issues_of_account: { type: 'list', help: 'of these, those that AWS says concern this account’s resources' },
  changes_soon: { type: 'list', help: 'scheduled changes under way, or that begin within `notice`' },
  changes_later: { type: 'list', help: 'scheduled changes that begin later' },
  action_required: { type: 'list', help: 'events, under way or within `notice`, that AWS says you must act on' },
  notices: { type: 'list', help: 'notifications for the account, with `accountNotification` in categories' },
};

export default defineCheck({
  type: 'aws-health',
  summary: 'AWS Health: open issues and scheduled changes of the services in use (takes a Business support plan)',
  catalogue: ['H16'],
  params,
  facts: () => facts,
  rules: ({ notice, categories }) => ({
    warn: [
      ...(categories.includes('issue') ? [{ when: 'size(issues) > 0', say: 'AWS has an open issue: {issues}' }] : []),
      { when: 'size(action_required) > 0', say: 'AWS asks you to act: {action_required}' },
      ...(categories.includes('scheduledChange')
        ? [
            {
              when: 'size(changes_soon) > 0',
              say: `AWS changes something now or within ${formatDuration(notice)}: {changes_soon}`,
            },
          ]
        : []),
    ],
  }),
  okSays: '{events} events open or upcoming, none that matters now',
  iam: ['health:DescribeEvents'],
  describe: ({ services, regions }) =>
    `AWS Health${services ? ` of ${services.join(', ')}` : ''}${regions ? ` in ${regions.join(', ')}` : ''}`,
  lane: (target) => awsLane('health', target),
  example: `- id: aws
  group: api
  every: 15m
  aws-health: {regions: [eu-west-1], services: [ECS, RDS, ELASTICLOADBALANCING]}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const where = whereOf(probe);
    // Connected in the check's own region to know its name; asked in the one that answers for all.
    const { region: own } = await connectHealth(where, signal);
    const aws = await connectHealth({ ...where, region: healthRegion(own) }, signal);
    const { items, complete } = await readEvents(
      { aws, signal },
      {
        regions: [...new Set([...(target.regions ?? [own]), 'global'])],
        services: target.services,
        eventTypeCategories: target.categories,
      },
    );
    const { notice: noticeMs, categories: asked } = target;
    return { facts: healthFacts(items, { complete, now: clock.now(), noticeMs, asked }) };
  },
});
