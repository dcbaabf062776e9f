import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { loadOps } from '../../../src/config/load.ts';
import type { Check, Ops } from '../../../src/config/model.ts';
import { checkTypes, root } from '../../../src/registry.ts';
import { type CloudWatchState, cloudWatchStandIn } from '../../support/aws/cloudwatch.ts';
import { type EcsService, type EcsState, ecsStandIn } from '../../support/aws/ecs.ts';
import { useAws } from '../../support/aws/environment.ts';
import { type LogsState, logsStandIn } from '../../support/aws/logs.ts';
import { type RdsState, rdsStandIn } from '../../support/aws/rds.ts';
import { AwsServer } from '../../support/aws/server.ts';
import { stsStandIn } from '../../support/aws/sts.ts';
import { testClock } from '../../support/checks.ts';
import { final, healthOf, unhurried } from '../../support/health.ts';
import { jsonServer } from '../../support/json-server.ts';

const clock = testClock('2026-11-23T13:30:00Z');
const ago = (minutes: number) => new Date(clock.now().getTime() - minutes * 60_000);
const errors = (count: number, minutes = 30) =>
  Array.from({ length: count }, () => ({ at: ago(minutes), message: 'ERROR pool exhausted' }));
const service = 'rms-backend-service-prod';
const log = '/aws/ecs/rms-backend-prod';

const ecs: EcsState = { clusters: {} };
const rds: RdsState = { instances: {}, clusters: {}, snapshots: [], maintenance: {}, parameters: {} };
const logs: LogsState = { groups: {} };
const tasks = { ClusterName: 'rms-cluster-prod', ServiceName: service };
const instance = { DBInstanceIdentifier: 'rms-db-prod' };
const balancer = { LoadBalancer: 'app/rms-alb-prod/50dc6c495c0c9188' };
/** What CloudWatch has in every minute. */
const healthy = {
  ...{ taskCpu: 40, taskMemory: 50, seconds: 0.2, errorPct: 0.1 },
  ...{ databaseCpu: 20, connections: 60, freeBytes: 60 * 2 ** 30 },
};
let values = { ...healthy };
const metric = (namespace: string, name: string, dimensions: Record<string, string>, of: keyof typeof healthy) => ({
  ...{ namespace, metric: name, dimensions },
  at: () => values[of],
});
const cloudWatch: CloudWatchState = {
  metrics: [
    metric('AWS/ECS', 'CPUUtilization', tasks, 'taskCpu'),
    metric('AWS/ECS', 'MemoryUtilization', tasks, 'taskMemory'),
    metric('AWS/ApplicationELB', 'TargetResponseTime', balancer, 'seconds'),
    metric('AWS/RDS', 'CPUUtilization', instance, 'databaseCpu'),
    metric('AWS/RDS', 'DatabaseConnections', instance, 'connections'),
    metric('AWS/RDS', 'FreeStorageSpace', instance, 'freeBytes'),
  ],
  evaluate: () => [{ label: 'errors', value: values.errorPct }],
  steady: true,
};
const aws = new AwsServer([
  stsStandIn({ roles: { 'arn:aws:iam::123456789012:role/rounds-read': 'rms-rounds' } }),
  ...[ecsStandIn(ecs), rdsStandIn(rds), logsStandIn(logs), cloudWatchStandIn(cloudWatch)],
]);

const backend: EcsService = { desiredCount: 2, runningCount: 2, taskDefinition: 'rms-backend:7' };
const database = {
  ...{ DBInstanceStatus: 'available', Engine: 'mysql', EngineVersion: '8.0.39', StorageEncrypted: true, MultiAZ: true },
  ...{ AllocatedStorage: 100, BackupRetentionPeriod: 7, LatestRestorableTime: ago(4) },
};

/** What the two /health answer. */
const answers = { frontend: 200, api: 200 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rounds-rms-'));
  useAws(await aws.start());
});
afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  aws.mend();
  values = { ...healthy };
  Object.assign(answers, { frontend: 200, api: 200 });
  ecs.clusters = { 'rms-cluster-prod': { services: { [service]: backend } } };
  ecs.revisions = { 'rms-backend': 7 };
  rds.instances = { 'rms-db-prod': database };
  rds.snapshots = Array.from({ length: 7 }, (_, day) => ({ of: 'rms-db-prod', takenAt: ago(600 + day * 1_440) }));
  logs.groups = { [log]: [{ at: ago(5), message: 'GET /health 200' }, ...errors(9)] };
});

/** The file as it is, with the stand-ins in the places of the two hosts. */
async function loaded(): Promise<Ops> {
  const server = (which: keyof typeof answers) => jsonServer(() => ({ status: answers[which] }));
  const [frontend, api] = await Promise.all([server('frontend'), server('api')]);
  const text = (await readFile(join(root, 'examples/rms/ops.yml'), 'utf8'))
    .replace('https://rms.example.com/health', `${frontend.url}/health`)
    .replace('https://api.rms.example.com/health', `${api.url}/health`)
    .replace('timeout: 10s }', 'timeout: 10s, retry_delay: 0s }');
  const file = join(folder, 'ops.yml');
  await writeFile(file, text);
  return loadOps(file, { checkTypes: await checkTypes(), compile: compileCondition, env: {} });
}

/** The outcome of these checks now, and why where it is not ok. */
async function measured(which: (check: Check) => boolean) {
  const { checks, ...ops } = await loaded();
  const { health } = await healthOf(checks.filter(which), { ...ops, clock });
  const report = await final(health.measure({ scope: { kind: 'all' }, signal: unhurried }));
  const notOk = report.checks.filter(({ outcome }) => outcome !== 'ok');
  return { verdict: report.verdict, count: report.checks.length, notOk };
}

const morning = () => measured(({ group }) => group === 'morning');

describe('the morning script of RMS', () => {
  it('is all ok on a good morning', async () => {
    expect(await morning()).toEqual({ verdict: 'ok', count: 5, notOk: [] });
  });

  it.each<[string, () => void, string, string, RegExp]>([
    ['the frontend answers 503', () => (answers.frontend = 503), 'frontend', 'fail', /HTTP 503 \(want 200\)/],
    ['the API answers 500', () => (answers.api = 500), 'api', 'fail', /HTTP 500 \(want 200\)/],
    [
      'the database is stopped',
      () => (rds.instances = { 'rms-db-prod': { ...database, DBInstanceStatus: 'stopped' } }),
      ...(['database', 'fail', /rms-db-prod stopped/] as const),
    ],
    [
      'no task runs',
      () => (ecs.clusters['rms-cluster-prod']!.services[service] = { ...backend, runningCount: 0 }),
      ...(['backend', 'fail', /rms-backend-service-prod 0\/2/] as const),
    ],
    [
      'one task of two runs',
      () => (ecs.clusters['rms-cluster-prod']!.services[service] = { ...backend, runningCount: 1 }),
      ...(['backend', 'warn', /rms-backend-service-prod 1\/2/] as const),
    ],
    [
      'the service is gone',
      () => (ecs.clusters['rms-cluster-prod']!.services = { other: backend }),
      ...(['backend', 'fail', /not in the cluster: rms-backend-service-prod/] as const),
    ],
    [
      'ten errors in the last hour',
      () => (logs.groups[log] = errors(10)),
      ...(['log-errors', 'fail', /10 errors in the last hour \(limit 10\)/] as const),
    ],
    // The script compares two empty answers here and says that the service is well.
    [
      'ECS can’t be asked',
      () => aws.break('denied', { action: 'ecs:DescribeServices' }),
      ...(['backend', 'unknown', /ecs:DescribeServices/] as const),
    ],
    [
      'the log is not written',
      () => (logs.groups[log] = []),
      ...(['log-errors', 'unknown', /rms-backend-prod/] as const),
    ],
  ])('%s', async (_fault, plant, id, outcome, reason) => {
    plant();
    const { notOk } = await morning();
    expect(notOk).toMatchObject([{ id, outcome, reason: expect.stringMatching(reason) }]);
  });

  it('errors of more than an hour ago don’t count', async () => {
    logs.groups[log] = [{ at: ago(5), message: 'GET /health 200' }, ...errors(50, 61)];
    expect(await morning()).toMatchObject({ verdict: 'ok' });
  });
});

describe('the six thresholds of RMS', () => {
  /** `database` has two of them. */
  const carriers = ['cpu', 'memory', 'database', 'response-time', 'error-rate'];
  const thresholds = () => measured(({ id }) => carriers.includes(id));

  it.each<[string, Partial<typeof healthy>]>([
    ['nothing much', {}],
    ['everything at its limit', { taskCpu: 80, taskMemory: 85, seconds: 2, errorPct: 5, databaseCpu: 80 }],
    ['the database at its limits', { connections: 240, freeBytes: 20 * 2 ** 30 }],
  ])('%s is ok', async (_what, over) => {
    Object.assign(values, over);
    expect(await thresholds()).toEqual({ verdict: 'ok', count: 5, notOk: [] });
  });

  it.each<[string, Partial<typeof healthy>, string, RegExp]>([
    ['CPU', { taskCpu: 81 }, 'cpu', /81 ?%.*80 ?%/],
    ['memory', { taskMemory: 86 }, 'memory', /86 ?%.*85 ?%/],
    ['connections', { connections: 243 }, 'database', /81 ?% of max \(limit 80 %\)/],
    ['response time', { seconds: 2.1 }, 'response-time', /2\.1 s.*2 s/],
    ['errors', { errorPct: 5.1 }, 'error-rate', /5\.1 ?%.*5 ?%/],
    ['disk', { freeBytes: 19 * 2 ** 30 }, 'database', /19 ?% of allocated \(limit 20 %\)/],
  ])('over it, %s warns', async (_what, over, id, reason) => {
    Object.assign(values, over);
    const { notOk } = await thresholds();
    expect(notOk).toMatchObject([{ id, outcome: 'warn', reason: expect.stringMatching(reason) }]);
  });
});
