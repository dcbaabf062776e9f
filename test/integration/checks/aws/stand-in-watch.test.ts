import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { Health } from '@aws-sdk/client-health';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudTrailStandIn } from '../../../support/aws/cloudtrail.ts';
import { cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { healthStandIn } from '../../../support/aws/health.ts';
import { logsStandIn } from '../../../support/aws/logs.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { wafStandIn } from '../../../support/aws/waf.ts';

// The stand-ins must refuse what AWS refuses, or a check that breaks a limit would pass its tests.

const events = Array.from({ length: 60 }, (_, i) => ({
  name: 'RunInstances',
  at: new Date(i * 1_000),
  readOnly: false,
}));
const aws = new AwsServer([
  cloudWatchStandIn({ metrics: [], alarms: { a: { state: 'OK' } } }),
  logsStandIn({ groups: { app: [{ at: new Date(0), message: 'x' }] } }),
  cloudTrailStandIn({ trails: {}, events }),
  healthStandIn({ plan: 'business', events: [] }),
  wafStandIn({ acls: { a: { scope: 'REGIONAL', defaultAction: 'Allow', rules: [] } } }),
]);
const settings = { region: 'eu-west-1', maxAttempts: 1 };
const named = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
const code = (name: string) => expect.objectContaining({ name });

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());

test('alarms: 100 names, 100 a page, names or a prefix; without kinds only metric alarms', async () => {
  const cloudWatch = new CloudWatch(settings);
  const invalid = code('ValidationException');
  await expect(cloudWatch.describeAlarms({ AlarmNames: named(101) })).rejects.toEqual(invalid);
  await expect(cloudWatch.describeAlarms({ MaxRecords: 101 })).rejects.toEqual(invalid);
  await expect(cloudWatch.describeAlarms({ AlarmNames: ['a'], AlarmNamePrefix: 'a' })).rejects.toEqual(invalid);
  await expect(cloudWatch.describeAlarms({ NextToken: 'made up' })).rejects.toEqual(code('InvalidNextToken'));
  expect((await cloudWatch.describeAlarms({ AlarmTypes: ['CompositeAlarm'] })).MetricAlarms).toEqual([]);
  cloudWatch.destroy();
});

test('logs: one group, 10,000 events a page, a span of time, patterns', async () => {
  const logs = new CloudWatchLogs(settings);
  const invalid = code('InvalidParameterException');
  await expect(logs.filterLogEvents({})).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupName: 'app', logGroupIdentifier: 'app' })).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupName: 'app', limit: 10_001 })).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupName: 'app', startTime: 2, endTime: 1 })).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupName: 'app', filterPattern: '{ $.a' })).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupIdentifier: 'app:*' })).rejects.toEqual(invalid);
  await expect(logs.filterLogEvents({ logGroupName: 'x' })).rejects.toEqual(code('ResourceNotFoundException'));
  logs.destroy();
});

test('CloudTrail: one attribute, 50 a page, a token belongs to its question', async () => {
  const trail = new CloudTrail(settings);
  const writes = { LookupAttributes: [{ AttributeKey: 'ReadOnly' as const, AttributeValue: 'false' }] };
  await expect(trail.lookupEvents({ MaxResults: 51 })).rejects.toEqual(code('InvalidMaxResultsException'));
  const two = [...writes.LookupAttributes, ...writes.LookupAttributes];
  await expect(trail.lookupEvents({ LookupAttributes: two })).rejects.toEqual(code('InvalidLookupAttributesException'));
  const { NextToken } = await trail.lookupEvents(writes);
  expect((await trail.lookupEvents({ ...writes, NextToken })).Events).toHaveLength(10);
  await expect(trail.lookupEvents({ NextToken })).rejects.toEqual(code('InvalidNextTokenException'));
  await expect(trail.getTrailStatus({ Name: 'x' })).rejects.toEqual(code('TrailNotFoundException'));
  trail.destroy();
});

test('Health: in us-east-1 alone, 10 to 100 a page, 10 regions and services', async () => {
  const health = new Health({ ...settings, region: 'us-east-1' });
  const invalid = code('ValidationException');
  await expect(health.describeEvents({ maxResults: 101 })).rejects.toEqual(invalid);
  await expect(health.describeEvents({ filter: { regions: named(11) } })).rejects.toEqual(invalid);
  await expect(health.describeEvents({ filter: { services: [] } })).rejects.toEqual(invalid);
  const elsewhere = new Health(settings);
  await expect(elsewhere.describeEvents({})).rejects.toThrow();
  health.destroy();
  elsewhere.destroy();
});

test('WAF: a known scope, CloudFront’s in us-east-1 alone, 100 a page', async () => {
  const waf = new WAFV2(settings);
  const invalid = code('WAFInvalidParameterException');
  await expect(waf.listWebACLs({ Scope: 'CLOUDFRONT' })).rejects.toEqual(invalid);
  await expect(waf.listWebACLs({ Scope: 'REGIONAL', Limit: 101 })).rejects.toEqual(invalid);
  const asked = { Scope: 'REGIONAL' as const, Name: 'a', Id: 'another' };
  await expect(waf.getWebACL(asked)).rejects.toEqual(code('WAFNonexistentItemException'));
  waf.destroy();
});
