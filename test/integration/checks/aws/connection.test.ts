import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import cloudwatchMetric from '../../../../src/checks/cloudwatch-metric.ts';
import ecsServices from '../../../../src/checks/ecs-services.ts';
import { cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { ecsStandIn } from '../../../support/aws/ecs.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { measure, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';

// A client is made once for each region and reads its environment then: every test uses a region of its own.

const services = { web: { desiredCount: 1, runningCount: 1 } };
const aws = new AwsServer([
  ecsStandIn({ clusters: { prod: { services } } }),
  cloudWatchStandIn({ metrics: [{ namespace: 'App', metric: 'm', at: () => 1 }] }),
]);
let metadata: Server | undefined;

beforeAll(() => aws.start());
afterAll(() => aws.stop());
afterEach(async () => {
  metadata?.close();
  metadata?.closeAllConnections();
  metadata = undefined;
});

const ecsIn = (region: string | undefined) =>
  measure(ecsServices, { cluster: 'prod', region, stopped_window: 'off', revisions: false });

function withoutKeys(): void {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
}

test('the region comes from the check, else from AWS_REGION, else nothing is measured', async () => {
  useAws(aws.url, 'eu-central-1');
  await ecsIn(undefined);
  await ecsIn('eu-central-2');
  expect(aws.calls.map((call) => call.region)).toEqual([
    'eu-central-1',
    'eu-central-1',
    'eu-central-2',
    'eu-central-2',
  ]);
  delete process.env.AWS_REGION;
  const unknown = { reason: 'misconfigured', message: 'no AWS region', next: 'set region on the check, or AWS_REGION' };
  expect(await refusal(ecsIn(undefined))).toMatchObject(unknown);
  expect(await refusal(measure(cloudwatchMetric, { namespace: 'App', metric: 'm' }))).toMatchObject(unknown);
});

test("a profile's region counts, from the moment it is there", async () => {
  useAws(aws.url);
  delete process.env.AWS_REGION;
  expect(await refusal(ecsIn(undefined))).toMatchObject({ reason: 'misconfigured' });
  const folder = await mkdtemp(join(tmpdir(), 'aws-'));
  process.env.AWS_CONFIG_FILE = join(folder, 'config');
  await writeFile(process.env.AWS_CONFIG_FILE, '[default]\nregion = ap-south-1\n');
  expect((await ecsIn(undefined)).facts).toMatchObject({ services: 1 });
  expect(aws.calls.at(-1)?.region).toBe('ap-south-1');
  await rm(folder, { recursive: true });
});

test('each service can have an endpoint of its own', async () => {
  useAws('http://127.0.0.1:1');
  process.env.AWS_ENDPOINT_URL_ECS = aws.url;
  process.env.AWS_ENDPOINT_URL_CLOUDWATCH = aws.url;
  expect((await ecsIn('eu-south-1')).facts).toMatchObject({ services: 1 });
  const metric = { namespace: 'App', metric: 'm', region: 'eu-south-1' };
  expect((await measure(cloudwatchMetric, metric)).facts).toMatchObject({ value: 1 });
});

test('an endpoint that nobody serves is unreachable', async () => {
  useAws('http://127.0.0.1:1');
  expect(await refusal(ecsIn('eu-south-2'))).toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('no credentials anywhere', async () => {
  useAws(aws.url);
  withoutKeys();
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  const expected = {
    reason: 'no_credentials',
    message: 'no AWS credentials: Could not load credentials from any providers',
    next: expect.stringContaining('give the bot a role'),
    retryable: false,
  };
  expect(await refusal(ecsIn('eu-north-1'))).toEqual(expected);
  const metric = { namespace: 'App', metric: 'm', region: 'eu-north-1' };
  expect(await refusal(measure(cloudwatchMetric, metric))).toEqual(expected);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-secret' });
  expect((await ecsIn('eu-north-1')).facts).toMatchObject({ services: 1 });
});

test('credentials come from the metadata address where there is one', async () => {
  await startMetadata((path) => {
    if (path.endsWith('/token')) return 'token';
    if (path.endsWith('/security-credentials/')) return 'bot-role';
    const keys = { AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 's', Token: 't' };
    return JSON.stringify({ Code: 'Success', ...keys, Expiration: '2999-01-01T00:00:00Z' });
  });
  expect((await ecsIn('us-east-1')).facts).toMatchObject({ services: 1 });
});

test('a metadata address that never answers: no credentials, without waiting for the probe to be stopped', async () => {
  await startMetadata(() => undefined);
  expect(await refusal(ecsIn('us-west-1'))).toMatchObject({ reason: 'no_credentials' });
});

test('a credentials address that hangs for longer than the SDK minds is given up after 3 s', async () => {
  useAws(aws.url);
  withoutKeys();
  metadata = createServer(() => {});
  await listen(metadata);
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = urlOf(metadata);
  expect(await refusal(ecsIn('us-west-2'))).toMatchObject({
    reason: 'no_credentials',
    message: 'no AWS credentials: none found in time',
  });
});

/** An EC2 metadata service in the SDK's way; an answer of undefined never comes. */
async function startMetadata(answer: (path: string) => string | undefined): Promise<void> {
  useAws(aws.url);
  withoutKeys();
  metadata = createServer((request, response) => {
    const text = answer(request.url ?? '');
    if (text !== undefined) response.end(text);
  });
  await listen(metadata);
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = urlOf(metadata);
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
