import type { CapacityProvider, Cluster, ContainerInstance } from '@aws-sdk/client-ecs';
import { arn, type EcsState, ecsStandIn, lastPart, page, strings } from './ecs.ts';
import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

/** What the stand-in knows beside services and tasks; change it between two looks. */
export interface CapacityState extends EcsState {
  /** By the cluster's name. */
  details: Record<string, Cluster>;
  /** By the instance's id. */
  instances: Record<string, ContainerInstance>;
  providers: CapacityProvider[];
  /** Why DescribeContainerInstances fails for an instance, by id. */
  undescribedInstances?: Record<string, string>;
}

/** Amazon ECS with clusters, container instances and capacity providers: page caps, tokens and failures as documented. */
export function ecsCapacityStandIn(state: CapacityState): JsonService {
  const service = ecsStandIn(state);
  return {
    ...service,
    operations: {
      ...service.operations,
      DescribeClusters({ clusters, include }, { region }) {
        const asked = strings(clusters, 'clusters');
        if (asked.length > 100) throw new AwsRefusal('InvalidParameterException', 'Maximum number of clusters is 100');
        const found = asked.filter((name) => state.details[lastPart(name)]);
        return {
          clusters: found.map((name) => ({
            ...{ clusterName: lastPart(name), clusterArn: arn(region, 'cluster', lastPart(name)) },
            registeredContainerInstancesCount: Object.keys(state.instances).length,
            ...state.details[lastPart(name)],
            // Given to those who ask for it.
            ...(!strings(include ?? [], 'include').includes('STATISTICS') && { statistics: undefined }),
          })),
          failures: asked
            .filter((name) => !found.includes(name))
            .map((name) => ({ arn: arn(region, 'cluster', lastPart(name)), reason: 'MISSING' })),
        };
      },
      ListContainerInstances(input, { region }) {
        const arns = Object.keys(state.instances).map((id) => arn(region, 'container-instance', `prod/${id}`));
        const { items, nextToken } = page(arns, input, 100);
        return { containerInstanceArns: items, nextToken };
      },
      DescribeContainerInstances({ containerInstances }) {
        const asked = strings(containerInstances, 'containerInstances');
        if (asked.length > 100) throw new AwsRefusal('InvalidParameterException', 'at most 100 container instances');
        const refused = (name: string) => state.undescribedInstances?.[lastPart(name)];
        return {
          containerInstances: asked
            .filter((name) => refused(name) === undefined)
            .map((name) => ({ containerInstanceArn: name, ...state.instances[lastPart(name)] })),
          failures: asked.filter(refused).map((name) => ({ arn: name, reason: refused(name) })),
        };
      },
      DescribeCapacityProviders(input) {
        const asked = strings(input.capacityProviders, 'capacityProviders');
        const found = state.providers.filter(({ name }) => asked.includes(name ?? ''));
        const { items, nextToken } = page(
          found.map((_, i) => String(i)),
          input,
          10,
        );
        return { capacityProviders: items.map((i) => found[Number(i)]), nextToken, failures: [] };
      },
    },
  };
}
