import type { Service } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe, Unmeasured } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { behindNewest, crashingFrom, familiesOf, serviceFacts, stoppedFacts } from './aws/ecs-facts.ts';
import {
  type ClusterReader,
  connectEcs,
  describeServices,
  listServices,
  maxStoppedTasks,
  newestRevisions,
  stoppedTasks,
} from './aws/ecs-read.ts';
import { account, duration, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { withUnread } from './aws/unread.ts';

/** With more named services than this, one question about the whole cluster is cheaper than one for each. */
const maxServicesAskedApart = 10;
/** One call for each family: past this many `behind` would cost more than the rest of the check. */
const maxFamilies = 50;

const params = z.strictObject({
  cluster: z.string().min(1).describe('name or ARN of the cluster'),
  services: z.array(z.string().min(1)).min(1).optional().describe('names or ARNs; default: all of the cluster'),
  account,
  region,
  stopped_window: z
    .union([z.literal('off'), duration])
    .prefault('1h')
    .describe('how far back stopped tasks count (ECS keeps them for about 1h); off = not read'),
  revisions: z.boolean().default(true).describe('compare task definitions with their newest revision'),
});
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  services: { type: 'number', help: 'services found' },
  running: { type: 'number', help: 'running tasks, all services' },
  desired: { type: 'number', help: 'desired tasks, all services' },
  pending: { type: 'number', help: 'pending tasks, all services' },
  down: { type: 'list', help: 'services with no running task of at least one desired: `backend 0/3`' },
  degraded: { type: 'list', help: 'services with some, but fewer running tasks than desired: `backend 1/3`' },
  missing: { type: 'list', help: 'services asked for that the cluster does not have, or that are being deleted' },
  scaled_to_zero: { type: 'list', help: 'services whose desired count is 0' },
  rollouts_in_progress: { type: 'number', help: 'services with a deployment in progress' },
  rollouts_failed: { type: 'list', help: 'services whose deployment failed or is rolled back, with the reason' },
  events: { type: 'list', help: 'last event of each service that has too few tasks' },
  stopped_read: { type: 'bool', help: 'whether stopped tasks were read' },
  stopped_tasks: { type: 'number', help: 'tasks of services stopped in the window; null if not all were read' },
  failed_tasks: { type: 'number', help: 'of these, not stopped by a person, a deployment, scaling or lost capacity' },
  stopped_reasons: { type: 'list', help: 'reasons with their number, failures first; null if not read' },
  crashing: {
    type: 'list',
    help: `services with at least ${crashingFrom} failed tasks in the window; null if none was found and not all were read (more than ${maxStoppedTasks})`,
  },
  behind: {
    type: 'list',
    help: `services not on the newest revision; null if not read or over ${maxFamilies} families`,
  },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'ecs-services',
  summary: 'ECS services of a cluster: tasks, rollouts, stopped tasks, task-definition revisions',
  catalogue: ['H3'],
  params,
  facts: () => withUnread(facts),
  rules: ({ stopped_window }) => ({
    fail: [
      { when: 'size(down) > 0', say: '{down} running' },
      { when: 'size(rollouts_failed) > 0', say: 'rollout failed: {rollouts_failed}' },
      { when: 'size(missing) > 0', say: 'not in the cluster: {missing}' },
    ],
    warn: [
      { when: 'size(degraded) > 0', say: '{degraded} tasks running' },
      ...(stopped_window === 'off'
        ? []
        : [{ when: 'size(crashing) > 0', say: 'tasks keep failing: {crashing} ({stopped_reasons})' }]),
      { when: 'desired == 0', say: 'every service is scaled to 0' },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: '{running} of {desired} tasks running',
  iam: ['ecs:ListServices', 'ecs:DescribeServices', 'ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:ListTaskDefinitions'],
  iamFor: ({ services, stopped_window, revisions }) => [
    ...(services ? [] : ['ecs:ListServices']),
    'ecs:DescribeServices',
    ...(stopped_window === 'off' ? [] : ['ecs:ListTasks', 'ecs:DescribeTasks']),
    ...(revisions ? ['ecs:ListTaskDefinitions'] : []),
  ],
  describe: ({ cluster, services }) => `ECS ${services?.join(', ') ?? 'services'} of ${cluster}`,
  lane: (target) => awsLane('ecs', target),
  example: `- id: backend
  group: api
  ecs-services:
    cluster: shop-prod
    services: [backend, frontend]
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const reader = { ecs: await connectEcs(whereOf(probe), signal), cluster: target.cluster, signal };
    const { services, missing } = await servicesOf(reader, target.services);
    const unread: string[] = [];
    const beside = { ...reader, signal: partsSignal };
    const [stopped, behind] = await Promise.all([
      readStopped(beside, target, services, { now: clock.now(), unread, signal }),
      readBehind(beside, target, services, { unread, signal }),
    ]);
    return { facts: { ...serviceFacts(services), missing, ...stopped, behind, unread } };
  },
});

async function servicesOf(reader: ClusterReader, asked: string[] | undefined) {
  const names = asked ? [...new Set(asked)] : await listServices(reader);
  if (names.length === 0) throw nothing(reader, 'has no services');
  const { services, notFound } = await describeServices(reader, names);
  const active = services.filter((service) => service.status === 'ACTIVE');
  const gone = services.filter((service) => service.status !== 'ACTIVE');
  if (!asked && active.length === 0) throw nothing(reader, 'has no active services');
  // A service listed a moment ago and deleted since is nobody's expectation; one that was asked for by name is.
  const missing = asked ? [...notFound, ...gone.map((service) => `${service.serviceName} (${service.status})`)] : [];
  return { services: active, missing };
}

function nothing({ cluster, ecs }: ClusterReader, what: string): Unmeasured {
  return new Unmeasured('empty', `cluster ${cluster} in ${ecs.region} ${what}`, {
    next: "check the cluster's name and region",
  });
}

interface Parts {
  unread: string[];
  /** Of the check, not of its parts. */
  signal: AbortSignal;
}

/** Stopped tasks come from other calls with other rights: what is refused there must not hide the services' state. */
async function readStopped(
  reader: ClusterReader,
  target: Target,
  services: Service[],
  { now, unread, signal }: Parts & { now: Date },
) {
  const nothingRead = { stopped_tasks: null, failed_tasks: null, stopped_reasons: null, crashing: null };
  const { stopped_window: window } = target;
  if (window === 'off') return { stopped_read: false, ...nothingRead };
  const names = services.flatMap((service) => service.serviceName ?? []);
  const askedApart = target.services && names.length <= maxServicesAskedApart ? names : undefined;
  const found = await part(unread, signal, () => stoppedTasks(reader, askedApart));
  if (!found) return { stopped_read: false, ...nothingRead };
  const read = stoppedFacts(found.tasks, services, new Date(now.getTime() - window));
  if (found.complete) return { stopped_read: true, ...read };
  unread.push(`stopped tasks past the first ${found.tasks.length}`);
  return { stopped_read: true, ...ofSome(read) };
}

/** Of a part of the stopped tasks, what was found holds; that there is no more does not. */
function ofSome({ stopped_reasons, crashing }: ReturnType<typeof stoppedFacts>) {
  const held = (found: string[]) => (found.length > 0 ? found : null);
  return { stopped_tasks: null, failed_tasks: null, stopped_reasons: held(stopped_reasons), crashing: held(crashing) };
}

async function readBehind(reader: ClusterReader, target: Target, services: Service[], { unread, signal }: Parts) {
  const families = familiesOf(services);
  if (!target.revisions || families.length > maxFamilies) return null;
  const newest = await part(unread, signal, () => newestRevisions(reader, families));
  return newest && behindNewest(services, newest);
}
