import { EC2 } from '@aws-sdk/client-ec2';
import { GuardDuty } from '@aws-sdk/client-guardduty';
import { IAM } from '@aws-sdk/client-iam';
import { Inspector2 } from '@aws-sdk/client-inspector2';
import { SecurityHub } from '@aws-sdk/client-securityhub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ec2StandIn } from '../../../support/aws/ec2.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { guardDutyStandIn } from '../../../support/aws/guardduty.ts';
import { iamStandIn } from '../../../support/aws/iam.ts';
import { inspectorStandIn } from '../../../support/aws/inspector.ts';
import { securityHubStandIn } from '../../../support/aws/securityhub.ts';
import { AwsServer } from '../../../support/aws/server.ts';

// What AWS refuses, the stand-ins must refuse too: a check that breaks a limit would pass its tests otherwise.

const detector = { id: 'd1', status: 'ENABLED' };
const aws = new AwsServer([
  ec2StandIn({ volumes: {}, addresses: [], groups: {}, instances: {} }),
  iamStandIn({ users: [], madeAt: new Date(0), making: 1, roles: [], policies: [] }),
  guardDutyStandIn({ detector, findings: [] }),
  inspectorStandIn({ status: 'DISABLED', scans: {}, findings: [] }),
  securityHubStandIn({ enabled: true, findings: [], standards: [] }),
]);
const options = { region: 'eu-west-1', maxAttempts: 1 };
const clients: { destroy(): void }[] = [];
const open = <Client extends { destroy(): void }>(client: Client): Client => {
  clients.push(client);
  return client;
};

beforeAll(async () => useAws(await aws.start()));
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
});

const code = (name: string) => expect.objectContaining({ name });

test('EC2: 5 to 500 volumes and 1000 groups a page, known filters, its own tokens; an empty list is a list', async () => {
  const ec2 = open(new EC2(options));
  const refused = code('InvalidParameterValue');
  await expect(ec2.describeVolumes({ MaxResults: 501 })).rejects.toEqual(refused);
  await expect(ec2.describeVolumes({ MaxResults: 4 })).rejects.toEqual(refused);
  await expect(ec2.describeVolumes({ Filters: [{ Name: 'state', Values: ['x'] }] })).rejects.toEqual(refused);
  await expect(ec2.describeSecurityGroups({ MaxResults: 1_001 })).rejects.toEqual(refused);
  await expect(ec2.describeInstances({ NextToken: 'made up' })).rejects.toEqual(refused);
  expect((await ec2.describeVolumes({})).Volumes).toEqual([]);
});

test('IAM: a report is made before it is read; 1000 roles a page', async () => {
  const iam = open(new IAM(options));
  await expect(iam.getCredentialReport({})).rejects.toEqual(code('CredentialReportNotReadyException'));
  expect((await iam.generateCredentialReport({})).State).toBe('STARTED');
  expect((await iam.getCredentialReport({})).ReportFormat).toBe('text/csv');
  await expect(iam.listRoles({ MaxItems: 1_001 })).rejects.toEqual(code('ValidationError'));
});

test('GuardDuty: its own detector, one kind of statistics, 50 findings a page', async () => {
  const guardDuty = open(new GuardDuty(options));
  const refused = code('BadRequestException');
  await expect(guardDuty.getDetector({ DetectorId: 'd2' })).rejects.toEqual(refused);
  await expect(guardDuty.getFindingsStatistics({ DetectorId: 'd1' })).rejects.toEqual(refused);
  await expect(guardDuty.listFindings({ DetectorId: 'd1', MaxResults: 51 })).rejects.toEqual(refused);
  await expect(guardDuty.getFindings({ DetectorId: 'd1', FindingIds: [] })).rejects.toEqual(refused);
});

test('Security Hub: 100 findings a page, at most 20 values of a filter; Inspector: nothing where it is off', async () => {
  const hub = open(new SecurityHub(options));
  const refused = code('InvalidInputException');
  await expect(hub.getFindings({ MaxResults: 101 })).rejects.toEqual(refused);
  const values = Array.from({ length: 21 }, (_, i) => ({ Value: `v${i}`, Comparison: 'EQUALS' as const }));
  await expect(hub.getFindings({ Filters: { ProductName: values } })).rejects.toEqual(refused);
  const inspector = open(new Inspector2(options));
  await expect(inspector.listFindings({})).rejects.toEqual(code('AccessDeniedException'));
});
