import type { BackupJob, CopyJob, ProtectedResource } from '@aws-sdk/client-backup';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import backup from '../../../../src/checks/backup.ts';
import { type BackupState, backupStandIn } from '../../../support/aws/backup.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { judgedByDefault } from '../../../support/probes.ts';
import { saidByDefault } from '../../../support/said.ts';

const state: BackupState = { resources: [], jobs: [], copies: [], vaults: [], plans: {} };
const aws = new AwsServer([backupStandIn(state)]);
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

const main = { ResourceArn: 'arn:aws:rds:eu-west-1:123456789012:db:main', ResourceName: 'main', ResourceType: 'RDS' };
const orders = { ResourceArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders', ResourceType: 'DynamoDB' };
const papers = { ResourceArn: 'arn:aws:s3:::papers', ResourceName: 'papers', ResourceType: 'S3' };
const vault = (region: string) => `arn:aws:backup:${region}:123456789012:backup-vault:keep`;

const protectedAt = (of: object, hours: number): ProtectedResource => ({ ...of, LastBackupTime: hoursAgo(hours) });
const job = (of: object, hours: number, change: BackupJob = {}): BackupJob => ({
  ...{ ...of, CreationDate: hoursAgo(hours), BackupVaultName: 'keep', State: 'COMPLETED', MessageCategory: 'SUCCESS' },
  ...change,
});
const copy = (of: object, hours: number, change: CopyJob = {}): CopyJob => ({
  ...{ ...of, CreationDate: hoursAgo(hours), State: 'COMPLETED', DestinationBackupVaultArn: vault('eu-central-1') },
  ...change,
});

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.resources = [protectedAt(main, 9.25), protectedAt(orders, 9), protectedAt(papers, 3)];
  state.jobs = [job(main, 9.25), job(orders, 9), job(papers, 3), job(main, 33)];
  state.copies = [copy(main, 8), copy(orders, 8), copy(papers, 2)];
  state.vaults = [
    { BackupVaultName: 'keep', NumberOfRecoveryPoints: 90 },
    { BackupVaultName: 'aws/efs/automatic-backup-vault', NumberOfRecoveryPoints: 0 },
  ];
  state.plans = {
    daily: [
      {
        ...{ RuleName: 'full', ScheduleExpression: 'cron(0 3 * * ? *)', TargetBackupVaultName: 'keep' },
        Lifecycle: { DeleteAfterDays: 120, MoveToColdStorageAfterDays: 15 },
        CopyActions: [{ DestinationBackupVaultArn: vault('eu-central-1'), Lifecycle: { DeleteAfterDays: 90 } }],
      },
    ],
    critical: [
      {
        ...{ RuleName: 'often', ScheduleExpression: 'cron(0 0/6 * * ? *)', TargetBackupVaultName: 'keep' },
        Lifecycle: { DeleteAfterDays: 7 },
      },
    ],
  };
  state.pageSize = undefined;
});

const all = {
  resources: ['main', orders.ResourceArn, 'papers'],
  copy_rpo: '26h',
  vaults: ['keep'],
  plans: { daily: '30d', critical: '7d' },
};
const look = async (params: Parameters<typeof awsVerdict<typeof backup.params>>[1] = all) =>
  (await measure(backup, params)).facts;
const verdict = () => awsVerdict(backup, all);

describe('what it measures', () => {
  test('healthy: ages, jobs, copies, vaults, and the plans as they really are', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ protected: 3, overdue: [], missing: [], types_missing: [], oldest_h: 9.3, oldest_of: 'RDS main' },
      ...{ jobs: 3, completed: 3, running: 0, completed_in_rpo: 3 },
      ...{ failed: [], recovered: [], partial: [], with_issues: [] },
      ...{ copies: 3, copies_failed: [], copies_overdue: [], copy_oldest_h: 8 },
      ...{ vaults: 2, vaults_missing: [], vaults_empty: ['aws/efs/automatic-backup-vault'] },
      plans: [
        'daily: full cron(0 3 * * ? *) to keep, kept 120 d, cold after 15 d, copy to eu-central-1 kept 90 d',
        'critical: often cron(0 0/6 * * ? *) to keep, kept 7 d',
      ],
      ...{ plans_missing: [], kept_too_short: [], unread: [] },
    });
    expect(fired(backup, all, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(backup.facts({} as never)).sort());
  });

  test('degraded: a job failed, and the next one completed', async () => {
    state.jobs.push(job(main, 10, { State: 'FAILED', StatusMessage: 'Snapshot quota exceeded' }));
    const facts = await look();
    expect(facts).toMatchObject({ failed: [], recovered: ['RDS main FAILED: Snapshot quota exceeded'] });
    expect(fired(backup, all, facts)).toEqual(['warn size(recovered) > 0']);
  });

  test('failed: with the resource and AWS’s reason', async () => {
    state.jobs.push(job(main, 1, { State: 'FAILED', StatusMessage: 'Snapshot quota exceeded\nask for more' }));
    const facts = await look();
    expect(facts).toMatchObject({ failed: ['RDS main FAILED: Snapshot quota exceeded\nask for more'] });
    expect(saidByDefault(backup, all, facts)).toBe(
      'backup jobs failed: RDS main FAILED: Snapshot quota exceeded ask for more; mend the cause and start them again',
    );
  });

  test('a job that completed into another vault does not make one good', async () => {
    state.jobs.push(job(main, 2, { State: 'EXPIRED' }), job(main, 1, { BackupVaultName: 'elsewhere' }));
    expect((await look()).failed).toEqual(['RDS main EXPIRED']);
  });

  test('a weekly backup that failed stays failed until one completes, and so does a copy', async () => {
    const weekly = { rpo: '8d', copy_rpo: '8d' };
    state.jobs = [job(main, 120, { State: 'FAILED' }), job(papers, 3)];
    state.copies = [copy(main, 120, { State: 'FAILED' }), copy(main, 170), copy(orders, 8), copy(papers, 2)];
    const facts = await look(weekly);
    expect(facts).toMatchObject({ jobs: 1, failed: ['RDS main FAILED'], copies_failed: ['RDS main FAILED'] });
    expect(await awsVerdict(backup, weekly)).toBe('fail');
    state.jobs.push(job(main, 100));
    state.copies.push(copy(main, 100));
    expect(await look(weekly)).toMatchObject({ failed: [], recovered: [], copies_failed: [] });
    expect(await awsVerdict(backup, weekly)).toBe('ok');
  });

  test('no recovery point inside the RPO, or none at all', async () => {
    state.resources[0] = protectedAt(main, 31.5);
    state.resources[2] = papers;
    expect(await look()).toMatchObject({
      overdue: ['S3 papers never', 'RDS main 31.5 h'],
      oldest_h: 31.5,
      oldest_of: 'RDS main',
    });
  });

  test('the age is the age at the RPO’s edge: as old is no older', async () => {
    state.resources[0] = protectedAt(main, 26);
    expect((await look()).overdue).toEqual([]);
    expect((await look({ rpo: '25h59m' })).overdue).toEqual(['RDS main 26 h']);
  });

  test('a copy within the same region is no copy elsewhere', async () => {
    state.copies[0] = copy(main, 8, { DestinationBackupVaultArn: vault('eu-west-1') });
    expect((await look()).copies_overdue).toEqual(['RDS main never']);
  });

  test('kinds and exceptions limit what is judged', async () => {
    state.resources[0] = protectedAt(main, 400);
    state.jobs.push(job(main, 1, { State: 'FAILED' }));
    expect(await look({ except: ['main'] })).toMatchObject({ protected: 2, overdue: [], failed: [] });
    expect(await look({ types: ['S3'] })).toMatchObject({ protected: 1, jobs: 1, overdue: [] });
  });

  test('a kind of which nothing is protected is no kind that is well', async () => {
    const params = { types: ['rds', 'Aurora', 'DynamoDb'] };
    const facts = await look(params);
    expect(facts).toMatchObject({ protected: 2, jobs: 2, types_missing: ['Aurora'] });
    expect(fired(backup, params, facts)).toEqual(['fail size(types_missing) > 0']);
    expect(saidByDefault(backup, params, facts)).toBe(
      'no backup of any Aurora: correct types, or add such resources to a plan',
    );
    expect((await look({ types: ['RDSS'] })).types_missing).toEqual(['RDSS']);
  });

  test('a kind of which an exception is the only one is there', async () => {
    expect(await look({ types: ['RDS', 'S3'], except: ['main'] })).toMatchObject({ protected: 1, types_missing: [] });
  });

  test('several pages of everything', async () => {
    state.pageSize = 1;
    expect(await look()).toMatchObject({ protected: 3, jobs: 3, copies: 3, vaults: 2, plans_missing: [], unread: [] });
    expect(aws.counts()).toMatchObject({ 'backup:ListProtectedResources': 3, 'backup:ListBackupJobs': 3 });
  });

  test('jobs past 5,000: what was found holds, and nobody says that there is no more', async () => {
    state.jobs = Array.from({ length: 5_001 }, () => job(papers, 1));
    const facts = await look();
    expect(facts).toMatchObject({ jobs: null, failed: null, completed_in_rpo: 5_000 });
    expect(facts.unread).toEqual(['jobs past the first 5000']);
    expect(await verdict()).toBe('unknown');
  });

  test('resources past 5,000: one that is overdue holds, none is not known to be none', async () => {
    state.resources = Array.from({ length: 5_001 }, (_, i) => protectedAt({ ...main, ResourceName: `db-${i}` }, 9));
    const facts = await look({});
    expect(facts).toMatchObject({ protected: null, overdue: null, oldest_h: null });
    expect(facts.unread).toEqual(['protected resources past the first 5000']);
    expect((await look({ types: ['RDS'] })).types_missing).toEqual([]);
    expect((await look({ types: ['RDS', 'S3'] })).types_missing).toBeNull();
    state.resources[7] = protectedAt({ ...main, ResourceName: 'db-7' }, 30);
    expect((await look({})).overdue).toEqual(['RDS db-7 30 h']);
  });

  test('a plan without an end keeps its backups for ever', async () => {
    state.plans.critical![0]!.Lifecycle = undefined;
    const facts = await look();
    expect(facts.kept_too_short).toEqual([]);
    expect(facts.plans).toContain('critical: often cron(0 0/6 * * ? *) to keep, kept for ever');
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted: the list of resources', async () => {
    aws.break('denied', { action: 'backup:ListProtectedResources' });
    expect(await refusal(measure(backup, all))).toMatchObject({
      reason: 'denied',
      message: 'backup:ListProtectedResources on all resources in eu-west-1: AccessDenied',
      next: 'grant backup:ListProtectedResources',
    });
  });

  test('not permitted: a part; the rest is still there', async () => {
    aws.break('denied', { action: 'backup:GetBackupPlan' });
    const facts = await look();
    expect(facts).toMatchObject({ protected: 3, plans: null, kept_too_short: null });
    expect(facts.unread).toEqual([expect.stringContaining('grant backup:GetBackupPlan')]);
    expect(backup.facts({} as never).kept_too_short?.whyAbsent?.(facts)).toContain('grant backup:GetBackupPlan');
  });

  test('nothing is protected', async () => {
    state.resources = [];
    expect(await refusal(measure(backup, {}))).toMatchObject({
      reason: 'empty',
      message: 'AWS Backup has no backup of such resources in eu-west-1',
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(measure(backup, all))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 'backup:ListCopyJobs' });
    const call = aws.nextCall('backup:ListCopyJobs');
    const stop = new AbortController();
    const measured = refusal(measure(backup, { ...all, region: 'eu-north-1' }, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...backup.iam].sort());
});

test('it takes reading of the plans of its region alone', () => {
  const grants = backup.iamFor?.(backup.params.parse({ region: 'eu-west-1' })) ?? [];
  expect(grants.map((grant) => (typeof grant === 'string' ? grant : grant.action))).toEqual(backup.iam);
  expect(grants.at(-1)).toMatchObject({ resources: ['arn:aws:backup:eu-west-1:*:backup-plan:*'] });
});

test('a slow part does not hide what failed', async () => {
  state.jobs.push(job(main, 1, { State: 'FAILED' }));
  const params = { ...all, region: 'eu-south-1' };
  const facts = await withSlowPart(aws, 'backup:ListCopyJobs', backup, params);
  expect(facts).toMatchObject({ protected: 3, failed: ['RDS main FAILED'], vaults: 2, copies: null });
  expect(facts.unread).toEqual([expect.stringContaining('backup:ListCopyJobs on all copies in eu-south-1: no answer')]);
  expect(judgedByDefault(backup, params, facts)).toBe('fail');
});

describe('planted faults', () => {
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => unknown]>([
    ['nothing', 'ok', () => {}],
    ['a job failed', 'fail', () => state.jobs.push(job(main, 1, { State: 'FAILED' }))],
    ['a job expired before it began', 'fail', () => state.jobs.push(job(main, 1, { State: 'EXPIRED' }))],
    ['a job was aborted', 'fail', () => state.jobs.push(job(papers, 1, { State: 'ABORTED' }))],
    ['a newest backup older than the RPO', 'fail', () => (state.resources[1] = protectedAt(orders, 27))],
    ['a resource never backed up', 'fail', () => (state.resources[1] = orders)],
    ['no job within the RPO', 'fail', () => (state.jobs = [])],
    ['jobs that only start', 'fail', () => (state.jobs = [job(main, 1, { State: 'CREATED' })])],
    ['a resource that is not protected any more', 'fail', () => state.resources.pop()],
    ['nothing protected at all', 'fail', () => (state.resources = [])],
    ['a copy failed', 'fail', () => state.copies.push(copy(main, 1, { State: 'FAILED' }))],
    ['a copy is overdue', 'fail', () => (state.copies[1] = copy(orders, 27))],
    ['a copy is never made', 'fail', () => (state.copies = state.copies.slice(1))],
    ['the vault is gone', 'fail', () => (state.vaults = [])],
    ['a plan is gone', 'fail', () => delete state.plans.critical],
    ['a plan keeps too short', 'warn', () => (state.plans.daily![0]!.Lifecycle = { DeleteAfterDays: 29 })],
    ['a plan without rules', 'warn', () => (state.plans.daily = [])],
    ['a job in part', 'warn', () => state.jobs.push(job(papers, 1, { State: 'PARTIAL' }))],
    ['completed with issues', 'warn', () => state.jobs.push(job(papers, 1, { MessageCategory: 'VSS_ERROR' }))],
    ['failed, then completed', 'warn', () => state.jobs.push(job(papers, 4, { State: 'FAILED' }))],
    ['jobs not permitted', 'unknown', broken('denied', { action: 'backup:ListBackupJobs' })],
    ['copies throttled', 'unknown', broken('throttled', { action: 'backup:ListCopyJobs' })],
    ['vaults not permitted', 'unknown', broken('denied', { action: 'backup:ListBackupVaults' })],
    ['a plan removed between two calls', 'unknown', broken('internal', { action: 'backup:GetBackupPlan' })],
    ['a job without a state', 'unknown', () => state.jobs.push(job(main, 1, { State: undefined }))],
    ['a job without a date', 'unknown', () => state.jobs.push(job(main, 1, { CreationDate: undefined }))],
    ['resources not permitted', 'unknown', broken('denied', { action: 'backup:ListProtectedResources' })],
    ['denied by the organisation', 'unknown', broken('explicitly denied')],
    ['throttled', 'unknown', broken('throttled')],
    ['unknown key', 'unknown', broken('unknown key')],
    ['expired credentials', 'unknown', broken('expired')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict()).toBe(expected);
  });
});
