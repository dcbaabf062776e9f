import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectEcs } from './aws/ecs-read.ts';
import { account, duration, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { connectScaling } from './aws/scaling.ts';
import { brokenProviders, instanceFacts, noInstanceFacts } from './ecs-capacity/capacity.ts';
import { capacityProviders, containerInstances, readCluster } from './ecs-capacity/read.ts';
import { noScalingFacts, scalingFacts } from './ecs-capacity/read-scaling.ts';

const capacity = z.int().min(0).optional();
const expectedTarget = z.strictObject({
  namespace: z.enum(['rds', 'elasticache', 'dynamodb', 'ecs']).describe('the service it belongs to'),
  resource: z.string().min(1).max(1600).describe('`cluster:main` (Aurora replicas), `replication-group/sessions`'),
  min: capacity.describe('the least it ought to scale to'),
  max: capacity.describe('the most it ought to scale to'),
});

const params = z.strictObject({
  cluster: z.string().min(1).describe('name or ARN of the cluster'),
  scaling: z.boolean().default(true).describe('whether services are expected to scale; false = only capacity is read'),
  services: z
    .array(z.string().regex(/^[\w-]+$/, 'the name of a service'))
    .min(1)
    .optional()
    .describe('names of the services that ought to scale; default: those of the cluster that do'),
  targets: z
    .array(expectedTarget)
    .max(50)
    .default([])
    .describe('other scalable targets that ought to be there: `[{namespace: rds, resource: "cluster:main", max: 3}]`'),
  window: duration.prefault('1h').describe('how far back scaling activities count'),
  account,
  region,
});
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  status: { type: 'string', help: 'of the cluster: `ACTIVE`' },
  pending_tasks: { type: 'number', help: 'tasks that wait for capacity or start' },
  capacity_providers: { type: 'list', help: 'capacity providers of the cluster: `FARGATE`, or your own' },
  providers_broken: { type: 'list', help: 'providers that are not active, whose last change failed, or that are gone' },
  instances: { type: 'number', help: 'registered container instances; 0 on Fargate, null if not read' },
  instances_connected: { type: 'number', help: 'active ones whose agent is connected' },
  instances_draining: { type: 'number', help: 'those that take no more tasks' },
  disconnected: { type: 'list', help: 'those whose agent is not connected' },
  instances_failed: { type: 'list', help: 'those that could not be registered' },
  cpu_reserved_pct: { type: 'number', unit: '%', help: 'CPU that tasks have reserved of the connected instances’' },
  memory_reserved_pct: { type: 'number', unit: '%', help: 'memory that tasks have reserved of theirs' },
  targets: { type: 'number', help: 'scalable targets: services of the cluster, and those in `targets`' },
  not_as_expected: { type: 'list', help: 'services and targets named that don’t scale, or between other limits' },
  without_policy: { type: 'list', help: 'targets that no scaling policy moves' },
  suspended: { type: 'list', help: 'targets whose scaling, or a part of it, is suspended' },
  at_max: { type: 'list', help: 'services that run as many tasks as they may: `web 10`' },
  out_of_range: {
    type: 'list',
    help: 'services that want fewer or more tasks than their limits allow: `web 1 (2 to 10)`',
  },
  capped: { type: 'list', help: 'targets that were to grow in the window and were at their most already' },
  activities: { type: 'number', help: 'scaling activities in the window' },
  failed_activities: { type: 'list', help: 'those that failed, with the reason' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'ecs-capacity',
  summary: 'Room and scaling of an ECS cluster: capacity providers, container instances, scaling limits and activities',
  catalogue: ['H4'],
  params,
  facts: () => facts,
  rules: ({ scaling }) => ({
    fail: [
      { when: 'status != "ACTIVE"', say: 'the cluster is {status}' },
      {
        when: 'instances > 0 && instances_connected == 0',
        say: 'none of {instances} container instances is active and connected',
      },
    ],
    warn: [
      { when: 'size(disconnected) > 0', say: 'agent not connected: {disconnected}' },
      { when: 'size(instances_failed) > 0', say: 'not registered: {instances_failed}' },
      { when: 'size(providers_broken) > 0', say: 'capacity provider {providers_broken}' },
      ...(scaling
        ? [
            { when: 'targets == 0', say: 'nothing scales by itself: register scalable targets, or set scaling: false' },
            { when: 'size(not_as_expected) > 0', say: '{not_as_expected}' },
            { when: 'size(without_policy) > 0', say: 'no scaling policy: {without_policy}' },
            { when: 'size(suspended) > 0', say: 'scaling suspended: {suspended}' },
            { when: 'size(at_max) > 0', say: 'at the most tasks: {at_max}' },
            { when: 'size(out_of_range) > 0', say: 'outside its limits: {out_of_range}' },
            { when: 'size(capped) > 0', say: 'could not grow past their most: {capped}' },
            { when: 'size(failed_activities) > 0', say: 'scaling failed: {failed_activities}' },
          ]
        : []),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: '{status}, {instances} container instances, {pending_tasks} tasks pending',
  iam: [
    'ecs:DescribeClusters',
    'ecs:ListContainerInstances',
    'ecs:DescribeContainerInstances',
    'ecs:DescribeCapacityProviders',
    'ecs:DescribeServices',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScalingActivities',
  ],
  describe: ({ cluster }) => `capacity of ECS ${cluster}`,
  lane: (target) => awsLane('ecs', target),
  example: `- id: room-to-grow
  group: api
  ecs-capacity:
    cluster: shop-prod
    services: [backend]
    targets: [{namespace: rds, resource: "cluster:shop-main", min: 1, max: 3}]
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const reader = { ecs: await connectEcs(whereOf(probe), signal), cluster: target.cluster, signal };
    const scaling = await connectScaling(whereOf(probe), signal);
    const cluster = await readCluster(reader);
    const names = cluster.capacityProviders ?? [];
    const since = new Date(clock.now().getTime() - target.window);
    const unread: string[] = [];
    const [instances, providers, scaled] = await Promise.all([
      cluster.registeredContainerInstancesCount === 0
        ? { instances: [], complete: true }
        : part(unread, signal, () => containerInstances(reader)),
      part(unread, signal, () => capacityProviders(reader, names)),
      target.scaling
        ? scalingFacts(
            { ...reader, scaling },
            cluster.clusterName ?? '',
            { services: target.services, others: target.targets, since },
            unread,
          )
        : noScalingFacts,
    ]);
    if (instances?.complete === false) unread.push(`container instances past the first ${instances.instances.length}`);
    return {
      facts: {
        status: cluster.status,
        pending_tasks: cluster.pendingTasksCount ?? null,
        capacity_providers: names,
        providers_broken: providers && brokenProviders(providers.providers, providers.missing),
        ...(instances?.complete ? instanceFacts(instances.instances) : noInstanceFacts),
        ...scaled,
        unread,
      },
    };
  },
});
