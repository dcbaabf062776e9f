import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import awsHealth from '../../../../src/checks/aws-health.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { type HealthState, healthStandIn, type StandInHealthEvent } from '../../../support/aws/health.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { judgedByDefault } from '../../../support/probes.ts';

type Params = z.input<typeof awsHealth.params>;
const state: HealthState = { plan: 'business', events: [] };
const aws = new AwsServer([healthStandIn(state)]);
const asked = new Set<string>();
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const issue = (more: Partial<StandInHealthEvent> = {}): StandInHealthEvent => ({
  ...{ service: 'RDS', code: 'AWS_RDS_OPERATIONAL_ISSUE', category: 'issue', status: 'open', startsAt: inHours(-1) },
  ...more,
});
const change = (hours: number, more: Partial<StandInHealthEvent> = {}): StandInHealthEvent => ({
  ...{ service: 'EC2', code: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED', category: 'scheduledChange' },
  ...{ status: hours > 0 ? 'upcoming' : 'open', startsAt: inHours(hours) },
  ...more,
});
const look = (params: Params = {}) => measure(awsHealth, params);

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  for (const { action } of aws.calls) asked.add(action);
  aws.mend();
  aws.forget();
  state.plan = 'business';
  state.events = [issue({ status: 'closed' }), issue({ region: 'ap-southeast-2' })];
});

describe('what it measures', () => {
  test('healthy: nothing open here', async () => {
    const { facts } = await look();
    expect(facts).toEqual({
      ...{ events: 0, complete: true, issues: [], issues_of_account: [], changes_soon: [], changes_later: [] },
      ...{ action_required: [], notices: null },
    });
    expect(fired(awsHealth, {}, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(awsHealth.facts({} as never)).sort());
  });

  test('it asks us-east-1 about the check’s own region, and about what has none', async () => {
    await look({ region: 'eu-central-1', services: ['RDS'] });
    expect(aws.calls).toMatchObject([{ region: 'us-east-1', input: { maxResults: 100 } }]);
    expect(aws.calls[0]?.input.filter).toEqual({
      ...{ regions: ['eu-central-1', 'global'], services: ['RDS'] },
      ...{ eventTypeCategories: ['issue', 'scheduledChange'], eventStatusCodes: ['open', 'upcoming'] },
    });
  });

  test('an open issue: service, kind, zone and since when', async () => {
    state.events = [
      issue({ zone: 'eu-west-1b', scope: 'ACCOUNT_SPECIFIC' }),
      issue({ service: 'IAM', code: 'AWS_IAM_OPERATIONAL_ISSUE', region: 'global' }),
    ];
    const { facts } = await look();
    expect(facts.issues).toEqual([
      'RDS AWS_RDS_OPERATIONAL_ISSUE eu-west-1b (since 2026-11-23 11:15 UTC)',
      'IAM AWS_IAM_OPERATIONAL_ISSUE global (since 2026-11-23 11:15 UTC)',
    ]);
    expect(facts.issues_of_account).toEqual(['RDS AWS_RDS_OPERATIONAL_ISSUE eu-west-1b (since 2026-11-23 11:15 UTC)']);
    expect(fired(awsHealth, {}, facts)).toEqual(['warn size(issues) > 0']);
  });

  test('scheduled changes: under way, within the notice, later', async () => {
    state.events = [change(-2), change(335), change(337)];
    const { facts } = await look();
    expect(facts.changes_soon).toEqual([
      'EC2 AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED eu-west-1 (since 2026-11-23 10:15 UTC)',
      'EC2 AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED eu-west-1 (from 2026-12-07 11:15 UTC)',
    ]);
    expect(facts.changes_later).toHaveLength(1);
    expect(fired(awsHealth, {}, facts)).toEqual(['warn size(changes_soon) > 0']);
  });

  test('services and categories that are not asked for don’t count', async () => {
    state.events = [issue(), change(1), issue({ category: 'accountNotification', code: 'AWS_BILLING_NOTICE' })];
    expect((await look({ services: ['ECS'] })).facts).toMatchObject({ events: 0 });
    expect((await look({ categories: ['accountNotification'] })).facts).toMatchObject({
      ...{
        events: 1,
        issues: null,
        changes_soon: null,
        notices: ['RDS AWS_BILLING_NOTICE eu-west-1 (since 2026-11-23 11:15 UTC)'],
      },
    });
  });

  test('250 events are three pages; past 500 nobody says that there is no issue', async () => {
    state.events = Array.from({ length: 250 }, () => change(400));
    expect((await look()).facts).toMatchObject({ events: 250, changes_soon: [] });
    expect(aws.counts()).toEqual({ 'health:DescribeEvents': 3 });
    state.events = [...Array.from({ length: 500 }, () => change(400)), issue()];
    const { facts } = await look();
    expect(facts).toMatchObject({ events: null, complete: false, issues: null, changes_soon: null });
    expect(judgedByDefault(awsHealth, {}, facts)).toBe('unknown');
  });
});

describe('what it can not measure is never a verdict', () => {
  test('without a support plan: not entitled, never a failure', async () => {
    state.plan = 'basic';
    expect(await refusal(look())).toEqual({
      reason: 'not_entitled',
      message:
        'health:DescribeEvents on events of eu-west-1, global in us-east-1: the account has no support plan that includes the AWS Health API',
      next: 'take a plan of AWS Support from Business up, or remove the check',
      retryable: false,
    });
    expect(aws.counts()).toEqual({ 'health:DescribeEvents': 1 });
  });

  test('not permitted', async () => {
    aws.break('denied');
    expect(await refusal(look())).toMatchObject({ reason: 'denied', next: 'grant health:DescribeEvents' });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look())).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang');
    const arrived = aws.nextCall('health:DescribeEvents');
    const stop = new AbortController();
    const measured = refusal(measure(awsHealth, {}, { signal: stop.signal }));
    const call = await arrived;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });

  test.for([['eu_west_1'], ['global'], Array.from({ length: 10 }, (_, i) => `eu-west-${i}`)])(
    'no regions: %s',
    (regions) => {
      expect(awsHealth.params.safeParse({ regions }).success).toBe(false);
    },
  );

  test.for([
    ['cn-north-1', 'cn-northwest-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
  ])('in %s it asks %s', async ([region = '', asks]) => {
    await refusal(look({ region }));
    expect(new Set(aws.calls.map((call) => call.region))).toEqual(new Set([asks]));
  });
});

describe('planted faults', () => {
  const happen =
    (...events: StandInHealthEvent[]) =>
    () =>
      state.events.push(...events);
  it.each<[string, () => void, 'warn' | 'unknown', Params?]>([
    ['an open issue of a region', happen(issue()), 'warn'],
    ['an open issue of a zone', happen(issue({ zone: 'eu-west-1b' })), 'warn'],
    ['an open issue of what has no region', happen(issue({ region: 'global' })), 'warn'],
    ['an open issue of a second region', happen(), 'warn', { regions: ['eu-west-1', 'ap-southeast-2'] }],
    ['an open issue on the third page', happen(...Array.from({ length: 200 }, () => change(400)), issue()), 'warn'],
    ['an open issue without a start', happen(issue({ startsAt: undefined })), 'warn'],
    ['a change under way', happen(change(-1)), 'warn'],
    ['a change tomorrow', happen(change(24)), 'warn'],
    ['a change without a date', happen(change(24, { startsAt: undefined })), 'warn'],
    ['a change in three weeks, with a month’s notice', happen(change(500)), 'warn', { notice: '30d' }],
    ['a notice to act on', happen(change(20, { actionability: 'ACTION_REQUIRED' })), 'warn'],
    [
      'a notification to act on',
      happen(issue({ category: 'accountNotification', actionability: 'ACTION_REQUIRED' })),
      'warn',
      { categories: ['accountNotification'] },
    ],
    ['an event without its service', happen(issue({ service: undefined })), 'unknown'],
    ['an event without its status', happen(issue({ status: undefined })), 'unknown'],
    ['no support plan', () => void Object.assign(state, { plan: 'basic' }), 'unknown'],
    ['denied', () => aws.break('denied'), 'unknown'],
    ['denied by an organisation', () => aws.break('explicitly denied'), 'unknown'],
    ['throttled', () => aws.break('throttled'), 'unknown'],
    ['expired keys', () => aws.break('expired'), 'unknown'],
    ['not opted in', () => aws.break('not subscribed'), 'unknown'],
    ['an error of AWS', () => aws.break('internal'), 'unknown'],
    ['a proxy’s page', () => aws.break('garbage'), 'unknown'],
    ['an answer with nothing in it', () => aws.break('empty'), 'unknown'],
  ])('%s', async (_, sabotage, expected, params = {}) => {
    expect(await awsVerdict(awsHealth, {})).toBe('ok');
    sabotage();
    expect(await awsVerdict(awsHealth, params)).toBe(expected);
  });
});

test('it asks what it says it needs, and nothing else', () => {
  for (const { action } of aws.calls) asked.add(action);
  expect([...asked].sort()).toEqual(awsHealth.iam.toSorted());
});
