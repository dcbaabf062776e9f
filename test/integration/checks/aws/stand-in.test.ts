import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { ecsStandIn } from '../../../support/aws/ecs.ts';
import { elbStandIn } from '../../../support/aws/elb.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { AwsServer } from '../../../support/aws/server.ts';

// The stand-in must refuse what AWS refuses, or a check that breaks a limit would pass its tests.

const aws = new AwsServer([
  ecsStandIn({ clusters: { prod: { services: {} } } }),
  cloudWatchStandIn({ metrics: [] }),
  elbStandIn({ balancers: {}, groups: {} }),
]);
const cluster = 'prod';
let ecs: ECS;
let cloudWatch: CloudWatch;

beforeAll(async () => {
  useAws(await aws.start());
  ecs = new ECS({ region: 'eu-west-1', maxAttempts: 1 });
  cloudWatch = new CloudWatch({ region: 'eu-west-1', maxAttempts: 1 });
});
afterAll(async () => {
  ecs.destroy();
  cloudWatch.destroy();
  await aws.stop();
});

const named = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
const code = (name: string) => expect.objectContaining({ name });

describe('ECS', () => {
  test('page caps and required members', async () => {
    const invalid = code('InvalidParameterException');
    await expect(ecs.describeServices({ cluster, services: named(11) })).rejects.toEqual(invalid);
    await expect(ecs.describeServices({ cluster, services: [] })).rejects.toEqual(invalid);
    await expect(ecs.listServices({ cluster, maxResults: 101 })).rejects.toEqual(invalid);
    await expect(ecs.describeTasks({ cluster, tasks: named(101) })).rejects.toEqual(invalid);
    await expect(ecs.listServices({ cluster, nextToken: 'made up' })).rejects.toEqual(invalid);
  });

  test('a service that is not there is a failure, a cluster that is not there an error', async () => {
    const answer = await ecs.describeServices({ cluster, services: ['x'] });
    expect(answer.failures).toMatchObject([{ reason: 'MISSING' }]);
    await expect(ecs.listServices({ cluster: 'x' })).rejects.toEqual(code('ClusterNotFoundException'));
    await expect(ecs.listServices({})).rejects.toEqual(code('ClusterNotFoundException'));
  });
});

describe('CloudWatch', () => {
  const ask = (ids: string[], more: object = {}) =>
    cloudWatch.getMetricData({
      StartTime: new Date(0),
      EndTime: new Date(60_000),
      MetricDataQueries: ids.map((Id) => ({
        Id,
        MetricStat: { Metric: { Namespace: 'App', MetricName: 'm', Dimensions: [] }, Period: 60, Stat: 'Sum' },
      })),
      ...more,
    });

  test('500 metrics a call, ids of the right form and each once, a span of time, known periods', async () => {
    const mistake = expect.objectContaining({ name: 'ValidationException', Code: 'ValidationError' });
    expect((await ask(named(500))).MetricDataResults).toHaveLength(500);
    await expect(ask(named(501))).rejects.toEqual(mistake);
    await expect(ask(['a', 'a'])).rejects.toEqual(mistake);
    await expect(ask(['A'])).rejects.toEqual(mistake);
    await expect(ask(['a'], { EndTime: new Date(0) })).rejects.toEqual(mistake);
    await expect(ask([], { MetricDataQueries: [{ Id: 'a', Expression: 'b + 1' }] })).rejects.toEqual(mistake);
  });
});

test('an empty answer is status 200 without a member, in JSON and in XML', async () => {
  const elb = new ElasticLoadBalancingV2({ region: 'eu-west-1', maxAttempts: 1 });
  aws.break('empty');
  const answers = [await ecs.listServices({ cluster }), await elb.describeTargetGroups({})];
  aws.mend();
  elb.destroy();
  for (const { $metadata, ...members } of answers) {
    expect($metadata.httpStatusCode).toBe(200);
    expect(Object.values(members).filter((value) => value !== undefined)).toEqual([]);
  }
});

describe('the wire', () => {
  const post = (headers: Record<string, string>) =>
    fetch(aws.url, {
      method: 'POST',
      body: '{}',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListServices',
        'x-amz-date': '20261123T121530Z',
        ...headers,
      },
    }).then(async (response) => [response.status, ((await response.json()) as { __type: string }).__type]);
  const signed = (service: string, headers = 'host;x-amz-date;x-amz-target', date = '20261123') => ({
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/${date}/eu-west-1/${service}/aws4_request, SignedHeaders=${headers}, Signature=${'0'.repeat(64)}`,
  });

  test('a signature for this service and day, over host, date and target', async () => {
    expect(await post({})).toEqual([400, 'MissingAuthenticationTokenException']);
    expect(await post({ authorization: 'Bearer x' })).toEqual([400, 'IncompleteSignatureException']);
    expect(await post(signed('monitoring'))).toEqual([400, 'InvalidSignatureException']);
    expect(await post(signed('ecs', 'host'))).toEqual([400, 'InvalidSignatureException']);
    expect(await post(signed('ecs', undefined, '20261122'))).toEqual([400, 'InvalidSignatureException']);
    expect(await post(signed('ecs'))).toEqual([400, 'ClusterNotFoundException']);
  });

  test('a known target and its content type', async () => {
    const target = (name: string) => post({ ...signed('ecs'), 'x-amz-target': name });
    expect(await target('Nothing.ListServices')).toEqual([404, 'UnknownOperationException']);
    expect(await target('AmazonEC2ContainerServiceV20141113.Nope')).toEqual([400, 'UnknownOperationException']);
    expect(await post({ ...signed('ecs'), 'content-type': 'application/json' })).toEqual([
      400,
      'UnknownOperationException',
    ]);
  });
});
