import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import waf from '../../../../src/checks/waf.ts';
import { Unmeasured } from '../../../../src/kernel/check.ts';
import { type CloudWatchMetric, type CloudWatchState, cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { type StandInRule, type WafState, wafStandIn } from '../../../support/aws/waf.ts';
import { judgedByDefault } from '../../../support/probes.ts';

type Params = z.input<typeof waf.params>;
const state: WafState = { acls: {} };
const metrics: CloudWatchState = { metrics: [] };
const aws = new AwsServer([wafStandIn(state), cloudWatchStandIn(metrics)]);
const asked = new Set<string>();
const noonS = Math.floor(now.getTime() / 3_600_000) * 3_600;
const params = { web_acl: 'shop', region: 'eu-west-1' };
const look = (more: Partial<Params> = {}) => measure(waf, { ...params, ...more });

/** Requests of the last 24 full hours and of the day before, each in one hour; 0 = no datapoint, as WAF does. */
function requests(metric: 'BlockedRequests' | 'AllowedRequests', rule: string, today: number, before: number) {
  const byHour = new Map([
    [noonS - 3_600, today],
    [noonS - 86_400 - 3_600, before],
  ]);
  return (region?: string, acl = 'shop'): CloudWatchMetric => ({
    ...{ namespace: 'AWS/WAFV2', metric, statistic: 'Sum' },
    dimensions: { WebACL: acl, Rule: rule, ...(region && { Region: region }) },
    at: (epochS) => byHour.get(epochS) || undefined,
  });
}
const blocked = (rule: string, today: number, before: number) => requests('BlockedRequests', rule, today, before);
const allowed = (rule: string, today: number, before: number) => requests('AllowedRequests', rule, today, before);
const usual = () => [
  blocked('ALL', 120, 100),
  allowed('ALL', 9_000, 8_000),
  blocked('bots', 90, 80),
  blocked('sqli', 30, 20),
];
let traffic = usual();
const report = (region?: string) => {
  metrics.metrics = traffic.map((each) => each(region));
};
const rules = (): StandInRule[] => [
  { name: 'bots', action: 'Block' },
  { name: 'sqli', action: 'group' },
];

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  for (const { action } of aws.calls) asked.add(action);
  aws.mend();
  aws.forget();
  state.acls = { shop: { scope: 'REGIONAL', defaultAction: 'Allow', rules: rules() } };
  traffic = usual();
  report('eu-west-1');
});

describe('what it measures', () => {
  test('healthy: the web ACL, and two days of requests in one call', async () => {
    const { facts } = await look();
    expect(facts).toEqual({
      ...{ web_acl: 'shop', exists: true, rules: 2, blocking_rules: 2, counting: [], default_action: 'ALLOW' },
      ...{ without_metrics: [], metrics_read: true, blocked: 120, blocked_before: 100, allowed: 9_000 },
      ...{ allowed_before: 8_000, by_rule: ['bots 90 blocked, 0 allowed', 'sqli 30 blocked, 0 allowed'], spikes: [] },
      ...{ spike_factor: 3, spike_from: 100, unread: [] },
    });
    expect(fired(waf, params, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(waf.facts({} as never)).sort());
    expect(aws.counts()).toEqual({ 'wafv2:ListWebACLs': 2, 'wafv2:GetWebACL': 1, 'cloudwatch:GetMetricData': 1 });
    expect(aws.calls.at(-1)?.input).toMatchObject({ StartTime: noonS - 172_800, EndTime: noonS });
  });

  test('failed: no such web ACL, or one of another scope', async () => {
    const { facts } = await look({ web_acl: 'gone' });
    expect(facts).toMatchObject({ exists: false, rules: null, spikes: null, metrics_read: false });
    expect(fired(waf, params, facts)).toEqual(['fail !exists']);
    state.acls.shop!.scope = 'CLOUDFRONT';
    expect(await awsVerdict(waf, params)).toBe('fail');
  });

  test('degraded: rules that only count block nothing', async () => {
    state.acls.shop!.rules = [
      { name: 'bots', action: 'Count' },
      { name: 'sqli', action: 'group that counts' },
      { name: 'office', action: 'Allow' },
    ];
    const { facts } = await look();
    expect(facts).toMatchObject({ rules: 3, blocking_rules: 0, counting: ['bots', 'sqli'] });
    expect(fired(waf, params, facts)).toEqual([
      "warn exists && rules > 0 && blocking_rules == 0 && default_action == 'ALLOW'",
    ]);
    state.acls.shop!.defaultAction = 'Block';
    expect(await awsVerdict(waf, params)).toBe('ok');
  });

  test('a group of which some rules are set to count is named, and no proof that something is blocked', async () => {
    const group: StandInRule = { name: 'g', action: 'group', overrides: { a: 'Count', b: 'Count', c: 'Block' } };
    state.acls.shop!.rules = [group, { name: 'bots', action: 'Block' }];
    expect((await look()).facts).toMatchObject({ rules: 2, blocking_rules: 1, counting: ['g (2 of its rules)'] });
    expect(await awsVerdict(waf, params)).toBe('ok');
    state.acls.shop!.rules = [{ ...group, overrides: { c: 'Block' } }];
    expect((await look()).facts).toMatchObject({ blocking_rules: 1, counting: [] });
  });

  test('rule groups of Firewall Manager, captchas and challenges block too', async () => {
    state.acls.shop!.rules = [
      { name: 'fms', action: 'group', managed: 'first' },
      { name: 'human', action: 'Captcha' },
      { name: 'browser', action: 'Challenge' },
      { name: 'last', action: 'group that counts', managed: 'last' },
    ];
    expect((await look()).facts).toMatchObject({ rules: 4, blocking_rules: 3, counting: ['last'] });
  });

  test('CloudFront: asked in us-east-1, metrics without a region', async () => {
    state.acls.shop!.scope = 'CLOUDFRONT';
    report();
    const { facts } = await look({ scope: 'CLOUDFRONT', region: 'eu-central-1' });
    expect(facts).toMatchObject({ exists: true, blocked: 120, allowed: 9_000 });
    expect(new Set(aws.calls.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  });

  test('metrics are found by the metric’s name, not by the rule’s or the web ACL’s', async () => {
    state.acls.shop!.metric = 'shopMetric';
    state.acls.shop!.rules[0]!.metric = 'bots-v2';
    traffic = [...usual(), blocked('bots-v2', 7, 6)];
    metrics.metrics = traffic.map((each) => each('eu-west-1', 'shopMetric'));
    expect((await look()).facts.by_rule).toEqual(['sqli 30 blocked, 0 allowed', 'bots 7 blocked, 0 allowed']);
  });

  test('101 web ACLs are two pages, and a third that is empty', async () => {
    for (let i = 0; i < 100; i += 1) state.acls = { [`other-${i}`]: { ...state.acls.shop! }, ...state.acls };
    expect((await look()).facts).toMatchObject({ exists: true });
    expect(aws.counts()['wafv2:ListWebACLs']).toBe(3);
  });
});

describe('against the day before', () => {
  test('a spike: more than three times as many, of all or of one rule', async () => {
    traffic = [
      blocked('ALL', 390, 120),
      allowed('ALL', 9_000, 8_000),
      blocked('bots', 360, 100),
      blocked('sqli', 30, 20),
    ];
    report('eu-west-1');
    const { facts } = await look();
    expect(facts.spikes).toEqual([
      'all rules 390 blocked (120 the day before)',
      'bots 360 blocked (100 the day before)',
    ]);
    expect(fired(waf, params, facts)).toEqual(['warn exists && size(spikes) > 0']);
    expect(await awsVerdict(waf, { ...params, spike_factor: 4 })).toBe('ok');
    expect(await awsVerdict(waf, { ...params, spike_from: 400 })).toBe('ok');
  });

  test('exactly three times is none; few requests are none', async () => {
    traffic = [blocked('ALL', 360, 120), allowed('ALL', 10, 1), blocked('bots', 99, 0)];
    report('eu-west-1');
    expect((await look()).facts.spikes).toEqual([]);
  });

  test('a rule that had nothing the day before', async () => {
    traffic = [...usual(), allowed('bots', 100, 0)];
    report('eu-west-1');
    expect((await look()).facts.spikes).toEqual(['bots 100 allowed (0 the day before)']);
  });

  test('no request at all: unknown, with the reason', async () => {
    traffic = [];
    report('eu-west-1');
    const { facts } = await look();
    expect(facts).toMatchObject({ blocked: 0, allowed: 0, spikes: null });
    const why = waf.facts({} as never).spikes?.whyAbsent;
    expect(why?.(facts)).toBe('web ACL shop saw no request in 24 hours: check that it is attached to what it protects');
    expect(why?.({ ...facts, allowed: 5 })).toBe(
      'web ACL shop saw no request the day before: there is nothing to compare with',
    );
    expect(judgedByDefault(waf, params, facts)).toBe('unknown');
  });

  test('past 100 rules nobody says that there is no spike', async () => {
    state.acls.shop!.rules = Array.from({ length: 101 }, (_, i) => ({ name: `r-${i}`, action: 'Block' as const }));
    const { facts } = await look();
    expect(facts).toMatchObject({ rules: 101, spikes: null, unread: ['rules past the first 100'] });
    expect(waf.facts({} as never).spikes?.whyAbsent?.(facts)).toBe('not read: rules past the first 100');
    expect(aws.counts()['cloudwatch:GetMetricData']).toBe(1);
    traffic = [...usual(), blocked('r-0', 500, 1)];
    report('eu-west-1');
    expect(await awsVerdict(waf, params)).toBe('warn');
  });

  test('metrics not permitted: the web ACL is told all the same', async () => {
    state.acls.shop!.rules = [];
    aws.break('denied', { action: 'cloudwatch:GetMetricData' });
    const { facts } = await look();
    expect(judgedByDefault(waf, params, facts)).toBe('fail');
    expect(facts.unread).toEqual([
      'cloudwatch:GetMetricData on 2 metrics in eu-west-1: AccessDenied → grant cloudwatch:GetMetricData',
    ]);
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied', { action: 'wafv2:GetWebACL' });
    expect(await refusal(look())).toEqual({
      reason: 'denied',
      message: 'wafv2:GetWebACL on web ACL shop (REGIONAL) in eu-west-1: AccessDenied',
      next: 'grant wafv2:GetWebACL',
      retryable: false,
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look({ region: 'eu-north-1' }))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang in the metrics hides no web ACL that lets all in; else unknown, and named', async () => {
    const action = 'cloudwatch:GetMetricData';
    const slow = () => verdictWithSlowPart(aws, action, waf, params);
    const { verdict, unread, facts } = await slow();
    expect({ verdict, unread }).toEqual({ verdict: 'unknown', unread: [expect.stringContaining(action)] });
    expect(waf.facts({} as never).spikes?.whyAbsent?.(facts)).toContain(action);
    aws.mend();
    state.acls.shop!.rules = [];
    expect((await slow()).verdict).toBe('fail');
  });

  test('a hang in the metrics is the end of the check, not a remark', async () => {
    aws.break('hang', { action: 'cloudwatch:GetMetricData' });
    const arrived = aws.nextCall('cloudwatch:GetMetricData');
    const stop = new AbortController();
    const over = new Unmeasured('timeout', 'the attempt is over');
    const gone = expect(measure(waf, params, { signal: stop.signal })).rejects.toBe(over);
    const call = await arrived;
    stop.abort(over);
    await gone;
    await call.abandoned;
  });
});

describe('planted faults', () => {
  const acl = (change: Partial<WafState['acls'][string]>) => () => void Object.assign(state.acls.shop!, change);
  const seen =
    (...more: typeof traffic) =>
    () => {
      traffic = more;
    };
  it.each<[string, () => void, 'fail' | 'warn' | 'unknown', Partial<Params>?]>([
    ['the web ACL deleted', () => void delete state.acls.shop, 'fail'],
    ['another scope', acl({ scope: 'CLOUDFRONT' }), 'fail'],
    ['no rules, all allowed', acl({ rules: [] }), 'fail'],
    ['rules that only count', acl({ rules: [{ name: 'bots', action: 'Count' }] }), 'warn'],
    ['a group that only counts', acl({ rules: [{ name: 'g', action: 'group that counts' }] }), 'warn'],
    ['rules that only allow', acl({ rules: [{ name: 'office', action: 'Allow' }] }), 'warn'],
    [
      'a group of which every rule is set to count',
      acl({ rules: [{ name: 'g', action: 'group', overrides: { NoUserAgent: 'Count', Log4J: 'Count' } }] }),
      'warn',
    ],
    ['the same in the older way', acl({ rules: [{ name: 'g', action: 'group', excluded: ['NoUserAgent'] }] }), 'warn'],
    [
      'the same of Firewall Manager',
      acl({ rules: [{ name: 'g', action: 'group', managed: 'first', overrides: { Log4J: 'Count' } }] }),
      'warn',
    ],
    ['a rule without metrics', acl({ rules: [...rules(), { name: 'x', action: 'Block', metrics: false }] }), 'warn'],
    ['a web ACL without metrics', acl({ metrics: false }), 'unknown'],
    ['a spike of blocked requests', seen(blocked('ALL', 1_000, 100), allowed('ALL', 1, 1)), 'warn'],
    ['a spike of allowed requests', seen(blocked('ALL', 1, 1), allowed('ALL', 90_000, 9_000)), 'warn'],
    ['a spike of one rule', seen(blocked('bots', 1_000, 1), ...usual()), 'warn'],
    ['no requests any more', seen(allowed('ALL', 0, 9_000)), 'unknown'],
    ['no requests the day before', seen(allowed('ALL', 9_000, 0)), 'unknown'],
    ['no requests ever', seen(), 'unknown'],
    ['no default action', acl({ defaultAction: undefined }), 'unknown'],
    ['lists denied', () => aws.break('denied', { action: 'wafv2:ListWebACLs' }), 'unknown'],
    ['rules denied', () => aws.break('explicitly denied', { action: 'wafv2:GetWebACL' }), 'unknown'],
    ['metrics denied', () => aws.break('denied', { action: 'cloudwatch:GetMetricData' }), 'unknown'],
    ['metrics throttled', () => aws.break('throttled', { action: 'cloudwatch:GetMetricData' }), 'unknown'],
    ['throttled', () => aws.break('throttled'), 'unknown'],
    ['expired keys', () => aws.break('expired'), 'unknown'],
    ['an error of AWS', () => aws.break('internal'), 'unknown'],
    ['a proxy’s page', () => aws.break('garbage'), 'unknown'],
    ['an answer with nothing in it', () => aws.break('empty', { action: 'wafv2:ListWebACLs' }), 'unknown'],
    ['a web ACL with nothing in it', () => aws.break('empty', { action: 'wafv2:GetWebACL' }), 'unknown'],
  ])('%s', async (_, sabotage, expected, more = {}) => {
    const here = { ...params, region: freshRegion() };
    report(here.region);
    expect(await awsVerdict(waf, here)).toBe('ok');
    sabotage();
    report(here.region);
    expect(await awsVerdict(waf, { ...here, ...more })).toBe(expected);
  });
});

test('it asks what it says it needs, and nothing else', () => {
  for (const { action } of aws.calls) asked.add(action);
  expect([...asked].sort()).toEqual(waf.iam.toSorted());
});
