import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectLogs } from './aws/logs.ts';
import { account, duration, partitionOf, region } from './aws/params.ts';
import { reasonOf } from './aws/reason.ts';
import { type GroupResult, logFacts } from './cloudwatch-logs/facts.ts';
import { countMatches, hasEvents, type LogSearch } from './cloudwatch-logs/read.ts';
import { few } from './facts/few.ts';

const maxWindowMs = 7 * 86_400_000;

const params = z.strictObject({
  log_groups: z
    .array(z.string().regex(/^[\w#+=/:,.@-]{1,2048}$/, 'a log group’s name or ARN'))
    .min(1)
    .max(10)
    .describe('names, or ARNs without the `:*` at the end; at most 10'),
  pattern: z
    .string()
    .min(1)
    .max(1024)
    .describe('filter pattern, as in a metric filter: `ERROR`, `?ERROR ?FATAL`, `{ $.errorCode = * }`'),
  stream_prefix: z.string().min(1).max(512).optional().describe('only log streams whose names begin so'),
  window: duration
    .refine((ms) => ms >= 60_000 && ms <= maxWindowMs, '1m to 7d')
    .prefault('1h')
    .describe('how far back to count, 1m to 7d'),
  limit: z.int().min(1).default(10).describe('matches in the window from which it warns'),
  quiet: z
    .enum(['unknown', 'warn', 'ok'])
    .default('unknown')
    .describe('what a log group without any event in the window means'),
  max_pages: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('read of each group at most, 1 MB or 10,000 matches each; AWS answers 5 a second'),
  account,
  region,
});
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  count: {
    type: 'number',
    help: 'events that match; null if not all were read',
    whyAbsent: ({ unread, at_least: found }) =>
      Array.isArray(unread) && unread.length > 0
        ? unread.join('; ')
        : `at least ${found}, not all were read: a shorter window, or more max_pages`,
  },
  at_least: { type: 'number', help: 'events that match, of those that were read' },
  complete: { type: 'bool', help: 'whether all of every group was read' },
  limit: { type: 'number', help: 'the parameter' },
  pattern: { type: 'string', help: 'the parameter' },
  per_hour: { type: 'number', help: 'count over the window, an hour; null if not all were read' },
  by_group: { type: 'list', help: 'groups with matches and their number' },
  newest_age_s: {
    type: 'number',
    unit: 's',
    help: 'since the newest match; null if there is none or not all were read',
  },
  silent: { type: 'list', help: 'groups without any event in the window, matching or not' },
  logging: {
    type: 'bool',
    help: 'whether every group has events; null if one has none and `quiet` is unknown, or if it can’t be told',
    whyAbsent: ({ silent }) =>
      Array.isArray(silent) && silent.length > 0
        ? `no events at all in ${silent.join(', ')}: check the group and who writes it, or set \`quiet\``
        : 'it could not be told whether a group without matches has events: a longer window, or `quiet: ok`',
  },
  unread: { type: 'list', help: 'groups that could not be read, and why' },
};

export default defineCheck({
  type: 'cloudwatch-logs',
  summary: 'How often a filter pattern matches in CloudWatch log groups; counts only, never what they say',
  catalogue: ['H10'],
  params,
  facts: () => facts,
  rules: ({ window, quiet }) => {
    const silence = `no events at all in ${formatDuration(window)}: {silent}`;
    return {
      warn: [
        {
          // At least so many are enough to warn; that there are few takes all of them.
          when: '!(at_least < limit && count < limit)',
          say: `{at_least} matches of {pattern} in ${formatDuration(window)} (limit {limit}): {by_group}`,
        },
        // Many errors in one group are told whatever is not known of another.
        { when: 'at_least >= limit && size(unread) > 0', say: 'not read: {unread}' },
        ...(quiet === 'ok'
          ? []
          : [
              { when: 'at_least < limit && !logging', say: silence },
              { when: 'at_least >= limit && size(silent) > 0', say: silence },
            ]),
      ],
    };
  },
  okSays: '{count} matches (limit {limit})',
  iam: ['logs:FilterLogEvents'],
  iamFor: ({ log_groups, region }) => [
    { action: 'logs:FilterLogEvents', resources: log_groups.map((group) => groupArn(group, region)) },
  ],
  describe: ({ log_groups, pattern }) => `${pattern} in ${few(log_groups).join(', ')}`,
  lane: (target) => awsLane('logs', target),
  example: `- id: api-errors
  group: api
  every: 5m
  timeout: 20s
  cloudwatch-logs: {log_groups: [/ecs/shop-prod/api], pattern: "?ERROR ?FATAL", window: 1h, limit: 10}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const aws = await connectLogs(whereOf(probe), signal);
    const nowMs = clock.now().getTime();
    const span = { startMs: nowMs - target.window, endMs: nowMs, streamPrefix: target.stream_prefix };
    const groups = [...new Set(target.log_groups)];
    const settled = await Promise.allSettled(
      groups.map((group) => read({ aws, signal: partsSignal, group, ...span }, target)),
    );
    const failed = settled.filter((each) => each.status === 'rejected');
    // Nothing was read: the reason is the whole check's.
    if (failed.length === groups.length) throw failed[0]?.reason;
    const results: GroupResult[] = settled.map((each, i) =>
      each.status === 'fulfilled' ? each.value : { group: groups[i] ?? '', unread: reasonOf(each.reason, signal) },
    );
    const { limit, pattern, window: windowMs, quiet } = target;
    return { facts: { ...logFacts(results, { quiet, windowMs, nowMs }), limit, pattern } };
  },
});

/** As IAM names a log group, its streams included. */
function groupArn(group: string, region: string | undefined): string {
  return group.startsWith('arn:')
    ? `${group}:*`
    : `arn:${partitionOf(region)}:logs:${region ?? '*'}:*:log-group:${group}:*`;
}

async function read(search: LogSearch, { pattern, max_pages, quiet }: Target): Promise<GroupResult> {
  const matches = await countMatches(search, { pattern, mostPages: max_pages });
  // Zero errors of a system that logs nothing are no good news.
  const doubtful = quiet !== 'ok' && matches.found === 0 && matches.complete;
  return { group: search.group, matches, heard: doubtful ? await hasEvents(search) : matches.found > 0 || undefined };
}
