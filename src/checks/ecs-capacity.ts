import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectEcs } from './aws/ecs-read.ts';
import { account, duration, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { connectScaling } from './aws/scaling.ts';
import { withUnread } from './aws/unread.ts';
import { brokenProviders, instanceFacts, noInstanceFacts, pendingOnInstances } from './ecs-capacity/capacity.ts';
import { facts, rulesOf } from './ecs-capacity/facts.ts';
import { capacityProviders, containerInstances, readCluster } from './ecs-capacity/read.ts';
import { noScalingFacts, scalingFacts } from './ecs-capacity/read-scaling.ts';

const capacity = z.int().min(0).optional();
const expectedTarget = z.strictObject({
  namespace: z.enum(['rds', 'elasticache', 'dynamodb', 'ecs']).describe('the service it belongs to'),
  resource: z
    .string()
    .min(1)
    .max(1600)
    .describe('`cluster:main` (Aurora replicas), `replication-group/sessions`, `service/CLUSTER/web` of this cluster'),
  min: capacity.describe('the least it ought to scale to'),
  max: capacity.describe('the most it ought to scale to'),
});

const params = z
  .strictObject({
    cluster: z.string().min(1).describe('name or ARN of the cluster'),
    scaling: z
      .boolean()
      .default(true)
      .describe('whether services are expected to scale; false = only capacity is read'),
    services: z
      .array(z.string().regex(/^[\w-]+$/, 'the name of a service'))
      .min(1)
      .optional()
      .describe('names of the services that ought to scale; default: those of the cluster that do'),
    targets: z
      .array(expectedTarget)
      .max(50)
      .default([])
      .describe(
        'other scalable targets that ought to be there: `[{namespace: rds, resource: "cluster:main", max: 3}]`',
      ),
    window: duration.prefault('1h').describe('how far back scaling activities count'),
    account,
    region,
  })
  .superRefine(({ cluster, targets }, context) => {
    const ours = `service/${cluster.slice(cluster.lastIndexOf('/') + 1)}/`;
    for (const [at, { namespace, resource }] of targets.entries())
      if (namespace === 'ecs' && !resource.startsWith(ours))
        context.addIssue({
          code: 'custom',
          path: ['targets', at, 'resource'],
          message: `${ours}NAME; a service of another cluster belongs to a check of that`,
        });
  });
type Target = z.output<typeof params>;

const ofCapacity = [
  'ecs:DescribeClusters',
  'ecs:ListContainerInstances',
  'ecs:DescribeContainerInstances',
  'ecs:DescribeCapacityProviders',
];
const ofScaling = [
  'ecs:DescribeServices',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScalingActivities',
];

export default defineCheck({
  type: 'ecs-capacity',
  summary: 'Room and scaling of an ECS cluster: capacity providers, container instances, scaling limits and activities',
  catalogue: ['H4'],
  params,
  facts: () => withUnread(facts),
  rules: rulesOf,
  okSays: '{status}, {instances} container instances, {pending_tasks} tasks pending',
  iam: [...ofCapacity, ...ofScaling],
  iamFor: ({ scaling }) => (scaling ? [...ofCapacity, ...ofScaling] : ofCapacity),
  describe: ({ cluster }) => `capacity of ECS ${cluster}`,
  lane: (target) => awsLane('ecs', target),
  example: `- id: room-to-grow
  group: api
  held_for: 5m
  ecs-capacity:
    cluster: shop-prod
    services: [backend]
    targets: [{namespace: rds, resource: "cluster:shop-main", min: 1, max: 3}]
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const reader = { ecs: await connectEcs(whereOf(probe), signal), cluster: target.cluster, signal };
    const scaling = await connectScaling(whereOf(probe), signal);
    const cluster = await readCluster(reader);
    const names = cluster.capacityProviders ?? [];
    const since = new Date(clock.now().getTime() - target.window);
    const unread: string[] = [];
    const beside = { ...reader, scaling, signal: partsSignal };
    const [instances, providers, scaled] = await Promise.all([
      cluster.registeredContainerInstancesCount === 0
        ? { instances: [], complete: true }
        : part(unread, signal, () => containerInstances(beside)),
      part(unread, signal, () => capacityProviders(beside, names)),
      target.scaling
        ? scalingFacts(
            beside,
            cluster.clusterName ?? '',
            { services: target.services, others: target.targets, since },
            { unread, signal },
          )
        : noScalingFacts,
    ]);
    if (instances?.complete === false) unread.push(`container instances past the first ${instances.instances.length}`);
    return {
      facts: {
        status: cluster.status,
        pending_tasks: cluster.pendingTasksCount ?? null,
        pending_ec2_tasks: pendingOnInstances(cluster),
        capacity_providers: names,
        providers_read: providers !== null,
        providers_broken: providers && brokenProviders(providers.providers, providers.missing),
        ...(instances?.complete ? instanceFacts(instances.instances) : noInstanceFacts),
        ...scaled,
        unread,
      },
    };
  },
});
