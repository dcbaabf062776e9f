import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import cloudwatchAlarms from '../../../../src/checks/cloudwatch-alarms.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { judgedByDefault } from '../../../support/probes.ts';

const state: CloudWatchState = { metrics: [] };
const aws = new AwsServer([cloudWatchStandIn(state)]);
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const asked = new Set<string>();

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  for (const { action } of aws.calls) asked.add(action);
  aws.mend();
  aws.forget();
  state.alarms = {
    'api-5xx': { state: 'OK' },
    'db-cpu': { state: 'OK' },
    platform: { state: 'OK', kind: 'CompositeAlarm' },
    'log-errors': { state: 'OK', kind: 'LogAlarm' },
  };
  state.changes = [];
});

type Params = Parameters<typeof measure<typeof cloudwatchAlarms.params>>[1];
const look = (params: Params = {}) => measure(cloudwatchAlarms, { region: freshRegion(), ...params });
const iamFor = (params: Params) => cloudwatchAlarms.iamFor?.(cloudwatchAlarms.params.parse(params));
const many = (count: number, alarmState: 'OK' | 'ALARM' = 'OK') =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a-${i}`, { state: alarmState }]));

describe('what it measures', () => {
  test('healthy: alarms of every kind, none in ALARM', async () => {
    const { facts } = await look();
    expect(facts).toEqual({
      alarms: 4,
      complete: true,
      ignored: 0,
      in_alarm: [],
      in_alarm_count: 0,
      longest_in_alarm_s: null,
      insufficient_data: [],
      all_have_data: true,
      not_evaluated: [],
      actions_disabled: [],
      missing: [],
      history_read: true,
      went_off: [],
      times_went_off: 0,
      unread: [],
    });
    expect(fired(cloudwatchAlarms, {}, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(cloudwatchAlarms.facts({} as never)).sort());
  });

  test('failed: alarms in ALARM, and since when the first of them is', async () => {
    state.alarms = {
      ...state.alarms,
      'api-5xx': { state: 'ALARM', since: ago(35) },
      platform: { state: 'ALARM', kind: 'CompositeAlarm', since: ago(5) },
    };
    const { facts } = await look();
    expect(facts).toMatchObject({ in_alarm: ['api-5xx', 'platform'], in_alarm_count: 2, longest_in_alarm_s: 35 * 60 });
    expect(fired(cloudwatchAlarms, {}, facts)).toEqual(['fail size(in_alarm) > 0']);
  });

  test('degraded: actions that are disabled tell nobody', async () => {
    state.alarms!['db-cpu'] = { state: 'OK', actionsEnabled: false };
    const { facts } = await look();
    expect(fired(cloudwatchAlarms, {}, facts)).toEqual(['warn size(actions_disabled) > 0']);
    expect(facts.actions_disabled).toEqual(['db-cpu']);
  });

  test('the alarms of target tracking are in ALARM as part of their work', async () => {
    state.alarms!['TargetTracking-service/prod/web-AlarmLow-1'] = { state: 'ALARM' };
    expect((await look()).facts).toMatchObject({ ignored: 1, in_alarm: [], alarms: 4 });
    expect((await look({ ignore: [] })).facts).toMatchObject({ ignored: 0, in_alarm_count: 1 });
    const named = { names: ['TargetTracking-service/prod/web-AlarmLow-1'] };
    expect((await look(named)).facts).toMatchObject({ in_alarm_count: 1 });
  });

  test('a prefix asks for those alone', async () => {
    state.alarms!['db-cpu'] = { state: 'ALARM' };
    expect((await look({ prefix: 'api-' })).facts).toMatchObject({ alarms: 1, in_alarm: [] });
    expect(aws.calls[0]?.input).toMatchObject({ AlarmNamePrefix: 'api-', MaxRecords: 100 });
  });

  test('an alarm without data: unknown, a warning or nothing, as the operator says', async () => {
    state.alarms!['db-cpu'] = { state: 'INSUFFICIENT_DATA' };
    const { facts } = await look();
    expect(facts).toMatchObject({ insufficient_data: ['db-cpu'], all_have_data: null });
    expect(cloudwatchAlarms.facts({} as never).all_have_data?.whyAbsent?.(facts)).toBe(
      'no data in db-cpu: check what they watch, or set `insufficient`',
    );
    expect(await awsVerdict(cloudwatchAlarms, {})).toBe('unknown');
    expect(await awsVerdict(cloudwatchAlarms, { insufficient: 'warn' })).toBe('warn');
    expect(await awsVerdict(cloudwatchAlarms, { insufficient: 'ok' })).toBe('ok');
  });

  test('names with control characters and a long list are cut for people', async () => {
    state.alarms = { '\u001b[31mred\u001b[0m\nline': { state: 'ALARM' }, ...many(30, 'ALARM') };
    const { facts } = await look();
    expect(facts.in_alarm_count).toBe(31);
    expect(facts.in_alarm).toHaveLength(21);
    expect((facts.in_alarm as string[])[0]).toBe('red\nline');
    expect((facts.in_alarm as string[]).at(-1)).toBe('and 11 more');
  });
});

describe('the history', () => {
  const off = (alarm: string, minutes: number, more = {}) => ({
    ...{ alarm, at: ago(minutes), from: 'OK' as const, to: 'ALARM' as const },
    ...more,
  });

  test('counts what went to ALARM in the window, composite alarms too, the most often first', async () => {
    state.changes = [
      off('db-cpu', 10),
      { ...off('api-5xx', 20), from: 'ALARM', to: 'OK' },
      off('api-5xx', 30, { data: false }),
      off('api-5xx', 1_439),
      off('api-5xx', 1_441),
      off('platform', 31, { kind: 'CompositeAlarm' }),
      off('of another team', 5),
    ];
    delete state.alarms!['of another team'];
    expect((await look()).facts).toMatchObject({
      went_off: ['api-5xx ×2', 'db-cpu ×1', 'platform ×1'],
      times_went_off: 4,
    });
    expect((await look({ history: '15m' })).facts).toMatchObject({ went_off: ['db-cpu ×1'] });
  });

  test('past 1,000 changes the number is not known', async () => {
    state.changes = Array.from({ length: 1_001 }, (_, i) => off('api-5xx', i / 60));
    expect((await look()).facts).toMatchObject({
      went_off: ['api-5xx ×1000'],
      times_went_off: null,
      unread: ['changes of state before the newest 1,000'],
    });
    expect(aws.counts()['cloudwatch:DescribeAlarmHistory']).toBe(10);
  });

  test('past 1,000 changes of others nobody says that none of these went off', async () => {
    state.changes = Array.from({ length: 1_001 }, (_, i) => off('of another team', i / 60));
    const cut = (await look()).facts;
    expect(cut).toMatchObject({ history_read: true, went_off: null, times_went_off: null });
    state.changes.push(off('db-cpu', 600));
    // Named, it is asked for by its name.
    expect((await look({ names: ['api-5xx', 'db-cpu'] })).facts).toMatchObject({
      ...{ went_off: ['db-cpu ×1'], times_went_off: 1, unread: [] },
    });
    const asked = aws.calls.filter(({ action }) => action === 'cloudwatch:DescribeAlarmHistory').slice(-2);
    expect(asked.map(({ input }) => input.AlarmName).sort()).toEqual(['api-5xx', 'db-cpu']);
  });

  test('of many names the history is asked for once', async () => {
    state.alarms = many(11);
    await look({ names: Object.keys(state.alarms) });
    expect(aws.counts()['cloudwatch:DescribeAlarmHistory']).toBe(1);
  });

  test('off: not asked for', async () => {
    const { facts } = await look({ history: 'off' });
    expect(facts).toMatchObject({ history_read: false, went_off: null, unread: [] });
    expect(fired(cloudwatchAlarms, { history: 'off' }, facts)).toEqual([]);
    expect(aws.counts()).toEqual({ 'cloudwatch:DescribeAlarms': 1 });
    expect(iamFor({ history: 'off' })).toEqual(Object.keys(aws.counts()));
    expect(iamFor({})).toEqual(cloudwatchAlarms.iam);
  });

  test('a hang hides no alarm; else it is named, and warns: no rule judges the history', async () => {
    const action = 'cloudwatch:DescribeAlarmHistory';
    const slow = () => verdictWithSlowPart(aws, action, cloudwatchAlarms, { region: freshRegion() });
    expect(await slow()).toMatchObject({ verdict: 'warn', unread: [expect.stringContaining(action)] });
    aws.mend();
    state.alarms!['api-5xx'] = { state: 'ALARM' };
    expect(await slow()).toMatchObject({ verdict: 'fail', facts: { in_alarm: ['api-5xx'], went_off: null } });
  });

  test('not permitted: the state is told all the same', async () => {
    state.alarms!['api-5xx'] = { state: 'ALARM' };
    aws.break('denied', { action: 'cloudwatch:DescribeAlarmHistory' });
    const { facts } = await look({ region: 'eu-central-1' });
    expect(fired(cloudwatchAlarms, {}, facts)).toEqual(['fail size(in_alarm) > 0', 'warn !history_read']);
    expect(facts.unread).toEqual([
      'cloudwatch:DescribeAlarmHistory on all alarms in eu-central-1: AccessDenied → grant cloudwatch:DescribeAlarmHistory',
    ]);
  });
});

describe('size', () => {
  test('250 alarms are 3 pages', async () => {
    state.alarms = many(250);
    expect((await look({ history: 'off' })).facts).toMatchObject({ alarms: 250, complete: true });
    expect(aws.counts()).toEqual({ 'cloudwatch:DescribeAlarms': 3 });
  });

  test('past 2,000 nobody says that none is in ALARM', async () => {
    state.alarms = { ...many(2_000), late: { state: 'ALARM' } };
    const { facts } = await look({ history: 'off' });
    expect(facts).toMatchObject({ alarms: 2_000, complete: false, in_alarm: null, in_alarm_count: null });
    expect(judgedByDefault(cloudwatchAlarms, { history: 'off' }, facts)).toBe('unknown');
    state.alarms = { first: { state: 'ALARM' }, ...state.alarms };
    expect(await awsVerdict(cloudwatchAlarms, { history: 'off', region: freshRegion() })).toBe('fail');
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied', { action: 'cloudwatch:DescribeAlarms' });
    expect(await refusal(look({ prefix: 'api-', region: 'eu-west-1' }))).toEqual({
      reason: 'denied',
      message: 'cloudwatch:DescribeAlarms on alarms api-… in eu-west-1: AccessDenied',
      next: 'grant cloudwatch:DescribeAlarms',
      retryable: false,
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look({ region: 'eu-north-1' }))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('no alarms at all', async () => {
    expect(await refusal(look({ prefix: 'nope', region: 'eu-west-1' }))).toMatchObject({
      reason: 'empty',
      message: 'alarms nope… in eu-west-1: there is none',
      next: 'check prefix, ignore, account and region',
    });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang');
    const arrived = aws.nextCall('cloudwatch:DescribeAlarms');
    const stop = new AbortController();
    const measured = refusal(measure(cloudwatchAlarms, { region: 'eu-south-1' }, { signal: stop.signal }));
    const call = await arrived;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });
});

describe('planted faults', () => {
  const only = (alarms: CloudWatchState['alarms']) => () => {
    state.alarms = alarms;
  };
  const plant = (name: string, alarm: NonNullable<CloudWatchState['alarms']>[string]) => () => {
    state.alarms![name] = alarm;
  };
  it.each<[string, () => void, 'fail' | 'warn' | 'unknown', Params?]>([
    ['a metric alarm', plant('api-5xx', { state: 'ALARM' }), 'fail'],
    ['a composite alarm', plant('platform', { state: 'ALARM', kind: 'CompositeAlarm' }), 'fail'],
    ['a log alarm', plant('log-errors', { state: 'ALARM', kind: 'LogAlarm' }), 'fail'],
    ['an alarm with disabled actions', plant('db-cpu', { state: 'ALARM', actionsEnabled: false }), 'fail'],
    ['an alarm on the third page', only({ ...many(250), z: { state: 'ALARM' } }), 'fail'],
    ['a named alarm that was deleted', () => void delete state.alarms!['db-cpu'], 'fail', { names: ['db-cpu'] }],
    ['no data', plant('db-cpu', { state: 'INSUFFICIENT_DATA' }), 'unknown'],
    ['no data, as a warning', plant('db-cpu', { state: 'INSUFFICIENT_DATA' }), 'warn', { insufficient: 'warn' }],
    ['an alarm that is not evaluated', plant('db-cpu', { state: 'OK', evaluationState: 'EVALUATION_ERROR' }), 'warn'],
    ['an alarm of partial data', plant('db-cpu', { state: 'OK', evaluationState: 'PARTIAL_DATA' }), 'warn'],
    ['disabled actions', plant('db-cpu', { state: 'OK', actionsEnabled: false }), 'warn'],
    ['an alarm without a state', plant('db-cpu', { state: undefined }), 'unknown'],
    ['no alarms', only({}), 'unknown'],
    ['only ignored alarms', only({ 'TargetTracking-x': { state: 'ALARM' } }), 'unknown'],
    ['denied', () => aws.break('denied'), 'unknown'],
    ['denied by an organisation', () => aws.break('explicitly denied'), 'unknown'],
    ['history denied', () => aws.break('denied', { action: 'cloudwatch:DescribeAlarmHistory' }), 'warn'],
    ['throttled', () => aws.break('throttled'), 'unknown'],
    ['expired keys', () => aws.break('expired'), 'unknown'],
    ['an error of AWS', () => aws.break('internal'), 'unknown'],
    ['a proxy’s page', () => aws.break('garbage'), 'unknown'],
    ['an answer with nothing in it', () => aws.break('empty', { action: 'cloudwatch:DescribeAlarms' }), 'unknown'],
    ['a history of nothing at all', () => aws.break('empty', { action: 'cloudwatch:DescribeAlarmHistory' }), 'warn'],
    [
      'an answer with nothing in it about named alarms',
      () => aws.break('empty', { action: 'cloudwatch:DescribeAlarms' }),
      'unknown',
      { names: ['db-cpu'] },
    ],
  ])('%s', async (_, sabotage, expected, params = {}) => {
    const here = { ...params, region: freshRegion() };
    expect(await awsVerdict(cloudwatchAlarms, here)).toBe('ok');
    sabotage();
    expect(await awsVerdict(cloudwatchAlarms, here)).toBe(expected);
  });
});

test('it asks what it says it needs, and nothing else', () => {
  for (const { action } of aws.calls) asked.add(action);
  expect([...asked].sort()).toEqual(cloudwatchAlarms.iam.toSorted());
});
