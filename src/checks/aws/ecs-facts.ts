import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import { tally } from '../facts/few.ts';
import { revisionOf } from './ecs-read.ts';

/** A service with this many failed tasks in the window is crashing, whatever its running count says just now. */
export const crashingFrom = 3;

const nameOf = (service: Service) => service.serviceName ?? 'unnamed';
const count = (service: Service) => `${nameOf(service)} ${service.runningCount ?? 0}/${service.desiredCount ?? 0}`;

/** What the services themselves say: counts, rollouts, and the last event of each that has too few tasks. */
export function serviceFacts(services: Service[]) {
  const sum = (read: (service: Service) => number | undefined) =>
    services.reduce((total, service) => total + (read(service) ?? 0), 0);
  const short = services.filter((service) => (service.runningCount ?? 0) < (service.desiredCount ?? 0));
  return {
    services: services.length,
    running: sum((service) => service.runningCount),
    desired: sum((service) => service.desiredCount),
    pending: sum((service) => service.pendingCount),
    down: short.filter((service) => !service.runningCount).map(count),
    degraded: short.filter((service) => service.runningCount).map(count),
    scaled_to_zero: services.filter((service) => !service.desiredCount).map(nameOf),
    rollouts_in_progress: services.filter((service) =>
      deploymentsOf(service).some((deployment) => deployment.rolloutState === 'IN_PROGRESS'),
    ).length,
    rollouts_failed: services.flatMap((service) => {
      const failed = deploymentsOf(service).find(rolloutFailed);
      return failed ? [`${nameOf(service)} (${rolloutReason(failed)})`] : [];
    }),
    events: short.flatMap((service) => {
      const message = service.events?.[0]?.message;
      return message ? [message.replace(/^\(service ([^)]+)\) /, '$1 ')] : [];
    }),
  };
}

function deploymentsOf(service: Service): Deployment[] {
  return service.deployments ?? [];
}

/** The circuit breaker's rollback is a new deployment in progress: its reason is what tells that the rollout failed. */
function rolloutFailed(deployment: Deployment): boolean {
  return deployment.rolloutState === 'FAILED' || /roll(ing|ed) ?back/i.test(deployment.rolloutStateReason ?? '');
}

function rolloutReason(deployment: Deployment): string {
  const reason = deployment.rolloutStateReason ?? 'no reason given';
  return reason.replace(/^ECS deployment( ecs-svc\/\d+)? ?/, '').replace(/\.$/, '');
}

/** Services whose task definition is not the newest active revision: `web 12 (newest 14)`. */
export function behindNewest(services: Service[], newest: Map<string, number>): string[] {
  return services.flatMap((service) => {
    const current = revisionOf(taskDefinitionOf(service));
    const latest = current && newest.get(current.family);
    return latest && latest > current.revision ? [`${nameOf(service)} ${current.revision} (newest ${latest})`] : [];
  });
}

/** Task-definition families in use, each once. */
export function familiesOf(services: Service[]): string[] {
  return [...new Set(services.flatMap((service) => revisionOf(taskDefinitionOf(service))?.family ?? []))];
}

/** A service deployed by CodeDeploy or another controller keeps it in its primary task set. */
function taskDefinitionOf(service: Service): string | undefined {
  return service.taskDefinition ?? service.taskSets?.find((set) => set.status === 'PRIMARY')?.taskDefinition;
}

/** What the stopped tasks of these services say, of those stopped since `since`. Standalone tasks are not counted. */
export function stoppedFacts(tasks: Task[], services: Service[], since: Date) {
  const names = new Set(services.map(nameOf));
  const stopped = tasks.flatMap((task) => {
    const service = /^service:(.+)$/.exec(task.group ?? '')?.[1];
    const at = task.stoppedAt ?? task.stoppingAt;
    if (!service || !names.has(service) || !at || at < since) return [];
    return [{ service, failed: taskFailed(task), reason: `${service}: ${stopReason(task)}` }];
  });
  const failed = stopped.filter((task) => task.failed);
  return {
    stopped_tasks: stopped.length,
    failed_tasks: failed.length,
    stopped_reasons: tally([...failed, ...stopped.filter((task) => !task.failed)].map((task) => task.reason)).map(
      ([reason, times]) => `${reason} ×${times}`,
    ),
    crashing: tally(failed.map((task) => task.service))
      .filter(([, times]) => times >= crashingFrom)
      .map(([service, times]) => `${service} ${times}`),
  };
}

/** Not a failure: a person, a deployment or a scale-in stopped it, or AWS took the capacity back. */
function taskFailed(task: Task): boolean {
  switch (task.stopCode) {
    case 'UserInitiated':
    case 'SpotInterruption':
    case 'TerminationNotice':
      return false;
    case 'ServiceSchedulerInitiated':
      return /health check|unhealthy/i.test(task.stoppedReason ?? '');
    default:
      return !/^Scaling activity/.test(task.stoppedReason ?? '');
  }
}

/** The reason without ids (so that equal ones count together), with the container that exited and how. */
function stopReason(task: Task): string {
  const reason = (task.stoppedReason ?? task.stopCode ?? 'no reason given')
    .replace(/ ?\((deployment|instance|port|target-group|service) [^)]*\)/g, '')
    .replace(/ (in|by)$/, '')
    .replace(/\.$/, '');
  const container = task.containers?.find((one) => one.exitCode || one.reason);
  const detail = [container?.exitCode ? `exit ${container.exitCode}` : '', container?.reason ?? ''].filter(Boolean);
  return container && detail.length > 0 ? `${reason} (${container.name} ${detail.join(', ')})` : reason;
}
