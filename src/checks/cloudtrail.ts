import { z } from 'zod';
import { defineCheck, type FactSpecs, type Facts, type Probe, type Rule, Unmeasured } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectCloudTrail } from './aws/cloudtrail.ts';
import { account, duration, region } from './aws/params.ts';
import { reasonOf } from './aws/reason.ts';
import { type Counted, counted, eventFacts, noEvents, readEvents } from './cloudtrail/events.ts';
import { eventsPerPage, type Reader, readTrails } from './cloudtrail/read.ts';
import { trailFacts } from './cloudtrail/trails.ts';

const limit = z.int().min(0).optional();
/** CloudTrail keeps its events so long. */
const maxWindowMs = 90 * 86_400_000;

/** As CloudTrail takes it. */
const trail = /^(arn:aws[a-z-]*:cloudtrail:[a-z\d-]+:\d{12}:trail\/)?[A-Za-z\d][\w.-]{1,126}[A-Za-z\d]$/;

const params = z.strictObject({
  trails: z
    .array(z.string().regex(trail, 'a trail’s name or ARN'))
    .min(1)
    .optional()
    .describe('names or ARNs that must be there: a trail that somebody deleted fails; default: all'),
  delivery_within: duration.prefault('1h').describe('how old the last delivery may be'),
  window: z
    .union([z.literal('off'), duration.refine((ms) => ms <= maxWindowMs, 'at most 90d')])
    .prefault('24h')
    .describe('how far back events count, those of this region alone; off = none is looked up'),
  events: z
    .array(z.enum(['logins', 'writes', 'reads']))
    .min(1)
    .default(['logins', 'writes'])
    .describe(
      'what is looked up; denials of reads are only found with `reads`, by far the largest part: the bot’s own too',
    ),
  max_pages: z
    .int()
    .min(1)
    .max(200)
    .default(5)
    .describe(`pages of ${eventsPerPage} events for each of them; AWS answers 2 a second, so raise timeout with it`),
  limits: z
    .strictObject({
      failed_logins: limit
        .default(5)
        .describe('failed logins to the console; they are recorded in the region of the login, mostly us-east-1'),
      denied: limit.default(10).describe('calls refused with AccessDenied or UnauthorizedOperation'),
      deletions: limit.describe('Delete…, Terminate…, Deregister… and such; default: listed only'),
      changes: limit.describe('all other writes that succeeded; default: listed only'),
    })
    .prefault({})
    .describe('more of them in the window warn'),
  ignore: z
    .array(z.string().min(1))
    .default(['CreateLogStream', 'UpdateInstanceInformation'])
    .describe('events that are neither change nor deletion'),
  account,
  region,
});
type Target = z.output<typeof params>;

const words: Record<Counted, string> = {
  failed_logins: 'failed logins to the console',
  denied: 'refused calls (AccessDenied, UnauthorizedOperation)',
  deletions: 'deletions',
  changes: 'changes other than deletions',
};

const trailSpecs: FactSpecs = {
  trails: { type: 'number', help: 'trails found, those of other regions and of the organisation too' },
  logging: { type: 'number', help: 'trails that log now' },
  stopped: { type: 'list', help: 'trails that do not' },
  missing: { type: 'list', help: 'trails of `trails` that are not there' },
  multi_region: { type: 'bool', help: 'whether one that logs covers every region' },
  unvalidated: { type: 'list', help: 'trails without log file validation: changed files would go unnoticed' },
  delivery_errors: { type: 'list', help: 'last errors of delivery to S3 or CloudWatch Logs, with the trail' },
  delivery_age_s: {
    type: 'number',
    unit: 's',
    help: 'since the last delivery of the trail furthest behind; null while one never delivered',
    whyAbsent: ({ undelivered }) =>
      Array.isArray(undelivered) && undelivered.length > 0
        ? `${undelivered.join(', ')} has delivered nothing yet: check its bucket`
        : undefined,
  },
  last_delivery: { type: 'string', help: 'when that was; null while one never delivered' },
  undelivered: { type: 'list', help: 'trails that log and never delivered' },
  delivery_limit_s: { type: 'number', unit: 's', help: 'the parameter delivery_within' },
  events_read: { type: 'bool', help: 'whether events were looked up' },
  events_complete: { type: 'bool', help: 'whether all of them were read; null if none was looked up' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

/** Four facts for each of what is counted. */
const eventSpecs: FactSpecs = Object.fromEntries(
  counted.flatMap((name): [string, FactSpecs[string]][] => [
    [
      name,
      {
        type: 'number',
        help: `${words[name]} in the window; null if not all events were read`,
        whyAbsent: (facts) =>
          typeof facts[`${name}_at_least`] === 'number'
            ? `at least ${facts[`${name}_at_least`]} ${words[name]}, not all events were read: raise max_pages and timeout`
            : undefined,
      },
    ],
    [`${name}_at_least`, { type: 'number', help: 'of the events that were read, newest first' }],
    [`${name}_by`, { type: 'list', help: 'who, what, how often and when last; roles without the session' }],
    [`${name}_limit`, { type: 'number', help: `limits.${name}; null if there is none` }],
  ]),
);

export default defineCheck({
  type: 'cloudtrail',
  summary: 'CloudTrail: trails log and deliver; refused calls, failed logins, deletions and changes of a day',
  catalogue: ['H13'],
  params,
  facts: () => ({ ...trailSpecs, ...eventSpecs }),
  rules: (target) => ({
    fail: [
      { when: 'size(stopped) > 0', say: 'not logging: {stopped}' },
      { when: 'size(missing) > 0', say: 'no such trail: {missing}' },
      { when: 'size(delivery_errors) > 0', say: 'can not deliver: {delivery_errors}' },
    ],
    warn: [
      { when: '!multi_region', say: 'no trail that logs covers every region' },
      { when: 'size(unvalidated) > 0', say: 'no log file validation: {unvalidated}' },
      {
        when: 'logging > 0 && delivery_age_s > delivery_limit_s',
        say: `nothing delivered since {last_delivery} (limit ${formatDuration(target.delivery_within)})`,
      },
      ...eventRules(target),
    ],
  }),
  okSays: '{logging} of {trails} trails log',
  iam: ['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'cloudtrail:LookupEvents'],
  iamFor: ({ window }) => [
    ...['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus'],
    ...(window === 'off' ? [] : ['cloudtrail:LookupEvents']),
  ],
  describe: ({ trails }) => `CloudTrail ${trails?.join(', ') ?? 'all trails'}`,
  lane: (target) => awsLane('cloudtrail', target),
  laneLimit: 1,
  example: `- id: trail
  group: api
  every: 30m
  timeout: 60s
  cloudtrail:
    trails: [organisation]
    max_pages: 30
    limits: {failed_logins: 5, denied: 20, deletions: 10}
    region: us-east-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const reader = { aws: await connectCloudTrail(whereOf(probe), signal), signal };
    const trails = await readTrails(reader, target.trails);
    if (trails.length === 0 && !target.trails)
      throw new Unmeasured('empty', `no trail records ${reader.aws.region}`, {
        next: 'create one, or check account and region; name it under `trails` so that its deletion fails',
      });
    const now = clock.now();
    return {
      facts: {
        ...trailFacts(trails, { asked: target.trails, now }),
        delivery_limit_s: target.delivery_within / 1000,
        ...(await events(reader, target, now)),
        ...Object.fromEntries(counted.map((name) => [`${name}_limit`, target.limits[name] ?? null])),
      },
    };
  },
});

const more = 'raise timeout and max_pages together, or take a shorter window';

/** `writes before the newest 100 → raise …`. */
function cutOff(seen: Awaited<ReturnType<typeof readEvents>>): string[] {
  return Object.entries(seen).flatMap(([lookup, { looked, complete }]) =>
    complete ? [] : [`${lookup} before the newest ${looked} → ${more}`],
  );
}

function eventRules({ window, events, limits }: Target): Rule[] {
  if (window === 'off') return [];
  const takes: Record<Counted, boolean> = {
    failed_logins: events.includes('logins'),
    denied: events.includes('writes') || events.includes('reads'),
    deletions: events.includes('writes'),
    changes: events.includes('writes'),
  };
  return [
    ...counted
      .filter((name) => takes[name] && limits[name] !== undefined)
      .map((name) => ({
        // At least so many are enough to warn; that there may be more is a rule of its own.
        when: `events_read && ${name}_at_least > ${name}_limit`,
        say: `{${name}_at_least} ${words[name]} in ${formatDuration(window)} (limit {${name}_limit}): {${name}_by}`,
      })),
    { when: 'events_read && !events_complete', say: 'events not all read: {unread}' },
    { when: '!events_read', say: 'events not read: {unread}' },
  ];
}

/**
 * Events take another right than trails, and may take longer than the check has: the trails are told all the same. At the
 * timeout what came so far is returned in the turn of the abort, which the attempt still waits for.
 */
async function events(reader: Reader, target: Target, now: Date): Promise<Facts> {
  const { window, max_pages: mostPages, ignore } = target;
  if (window === 'off') return { ...noEvents, events_read: false, unread: [] };
  try {
    const since = new Date(now.getTime() - window);
    const seen = await readEvents(reader, [...new Set(target.events)], { since, until: now, mostPages });
    return { ...eventFacts(seen, ignore), events_read: true, unread: cutOff(seen) };
  } catch (error) {
    const late = reader.signal.aborted && error instanceof Unmeasured;
    const unread = late ? `no answer before the check’s timeout → ${more}` : reasonOf(error, reader.signal);
    return { ...noEvents, events_read: false, unread: [unread] };
  }
}
