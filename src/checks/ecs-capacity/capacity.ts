import type { CapacityProvider, Cluster, ContainerInstance, Resource } from '@aws-sdk/client-ecs';
import { tenth } from '../aws/worst.ts';
import { few } from '../facts/few.ts';
import { ownProviders } from './read.ts';

/**
 * Tasks that wait for container instances, not for Fargate: as AWS counts them, or all or none where the providers leave no
 * doubt; null where they do.
 */
export function pendingOnInstances({ statistics, pendingTasksCount, capacityProviders = [] }: Cluster): number | null {
  // AWS writes RunningFargateTasksCount beside runningEC2TasksCount.
  const counted = statistics?.find(({ name }) => name?.toLowerCase() === 'pendingec2taskscount')?.value;
  if (counted !== undefined && /^\d+$/.test(counted)) return Number(counted);
  if (pendingTasksCount === 0) return 0;
  const own = ownProviders(capacityProviders).length;
  if (capacityProviders.length === 0 || (own > 0 && own < capacityProviders.length)) return null;
  return own === 0 ? 0 : (pendingTasksCount ?? null);
}

/** What the container instances say. */
export function instanceFacts(instances: ContainerInstance[]) {
  const connected = instances.filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected);
  return {
    instances: instances.length,
    instances_connected: connected.length,
    instances_draining: instances.filter(({ status }) => status === 'DRAINING').length,
    disconnected: few(instances.filter(({ agentConnected }) => !agentConnected).map(nameOf)),
    instances_failed: few(instances.filter(({ status }) => status === 'REGISTRATION_FAILED').map(nameOf)),
    cpu_reserved_pct: reserved(connected, 'CPU'),
    memory_reserved_pct: reserved(connected, 'MEMORY'),
  };
}

/** The same where they could not be read. */
export const noInstanceFacts = {
  ...{ instances: null, instances_connected: null, instances_draining: null },
  ...{ disconnected: null, instances_failed: null, cpu_reserved_pct: null, memory_reserved_pct: null },
};

function nameOf({ ec2InstanceId, containerInstanceArn = '' }: ContainerInstance): string {
  return ec2InstanceId || containerInstanceArn.slice(containerInstanceArn.lastIndexOf('/') + 1);
}

/** Percent that tasks have reserved of what the instances registered; null without any. */
function reserved(instances: ContainerInstance[], name: 'CPU' | 'MEMORY'): number | null {
  const sum = (of: (instance: ContainerInstance) => Resource[] | undefined) =>
    instances.reduce(
      (total, instance) => total + (of(instance)?.find((one) => one.name === name)?.integerValue ?? 0),
      0,
    );
  const registered = sum((instance) => instance.registeredResources);
  const remaining = sum((instance) => instance.remainingResources);
  return registered === 0 ? null : tenth(((registered - remaining) / registered) * 100);
}

/** Providers that can't give capacity, or whose last change failed: `ec2 INACTIVE`. */
export function brokenProviders(providers: CapacityProvider[], missing: string[]): string[] {
  const broken = providers.flatMap(({ name, status, updateStatus, updateStatusReason }) => {
    if (status !== 'ACTIVE') return [`${name} ${status ?? 'without a status'}`];
    if (!updateStatus?.endsWith('FAILED')) return [];
    return [`${name} ${updateStatus}${updateStatusReason ? ` (${updateStatusReason})` : ''}`];
  });
  return few([...broken, ...missing.map((name) => `${name} is not there`)]);
}
