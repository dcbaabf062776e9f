import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import cloudfront from '../../../../src/checks/cloudfront.ts';
import { Unmeasured } from '../../../../src/kernel/check.ts';
import { type CloudFrontState, cloudFrontStandIn, type StandInDistribution } from '../../../support/aws/cloudfront.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, type ProbeOptions, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { okReasonOf } from '../../../support/probes.ts';
import { saidByDefault } from '../../../support/said.ts';

type Params = z.input<typeof cloudfront.params>;
const state: CloudFrontState = { distributions: {} };
const metrics: CloudWatchState = { metrics: [] };
const aws = new AwsServer([cloudFrontStandIn(state), cloudWatchStandIn(metrics)]);
const params = { distribution: 'E1SHOP', aliases: ['www.example.com'] };
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab';

interface Minute {
  requests: number;
  /** Percent; undefined = no datapoint. */
  server?: number | undefined;
  client?: number | undefined;
}
/** By how many minutes ago it began, from 1 on; minutes that are not there have no datapoint, as without requests. */
let minutes: Record<number, Minute> = {};
const steady = (minute: Minute) => Object.fromEntries(Array.from({ length: 14 }, (_, i) => [i + 1, minute]));

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.distributions = {
    E1SHOP: {
      ...{ enabled: true, status: 'Deployed', changedAt: minutesAgo(600), aliases: ['www.example.com'] },
      ...{ certificate: { acm: certificate }, minTls: 'TLSv1.2_2021' },
      origins: [
        { domain: 'shop-web.s3.eu-west-1.amazonaws.com', s3: {}, accessControl: 'E2OAC' },
        { domain: 'api.example.com' },
      ],
    },
  };
  minutes = steady({ requests: 200, server: 0.5, client: 2 });
  const thisMinuteS = Math.floor(now.getTime() / 60_000) * 60;
  const series = (metric: string, statistic: string, of: (minute: Minute) => number | undefined) => ({
    ...{ namespace: 'AWS/CloudFront', metric, statistic },
    dimensions: { DistributionId: 'E1SHOP', Region: 'Global' },
    at: (epochS: number) => {
      const minute = minutes[(thisMinuteS - epochS) / 60];
      return minute && of(minute);
    },
  });
  metrics.metrics = [
    series('Requests', 'Sum', ({ requests }) => requests),
    series('5xxErrorRate', 'Average', ({ server }) => server),
    series('4xxErrorRate', 'Average', ({ client }) => client),
  ];
});

const shop = (change: Partial<StandInDistribution>) => Object.assign(state.distributions.E1SHOP!, change);
const look = async (more: Partial<Params> = {}, options?: ProbeOptions) =>
  (await measure(cloudfront, { ...params, region: freshRegion(), ...more }, options)).facts;
const verdict = (more: Partial<Params> = {}) => awsVerdict(cloudfront, { ...params, region: freshRegion(), ...more });
const rules = async (more: Partial<Params> = {}) => fired(cloudfront, { ...params, ...more }, await look(more));

describe('what it measures', () => {
  test('healthy: the distribution, and its requests in one call', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ distribution: 'E1SHOP', domain: 'e1shop.cloudfront.net', enabled: true, status: 'Deployed' },
      ...{ changed_min: 600, invalidations: 0, aliases: ['www.example.com'], missing: [] },
      certificate: 'ACM 1234abcd-12ab-34cd-56ef-1234567890ab',
      ...{ own_certificate: true, min_tls: 'TLSv1.2_2021', old_tls: false, open_s3_origins: [] },
      origins: ['shop-web.s3.eu-west-1.amazonaws.com (S3)', 'api.example.com'],
      ...{ traffic_read: true, requests_5m: 1_000, error_5xx_pct: 0.5, error_4xx_pct: 2 },
      ...{ traffic: '1000 requests in 5 min, 0.5 % answered 5xx', unread: [] },
    });
    expect(fired(cloudfront, params, facts)).toEqual([]);
    expect(okReasonOf(cloudfront, params, facts)).toBe('Deployed, 1000 requests in 5 min, 0.5 % answered 5xx');
    expect(Object.keys(facts).sort()).toEqual(Object.keys(cloudfront.facts({} as never)).sort());
    expect(aws.counts()).toEqual({ 'cloudfront:GetDistribution': 1, 'cloudwatch:GetMetricData': 1 });
  });

  test('both are asked in us-east-1, whatever the bot’s own region is, unless the check says where', async () => {
    await look({ region: undefined });
    expect(new Set(aws.calls.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
    aws.forget();
    await look({ region: 'cn-northwest-1' });
    expect(new Set(aws.calls.map(({ region }) => region))).toEqual(new Set(['cn-northwest-1']));
  });

  test('failed: disabled; of its requests nothing more is asked', async () => {
    shop({ enabled: false });
    minutes = {};
    expect(await rules()).toEqual(['fail !enabled']);
    expect(saidByDefault(cloudfront, params, await look())).toBe(
      'distribution E1SHOP is disabled: enable it, or take the check out',
    );
  });

  test('degraded: a change that does not arrive; one that is on its way is none', async () => {
    shop({ status: 'InProgress', changedAt: minutesAgo(60) });
    expect(okReasonOf(cloudfront, params, await look())).toMatch(/^InProgress, 1000 requests/);
    shop({ changedAt: minutesAgo(61) });
    expect(await rules()).toEqual(["warn status == 'InProgress' && changed_min > 60"]);
  });

  test('a name that is no alias of it fails; a wildcard is for every level below it, and not for itself', async () => {
    shop({ aliases: ['*.Example.com'] });
    expect(await look({ aliases: ['www.example.com', 'a.b.example.com'] })).toMatchObject({ missing: [] });
    const facts = await look({ aliases: ['example.com', 'wwwexample.com', 'www.example.org'] });
    expect(facts.missing).toEqual(['example.com', 'wwwexample.com', 'www.example.org']);
    expect(saidByDefault(cloudfront, { ...params, aliases: ['www.example.org'] }, { ...facts })).toBe(
      'example.com, wwwexample.com, www.example.org is no alias of distribution E1SHOP: add it there',
    );
  });

  test('its certificate: one of IAM, or CloudFront’s own, which fits none of its aliases', async () => {
    shop({ certificate: { iam: 'ASCAEXAMPLE' } });
    expect(await look()).toMatchObject({ certificate: 'IAM ASCAEXAMPLE', own_certificate: true });
    shop({ certificate: undefined as never });
    expect(await look()).toMatchObject({ certificate: 'default *.cloudfront.net', own_certificate: false });
    expect(await rules()).toEqual(['warn size(aliases) > 0 && !own_certificate']);
    shop({ aliases: [] });
    expect(await verdict({ aliases: undefined })).toBe('ok');
  });

  it.each([
    ['SSLv3', true],
    ['TLSv1', true],
    ['TLSv1_2016', true],
    ['TLSv1.1_2016', true],
    ['TLSv1.2_2018', false],
    ['TLSv1.2_2025', false],
    ['TLSv1.3_2025', false],
  ])('%s is below TLS 1.2: %s', async (minTls, old) => {
    shop({ minTls });
    expect((await look()).old_tls).toBe(old);
    expect(await rules()).toEqual(old ? ['warn own_certificate && old_tls'] : []);
  });

  test('S3 origins without origin access control, old or new, are open ones; a website of a bucket is no S3 origin', async () => {
    shop({
      origins: [
        { domain: 'a.s3.amazonaws.com', s3: {} },
        { domain: 'b.s3.amazonaws.com', s3: { identity: 'origin-access-identity/cloudfront/E3' } },
        { domain: 'c.s3.amazonaws.com', s3: {}, accessControl: 'E2' },
        { domain: 'd.s3-website-eu-west-1.amazonaws.com' },
      ],
    });
    expect(await look()).toMatchObject({
      open_s3_origins: ['a.s3.amazonaws.com'],
      origins: [
        expect.stringMatching(/\(S3\)$/),
        expect.anything(),
        expect.anything(),
        expect.not.stringMatching('S3'),
      ],
    });
  });
});

describe('requests', () => {
  test('each minute’s share counts by its requests', async () => {
    minutes = { 1: { requests: 10, server: 100, client: 0 }, 2: { requests: 990, server: 0, client: 10 } };
    expect(await look()).toMatchObject({ requests_5m: 1_000, error_5xx_pct: 1, error_4xx_pct: 9.9 });
  });

  test('the five minutes up to the newest that CloudWatch knows of, not those before, nor the one that runs', async () => {
    const bad = { requests: 1_000, server: 100, client: 0 };
    minutes = {
      0: bad,
      9: bad,
      4: { requests: 100, server: 4, client: 0 },
      8: { requests: 100, server: 0, client: 0 },
    };
    expect(await look()).toMatchObject({ requests_5m: 200, error_5xx_pct: 2 });
  });

  test.each<[string, Record<number, Minute>]>([
    ['without datapoints', {}],
    ['of zero', steady({ requests: 0, server: 0, client: 0 })],
    ['longer ago than 15 min', { 16: { requests: 100, server: 100 } }],
  ])('none in 15 min (%s) is neither green nor red, until the operator says which', async (_, given) => {
    minutes = given;
    const facts = await look();
    expect(facts).toMatchObject({ requests_5m: 0, error_5xx_pct: null, error_4xx_pct: null, unread: [] });
    expect(await verdict()).toBe('unknown');
    expect(cloudfront.facts({} as never).error_5xx_pct?.whyAbsent?.(facts)).toBe(
      'distribution E1SHOP had no request in 15 min, so nothing tells whether it answers: set quiet: ok if that is usual, or see where its names point',
    );
    expect(okReasonOf(cloudfront, { ...params, quiet: 'ok' }, facts)).toBe(
      'Deployed, no request in 15 min to judge it by',
    );
    expect(await verdict({ quiet: 'fail' })).toBe('fail');
  });

  test('of minutes whose share has not come yet nothing is assumed', async () => {
    minutes = { 1: { requests: 900 }, 2: { requests: 100, server: 6, client: 0 } };
    expect(await look()).toMatchObject({ requests_5m: 1_000, error_5xx_pct: 6 });
    minutes = { 1: { requests: 900 } };
    for (const quiet of ['unknown', 'ok', 'fail'] as const) expect(await verdict({ quiet })).toBe('unknown');
  });

  test('4xx are judged where a limit is set', async () => {
    minutes = steady({ requests: 10, server: 0, client: 100 });
    expect(await verdict()).toBe('ok');
    expect(await verdict({ warn_4xx_pct: 50 })).toBe('warn');
  });

  test('the limit says what and how much', async () => {
    minutes = steady({ requests: 10, server: 30, client: 0 });
    expect(saidByDefault(cloudfront, params, await look())).toMatch(
      /^30 ?% of 50 requests answered 5xx in 5 min \(limit 5 %\): see its origins shop-web\.s3/,
    );
  });

  test('a slow CloudWatch does not hide that it is disabled', async () => {
    shop({ enabled: false });
    const facts = await withSlowPart(aws, 'cloudwatch:GetMetricData', cloudfront, params);
    expect(facts).toMatchObject({ enabled: false, traffic_read: false, error_5xx_pct: null });
    expect(facts.unread).toContain('cloudwatch:GetMetricData on Requests of distribution E1SHOP: no answer in time');
    expect(fired(cloudfront, params, facts)).toEqual(['fail !enabled', 'warn size(unread) > 0']);
  });
});

describe('what it can not measure is never a verdict', () => {
  test('no such distribution', async () => {
    expect(await refusal(measure(cloudfront, { distribution: 'E9GONE' }))).toMatchObject({
      reason: 'misconfigured',
      message: 'cloudfront:GetDistribution on distribution E9GONE in us-east-1: no such distribution',
    });
  });

  test('not permitted', async () => {
    aws.break('denied', { action: 'cloudfront:GetDistribution' });
    expect(await refusal(measure(cloudfront, params))).toEqual({
      reason: 'denied',
      message: 'cloudfront:GetDistribution on distribution E1SHOP in us-east-1: AccessDenied',
      next: 'grant cloudfront:GetDistribution',
      retryable: false,
    });
  });

  test('metrics not permitted: unknown, with the right that is missing, whatever quiet says', async () => {
    aws.break('denied', { action: 'cloudwatch:GetMetricData' });
    const facts = await look();
    expect(facts).toMatchObject({ traffic_read: false, requests_5m: null, traffic: 'requests not read' });
    expect(cloudfront.facts({} as never).error_5xx_pct?.whyAbsent?.(facts)).toMatch(
      /^not read: .*AccessDenied → grant cloudwatch:GetMetricData$/,
    );
    for (const quiet of ['unknown', 'ok', 'fail'] as const) expect(await verdict({ quiet })).toBe('unknown');
  });

  test('the end of the attempt is the end of the check, and of its requests', async () => {
    aws.break('hang', { action: 'cloudwatch:GetMetricData' });
    const arrived = aws.nextCall('cloudwatch:GetMetricData');
    const stop = new AbortController();
    const over = new Unmeasured('timeout', 'the attempt is over');
    const gone = expect(measure(cloudfront, params, { signal: stop.signal })).rejects.toBe(over);
    const call = await arrived;
    stop.abort(over);
    await gone;
    await call.abandoned;
  });
});

test.each([
  [{ distribution: 'd111111abcdef8.cloudfront.net' }, 'an ID such as E1A2B3C4D5E6F7'],
  [{ distribution: 'E1SHOP', warn_5xx_pct: 6 }, 'warn_5xx_pct must not be above fail_5xx_pct'],
])('%j is refused', (given, why) => {
  expect(cloudfront.params.safeParse(given).error?.issues[0]?.message).toBe(why);
});

test('its right is on this distribution alone', () => {
  const iamFor = (given: Params) => cloudfront.iamFor?.(cloudfront.params.parse(given));
  expect(iamFor({ distribution: 'E1' })).toEqual([
    { action: 'cloudfront:GetDistribution', resources: ['arn:aws:cloudfront::*:distribution/E1'] },
    'cloudwatch:GetMetricData',
  ]);
});

describe('planted faults', () => {
  const set = (change: Partial<StandInDistribution>) => () => void shop(change);
  const seen = (minute: Minute) => () => {
    minutes = steady(minute);
  };
  const noRequests = () => {
    minutes = {};
  };
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);
  const ofIt = { action: 'cloudfront:GetDistribution' };
  const ofMetrics = { action: 'cloudwatch:GetMetricData' };

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => void]>([
    ['nothing', 'ok', () => {}],
    ['disabled', 'fail', set({ enabled: false })],
    ['an alias taken off', 'fail', set({ aliases: ['old.example.com'] })],
    ['all aliases taken off', 'fail', set({ aliases: [] })],
    ['6 % answered 5xx', 'fail', seen({ requests: 100, server: 6, client: 0 })],
    ['all answered 5xx', 'fail', seen({ requests: 100, server: 100, client: 0 })],
    ['5 % answered 5xx', 'warn', seen({ requests: 100, server: 5, client: 0 })],
    ['1 % answered 5xx', 'ok', seen({ requests: 100, server: 1, client: 0 })],
    ['a roll-out of two hours', 'warn', set({ status: 'InProgress', changedAt: minutesAgo(120) })],
    ['a roll-out of unknown age', 'unknown', set({ status: 'InProgress', changedAt: undefined })],
    ['a status that nobody knows', 'warn', set({ status: 'Parked' })],
    ['CloudFront’s own certificate', 'warn', set({ certificate: undefined as never })],
    ['TLS 1.0', 'warn', set({ minTls: 'TLSv1_2016' })],
    ['no request any more', 'unknown', noRequests],
    ['it was deleted', 'unknown', () => void delete state.distributions.E1SHOP],
    ['no status', 'unknown', set({ status: undefined })],
    ['neither on nor off', 'unknown', set({ enabled: undefined })],
    ['no origins', 'unknown', set({ origins: undefined })],
    ['denied', 'unknown', broken('denied', ofIt)],
    ['denied by the organisation', 'unknown', broken('explicitly denied', ofIt)],
    ['metrics denied', 'unknown', broken('denied', ofMetrics)],
    ['metrics throttled', 'unknown', broken('throttled', ofMetrics)],
    ['throttled', 'unknown', broken('throttled', ofIt)],
    ['expired keys', 'unknown', broken('expired')],
    ['an unknown key', 'unknown', broken('unknown key')],
    ['an error of AWS', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
    ['a proxy’s page', 'unknown', broken('garbage')],
    ['an answer with nothing in it', 'unknown', broken('empty', ofIt)],
    ['metrics with nothing in them', 'unknown', broken('empty', ofMetrics)],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict()).toBe(expected);
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...cloudfront.iam].sort());
});
