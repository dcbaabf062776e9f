import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import cloudwatchLogs from '../../../../src/checks/cloudwatch-logs.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { type LogEvent, type LogsState, logsStandIn } from '../../../support/aws/logs.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { judgedByDefault } from '../../../support/probes.ts';

const state: LogsState = { groups: {} };
const aws = new AwsServer([logsStandIn(state)]);
const asked = new Set<string>();
const at = (minutes: number, message = 'ERROR patient 4711 not found'): LogEvent => ({
  at: new Date(now.getTime() - minutes * 60_000),
  message,
});
const times = (count: number, message?: string) => Array.from({ length: count }, () => at(5, message));
const params = { log_groups: ['/ecs/api'], pattern: 'ERROR' };
type Params = typeof params & {
  log_groups?: string[];
  quiet?: 'unknown' | 'warn' | 'ok';
  max_pages?: number;
  limit?: number;
  window?: string;
  region?: string;
  stream_prefix?: string;
};
const look = (more: Partial<Params> = {}) => measure(cloudwatchLogs, { ...params, region: freshRegion(), ...more });

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  for (const { action } of aws.calls) asked.add(action);
  aws.mend();
  aws.forget();
  state.groups = {
    ...{ '/ecs/api': [at(3, 'INFO started'), at(4), at(20)], '/ecs/web': [at(1, 'INFO started')] },
    '/ecs/quiet': [],
  };
  state.pageSize = undefined;
  state.emptyPages = undefined;
});

describe('what it measures', () => {
  test('healthy: a count under the limit, and nothing of what the events say', async () => {
    const { facts } = await look();
    expect(facts).toEqual({
      count: 2,
      at_least: 2,
      complete: true,
      limit: 10,
      pattern: 'ERROR',
      per_hour: 2,
      by_group: ['/ecs/api 2'],
      newest_age_s: 240,
      silent: [],
      logging: true,
      unread: [],
    });
    expect(fired(cloudwatchLogs, params, facts)).toEqual([]);
    expect(JSON.stringify(facts)).not.toMatch(/patient|4711/);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(cloudwatchLogs.facts({} as never)).sort());
  });

  test('degraded: as many as the limit warn; one less does not', async () => {
    state.groups['/ecs/api'] = times(9);
    expect(await awsVerdict(cloudwatchLogs, params)).toBe('ok');
    state.groups['/ecs/api'] = times(10);
    const { facts } = await look();
    expect(facts).toMatchObject({ count: 10, per_hour: 10 });
    expect(fired(cloudwatchLogs, params, facts)).toEqual(['warn !(at_least < limit && count < limit)']);
  });

  test('the window: older ones are not asked for', async () => {
    state.groups['/ecs/api'] = [at(14), at(15.01), at(59), at(61)];
    expect((await look({ window: '15m' })).facts).toMatchObject({ count: 1, per_hour: 4 });
    expect((await look()).facts.count).toBe(3);
    expect(aws.calls[0]?.input).toMatchObject({ startTime: now.getTime() - 900_000, endTime: now.getTime() });
  });

  test('patterns of JSON events: CloudTrail’s error codes, refused flows', async () => {
    state.groups['/trail'] = [
      at(1, JSON.stringify({ eventName: 'GetObject', errorCode: 'AccessDenied' })),
      at(2, JSON.stringify({ eventName: 'GetObject' })),
      at(2, JSON.stringify({ action: 'REJECT' })),
      at(2, JSON.stringify({ action: 'ACCEPT' })),
    ];
    const trail = { log_groups: ['/trail'] };
    expect((await look({ ...trail, pattern: '{ $.errorCode = * }' })).facts.count).toBe(1);
    expect((await look({ ...trail, pattern: '{ $.action = "REJECT" }' })).facts.count).toBe(1);
  });

  test('several groups together, by name or ARN, one stream’s prefix', async () => {
    state.groups['/ecs/web'] = [
      { ...at(2), stream: 'blue/1' },
      { ...at(2), stream: 'green/1' },
    ];
    const groups = ['/ecs/api', 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web'];
    const { facts } = await look({ log_groups: groups });
    expect(facts).toMatchObject({ count: 4, by_group: ['/ecs/api 2', `${groups[1]} 2`] });
    expect((await look({ log_groups: ['/ecs/web'], stream_prefix: 'blue/' })).facts.count).toBe(1);
  });

  test('empty pages are not the end', async () => {
    state.emptyPages = 2;
    expect((await look()).facts).toMatchObject({ count: 2, complete: true });
    expect(aws.counts()['logs:FilterLogEvents']).toBe(3);
  });
});

describe('more than it reads', () => {
  test('at least so many: enough for a warning, never for an ok', async () => {
    state.pageSize = 4;
    state.groups['/ecs/api'] = times(30);
    const { facts } = await look({ max_pages: 5 });
    expect(facts).toMatchObject({ count: null, at_least: 20, complete: false, per_hour: null, newest_age_s: null });
    expect(facts.by_group).toEqual(['/ecs/api at least 20']);
    const bounded = (max_pages: number) => awsVerdict(cloudwatchLogs, { ...params, max_pages, region: freshRegion() });
    expect(await bounded(5)).toBe('warn');
    expect(await bounded(2)).toBe('unknown');
    expect(cloudwatchLogs.facts({} as never).count?.whyAbsent?.({ ...facts, at_least: 8 })).toBe(
      'at least 8, not all were read: a shorter window, or more max_pages',
    );
  });

  test('empty pages up to the bound: nothing was found, and nobody says that there is nothing', async () => {
    state.emptyPages = 50;
    const { facts } = await look();
    expect(facts).toMatchObject({ count: null, at_least: 0, complete: false, logging: null });
    expect(aws.counts()['logs:FilterLogEvents']).toBe(5);
  });
});

describe('no matches in a group', () => {
  test('that logs other things: ok', async () => {
    const web = { log_groups: ['/ecs/web'] };
    expect((await look(web)).facts).toMatchObject({ count: 0, logging: true, silent: [], newest_age_s: null });
    expect(aws.calls.at(-1)?.input).toMatchObject({ limit: 1 });
    expect(aws.calls.at(-1)?.input.filterPattern).toBeUndefined();
    expect(await awsVerdict(cloudwatchLogs, { ...params, ...web })).toBe('ok');
  });

  test('that logs nothing at all: unknown, a warning or ok, as the operator says', async () => {
    state.groups['/ecs/web'] = [at(90, 'INFO long ago')];
    const web = { ...params, log_groups: ['/ecs/api', '/ecs/web'] };
    const { facts } = await measure(cloudwatchLogs, web);
    expect(facts).toMatchObject({ count: 2, logging: null, silent: ['/ecs/web'] });
    expect(cloudwatchLogs.facts({} as never).logging?.whyAbsent?.(facts)).toBe(
      'no events at all in /ecs/web: check the group and who writes it, or set `quiet`',
    );
    expect(await awsVerdict(cloudwatchLogs, web)).toBe('unknown');
    expect(await awsVerdict(cloudwatchLogs, { ...web, quiet: 'warn' })).toBe('warn');
    expect(await awsVerdict(cloudwatchLogs, { ...web, quiet: 'ok' })).toBe('ok');
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied');
    expect(await refusal(look({ region: 'eu-west-1' }))).toEqual({
      reason: 'denied',
      message: 'logs:FilterLogEvents on log group /ecs/api in eu-west-1: AccessDenied',
      next: 'grant logs:FilterLogEvents',
      retryable: false,
    });
  });

  test('no such log group', async () => {
    expect(await refusal(look({ log_groups: ['/ecs/gone'], region: 'eu-west-1' }))).toMatchObject({
      reason: 'misconfigured',
      message: 'logs:FilterLogEvents on log group /ecs/gone in eu-west-1: no such resource',
      next: "check the resource's name and region",
    });
  });

  test('a pattern that is none', async () => {
    expect(await refusal(look({ pattern: '{ $.a', region: 'eu-west-1' }))).toMatchObject({
      reason: 'misconfigured',
      message: 'logs:FilterLogEvents on log group /ecs/api in eu-west-1: Invalid filter pattern',
    });
  });

  test('one group of two: what the other has is told, and the sum is not known', async () => {
    const two = { ...params, log_groups: ['/ecs/api', '/ecs/gone'] };
    const { facts } = await measure(cloudwatchLogs, two);
    expect(facts).toMatchObject({
      count: null,
      at_least: 2,
      complete: false,
      unread: [expect.stringContaining('gone')],
    });
    expect(cloudwatchLogs.facts({} as never).count?.whyAbsent?.(facts)).toContain('/ecs/gone');
    expect(await awsVerdict(cloudwatchLogs, two)).toBe('unknown');
    state.groups['/ecs/api'] = times(12);
    expect(await awsVerdict(cloudwatchLogs, two)).toBe('warn');
    expect(fired(cloudwatchLogs, two, (await measure(cloudwatchLogs, two)).facts)).toEqual([
      'warn !(at_least < limit && count < limit)',
      'warn at_least >= limit && size(unread) > 0',
    ]);
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look({ region: 'eu-north-1' }))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang in one of two groups hides no matches of the other; else unknown, and named', async () => {
    const slow = (log_groups: string[]) =>
      verdictWithSlowPart(
        ...([
          aws,
          'logs:FilterLogEvents',
          cloudwatchLogs,
          { ...params, log_groups, region: freshRegion() },
          1,
        ] as const),
      );
    const two = ['/ecs/api', '/ecs/web'];
    expect(await slow(two)).toMatchObject({
      ...{ verdict: 'unknown', unread: [expect.stringContaining('logs:FilterLogEvents on log group /ecs/')] },
    });
    for (const group of two) state.groups[group] = times(12);
    expect(await slow(two)).toMatchObject({ verdict: 'warn', facts: { at_least: 12, count: null } });
  });

  test('a hang on the second page hides no matches of the first', async () => {
    const later = { ...params, region: freshRegion() };
    state.pageSize = 12;
    state.groups['/ecs/api'] = times(13);
    const [stop, parts] = [new AbortController(), new AbortController()];
    const seen = measure(cloudwatchLogs, later, { signal: stop.signal, partsSignal: parts.signal });
    await aws.nextCall('logs:FilterLogEvents');
    aws.break('hang');
    await aws.nextCall('logs:FilterLogEvents');
    parts.abort();
    const { facts } = await seen;
    expect(facts).toMatchObject({ at_least: 12, count: null, complete: false });
    expect(judgedByDefault(cloudwatchLogs, later, facts)).toBe('warn');
  });

  test('a hang in one of two groups ends with the probe, and the request with it', async () => {
    aws.break('hang', { times: 1 });
    const arrived = aws.nextCall('logs:FilterLogEvents');
    const stop = new AbortController();
    const two = { ...params, log_groups: ['/ecs/api', '/ecs/web'], region: 'eu-south-1' };
    const measured = refusal(measure(cloudwatchLogs, two, { signal: stop.signal }));
    const call = await arrived;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });
});

describe('planted faults', () => {
  const inApi = (events: LogEvent[]) => () => {
    state.groups['/ecs/api'] = events;
  };
  const paged = (size: number, events: LogEvent[]) => () => {
    state.pageSize = size;
    state.groups['/ecs/api'] = events;
  };
  it.each<[string, () => void, 'warn' | 'unknown', Partial<Params>?]>([
    ['10 errors in an hour', inApi(times(10)), 'warn'],
    ['1 error where none is allowed', inApi(times(1)), 'warn', { limit: 1 }],
    ['10 errors over three pages', paged(4, times(10)), 'warn'],
    ['more errors than pages', paged(4, times(100)), 'warn'],
    ['a few errors and more pages than are read', paged(1, times(9)), 'unknown'],
    ['errors in one group, silence in the other', inApi(times(12)), 'warn', { log_groups: ['/ecs/api', '/ecs/quiet'] }],
    ['errors in one group, the other gone', inApi(times(12)), 'warn', { log_groups: ['/ecs/api', '/ecs/gone'] }],
    ['a burst of the last minute', inApi([...times(0), ...Array.from({ length: 12 }, () => at(0.5))]), 'warn'],
    ['a system that stopped to log', inApi([at(61, 'INFO last words')]), 'unknown'],
    ['an empty log group', inApi([]), 'unknown'],
    ['an empty log group, as a warning', inApi([]), 'warn', { quiet: 'warn' }],
    ['a deleted log group', () => void delete state.groups['/ecs/api'], 'unknown'],
    ['denied', () => aws.break('denied'), 'unknown'],
    ['denied by an organisation', () => aws.break('explicitly denied'), 'unknown'],
    ['throttled', () => aws.break('throttled'), 'unknown'],
    ['expired keys', () => aws.break('expired'), 'unknown'],
    ['unknown keys', () => aws.break('unknown key'), 'unknown'],
    ['an error of AWS', () => aws.break('unavailable'), 'unknown'],
    ['a proxy’s page', () => aws.break('garbage'), 'unknown'],
    ['an answer with nothing in it', () => aws.break('empty'), 'unknown', { quiet: 'ok' }],
  ])('%s', async (_, sabotage, expected, more = {}) => {
    const here = { ...params, region: freshRegion() };
    expect(await awsVerdict(cloudwatchLogs, here)).toBe('ok');
    sabotage();
    expect(await awsVerdict(cloudwatchLogs, { ...here, ...more })).toBe(expected);
  });
});

test('it asks what it says it needs, and nothing else', () => {
  for (const { action } of aws.calls) asked.add(action);
  expect([...asked].sort()).toEqual(cloudwatchLogs.iam.toSorted());
});
