import { z } from 'zod';
import { defineCheck, type FactSpecs, type Facts, type Probe, Unmeasured } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectCloudWatch } from './aws/metric-data.ts';
import { account, duration, region } from './aws/params.ts';
import { reasonOf } from './aws/reason.ts';
import { alarmFacts, firedFacts } from './cloudwatch-alarms/facts.ts';
import { readAlarms, readFired } from './cloudwatch-alarms/read.ts';
import { few } from './facts/few.ts';

const name = z.string().min(1).max(255);

const params = z
  .strictObject({
    names: z.array(name).min(1).max(100).optional().describe('alarms that must be there, at most 100'),
    prefix: name.optional().describe('alarms whose names begin so; default: all of the account and region'),
    ignore: z
      .array(name)
      .default(['TargetTracking-'])
      .describe('beginnings of names that don’t count; those of target tracking are in ALARM as part of their work'),
    insufficient: z
      .enum(['unknown', 'warn', 'ok'])
      .default('unknown')
      .describe('what an alarm without enough data means'),
    history: z
      .union([z.literal('off'), duration])
      .prefault('24h')
      .describe('how far back to count what went off; off = not read'),
    account,
    region,
  })
  .refine(({ names, prefix }) => names === undefined || prefix === undefined, {
    path: ['prefix'],
    error: 'names or prefix, not both',
  });
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  alarms: { type: 'number', help: 'alarms that count: metric, composite and log alarms' },
  complete: { type: 'bool', help: 'whether all were read; past the first 2,000 none is' },
  ignored: { type: 'number', help: 'alarms left out by `ignore`' },
  in_alarm: { type: 'list', help: 'alarms in ALARM; null if none was found and not all were read' },
  in_alarm_count: { type: 'number', help: 'their number; null if not all were read' },
  longest_in_alarm_s: { type: 'number', unit: 's', help: 'since when the first of them is in ALARM; null if none is' },
  insufficient_data: { type: 'list', help: 'alarms in INSUFFICIENT_DATA' },
  all_have_data: {
    type: 'bool',
    help: 'whether none is in INSUFFICIENT_DATA; null if one is and `insufficient` is unknown',
    whyAbsent: ({ insufficient_data: silent, complete }) =>
      Array.isArray(silent) && silent.length > 0
        ? `no data in ${silent.join(', ')}: check what they watch, or set \`insufficient\``
        : complete === false
          ? 'more than 2,000 alarms: name them, or give a prefix'
          : undefined,
  },
  not_evaluated: { type: 'list', help: 'alarms that CloudWatch could not evaluate, whatever they say, and why' },
  actions_disabled: { type: 'list', help: 'alarms whose actions are disabled: they tell nobody' },
  missing: { type: 'list', help: 'alarms of `names` that are not there' },
  history_read: { type: 'bool', help: 'whether the history was read' },
  went_off: {
    type: 'list',
    help: 'alarms that went to ALARM in the time of `history`, with how often; null if none was found and not all of it was read',
  },
  times_went_off: { type: 'number', help: 'how often together; null if not all of it was read' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'cloudwatch-alarms',
  summary: 'CloudWatch alarms: which are in ALARM, without data, disabled, and which went off lately',
  catalogue: ['H9'],
  params,
  facts: () => facts,
  rules: ({ insufficient, history }) => ({
    fail: [
      { when: 'size(in_alarm) > 0', say: 'in ALARM: {in_alarm}' },
      { when: 'size(missing) > 0', say: 'no such alarm: {missing}' },
    ],
    warn: [
      ...(insufficient === 'ok' ? [] : [{ when: '!all_have_data', say: 'without data: {insufficient_data}' }]),
      { when: 'size(not_evaluated) > 0', say: 'not evaluated: {not_evaluated}' },
      { when: 'size(actions_disabled) > 0', say: 'tell nobody, actions are disabled: {actions_disabled}' },
      ...(history === 'off' ? [] : [{ when: '!history_read', say: 'history not read: {unread}' }]),
    ],
  }),
  okSays: '{alarms} alarms, none in ALARM',
  iam: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
  iamFor: ({ history }) => [
    'cloudwatch:DescribeAlarms',
    ...(history === 'off' ? [] : ['cloudwatch:DescribeAlarmHistory']),
  ],
  describe: (target) => `CloudWatch ${subject(target)}`,
  lane: (target) => awsLane('cloudwatch', target),
  example: `- id: alarms
  group: api
  cloudwatch-alarms: {prefix: shop-prod-, region: eu-west-1}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const reader = { aws: await connectCloudWatch(whereOf(probe), signal), signal, what: subject(target) };
    const { items, complete } = await readAlarms(reader, target);
    const counts = (alarm: string) =>
      target.names?.includes(alarm) || !target.ignore.some((start) => alarm.startsWith(start));
    const alarms = items.filter((alarm) => counts(alarm.name));
    if (alarms.length === 0 && !target.names)
      throw new Unmeasured('empty', `${reader.what} in ${reader.aws.region}: there is none`, {
        next: 'check prefix, ignore, account and region',
      });
    const there = new Set(alarms.map((alarm) => alarm.name));
    const now = clock.now();
    return {
      facts: {
        ...alarmFacts(alarms, { complete, insufficient: target.insufficient, now }),
        ignored: items.length - alarms.length,
        missing: few((target.names ?? []).filter((wanted) => !there.has(wanted))),
        ...(await history({ ...reader, signal: partsSignal }, target, { there, now, signal })),
      },
    };
  },
});

function subject({ names, prefix }: Target): string {
  if (names) return `alarms ${few(names).join(', ')}`;
  return prefix === undefined ? 'all alarms' : `alarms ${prefix}…`;
}

/** The history takes another right: without it the state is told all the same. */
async function history(
  reader: Parameters<typeof readFired>[0],
  { history: window, names: asked }: Target,
  { there, now, signal }: { there: Set<string>; now: Date; signal: AbortSignal },
): Promise<Facts> {
  const nothing = { history_read: false, went_off: null, times_went_off: null };
  if (window === 'off') return { ...nothing, unread: [] };
  try {
    const span = { since: new Date(now.getTime() - window), until: now };
    const { names, complete } = await readFired(reader, span, asked);
    const unread = complete ? [] : ['changes of state before the newest 1,000'];
    const ours = names.filter((alarm) => there.has(alarm));
    return { history_read: true, ...firedFacts(ours, complete), unread };
  } catch (error) {
    return { ...nothing, unread: [reasonOf(error, signal)] };
  }
}
