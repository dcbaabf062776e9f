import { afterAll, beforeAll, expect, test } from 'vitest';
import cloudwatchMetric from '../../../../src/checks/cloudwatch-metric.ts';
import ecsServices from '../../../../src/checks/ecs-services.ts';
import { createBatch } from '../../../../src/health/batch.ts';
import type { AwsSettings } from '../../../../src/kernel/aws.ts';
import { cloudWatchStandIn } from '../../../support/aws/cloudwatch.ts';
import { ecsStandIn } from '../../../support/aws/ecs.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { measure, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { stsStandIn } from '../../../support/aws/sts.ts';

const role = (account: string) => `arn:aws:iam::${account}:role/rounds-read`;
const roles = { [role('111111111111')]: 'rounds-7', [role('222222222222')]: undefined };
const services = { web: { desiredCount: 1, runningCount: 1 } };
const aws = new AwsServer([
  ecsStandIn({ clusters: { prod: { services } } }),
  cloudWatchStandIn({ metrics: [{ namespace: 'App', metric: 'm', at: () => 1 }] }),
  stsStandIn({ roles }),
]);

beforeAll(() => aws.start());
afterAll(() => aws.stop());

const settings: AwsSettings = {
  region: 'eu-north-1',
  accounts: new Map([
    ['shop', { name: 'shop', role: role('111111111111'), externalId: 'rounds-7', region: 'eu-west-3' }],
    ['lab', { name: 'lab', role: role('222222222222'), externalId: undefined, region: undefined }],
    ['closed', { name: 'closed', role: role('333333333333'), externalId: undefined, region: undefined }],
  ]),
};
const look = (params: { account?: string; region?: string }) =>
  measure(ecsServices, { cluster: 'prod', stopped_window: 'off', revisions: false, ...params }, { aws: settings });
const asked = () =>
  aws.calls
    .filter(({ action }) => action === 'ecs:ListServices')
    .map(({ accessKeyId, region }) => ({ accessKeyId, region }));

test('an account is read with its role, in its region, else in that of the config', async () => {
  useAws(aws.url);
  await look({ account: 'shop' });
  await look({ account: 'lab' });
  await look({ account: 'shop', region: 'eu-west-2' });
  await look({});
  expect(asked()).toEqual([
    { accessKeyId: 'ASIA111111111111', region: 'eu-west-3' },
    { accessKeyId: 'ASIA222222222222', region: 'eu-north-1' },
    { accessKeyId: 'ASIA111111111111', region: 'eu-west-2' },
    { accessKeyId: 'AKIDEXAMPLE', region: 'eu-north-1' },
  ]);
});

test('the role is taken once for many looks', async () => {
  useAws(aws.url);
  aws.forget();
  await Promise.all([1, 2, 3].map(() => look({ account: 'lab', region: 'eu-central-1' })));
  await look({ account: 'lab', region: 'eu-central-1' });
  expect(aws.counts()['sts:AssumeRole']).toBe(1);
});

test('a role that may not be taken is a denial, with its name and the remedy', async () => {
  useAws(aws.url);
  expect(await refusal(look({ account: 'closed' }))).toMatchObject({
    reason: 'denied',
    message: `sts:AssumeRole on ${role('333333333333')} (account closed) in eu-north-1: AccessDenied`,
    next: 'grant sts:AssumeRole',
  });
});

test('metrics of two accounts share no call', async () => {
  useAws(aws.url);
  aws.forget();
  const batch = createBatch();
  const metric = { namespace: 'App', metric: 'm', region: 'eu-west-1' };
  const both = ['shop', 'lab'].map((account) =>
    measure(cloudwatchMetric, { ...metric, account }, { batch, aws: settings }),
  );
  await Promise.all(both);
  const keys = aws.calls
    .filter(({ action }) => action === 'cloudwatch:GetMetricData')
    .map(({ accessKeyId }) => accessKeyId);
  expect(keys.toSorted()).toEqual(['ASIA111111111111', 'ASIA222222222222']);
});

test('metrics of an account are never those of the bot’s own, whatever it is named', async () => {
  useAws(aws.url);
  aws.forget();
  const batch = createBatch();
  const named = { ...settings.accounts.get('lab')!, name: 'own' };
  const own: AwsSettings = { region: undefined, accounts: new Map([['own', named]]) };
  const metric = { namespace: 'App', metric: 'm', region: 'eu-west-1' };
  await Promise.all([
    measure(cloudwatchMetric, { ...metric, account: 'own' }, { batch, aws: own }),
    measure(cloudwatchMetric, metric, { batch, aws: own }),
  ]);
  const calls = aws.calls.filter(({ action }) => action === 'cloudwatch:GetMetricData');
  expect(calls.map(({ accessKeyId }) => accessKeyId).toSorted()).toEqual(['AKIDEXAMPLE', 'ASIA222222222222']);
});

test('a role whose keys do not come names role and account, not the bot’s profile', async () => {
  useAws(aws.url);
  aws.break('hang', { action: 'sts:AssumeRole' });
  const stuck = { name: 'stuck', role: role('111111111111'), externalId: 'other', region: undefined };
  const stop = new AbortController();
  const arrived = aws.nextCall('sts:AssumeRole');
  const aboutStuck = { ...settings, accounts: new Map([['stuck', stuck]]) };
  const params = { cluster: 'prod', account: 'stuck', region: 'eu-west-3' };
  const measured = refusal(measure(ecsServices, params, { signal: stop.signal, aws: aboutStuck }));
  await arrived;
  stop.abort(new DOMException('late', 'TimeoutError'));
  expect(await measured).toMatchObject({
    reason: 'no_credentials',
    message: `sts:AssumeRole on ${role('111111111111')} (account stuck) in eu-west-3: no answer in time`,
    next: 'check that the bot has credentials of its own and reaches AWS STS in eu-west-3',
  });
  aws.mend();
});
