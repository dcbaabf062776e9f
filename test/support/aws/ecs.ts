import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;

export interface EcsTask {
  /** `service:web` for a service's task, `family:cron` for a standalone one. */
  group: string;
  stoppedAt: Date;
  stopCode?: string;
  stoppedReason?: string;
  containers?: { name: string; exitCode?: number; reason?: string }[];
}

export interface EcsDeployment {
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED';
  rolloutStateReason?: string;
}

export interface EcsService {
  /** Undefined = left out of the answer. */
  desiredCount: number | undefined;
  runningCount: number | undefined;
  pendingCount?: number;
  status?: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  /** `family:revision`. */
  taskDefinition?: string;
  deployments?: EcsDeployment[];
  events?: string[];
}

export interface EcsCluster {
  services: Record<string, EcsService>;
  stopped?: EcsTask[];
  /** Why DescribeServices fails for a service, by name; null = it is left out without a word. */
  undescribed?: Record<string, string | null>;
}

/** What the stand-in knows; change it between two looks. */
export interface EcsState {
  clusters: Record<string, EcsCluster>;
  /** Newest active revision by family. */
  revisions?: Record<string, number>;
}

/** Amazon ECS (AWS JSON 1.1), as far as the checks ask: page caps, tokens and errors as documented. */
export function ecsStandIn(state: EcsState): JsonService {
  const clusterOf = (input: Input) => {
    const name = lastPart(typeof input.cluster === 'string' ? input.cluster : 'default');
    const cluster = state.clusters[name];
    if (!cluster) throw new AwsRefusal('ClusterNotFoundException', 'Cluster not found.');
    return { name, cluster };
  };
  return {
    signingName: 'ecs',
    iamPrefix: 'ecs',
    target: 'AmazonEC2ContainerServiceV20141113',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      ListServices(input, { region }) {
        const { name, cluster } = clusterOf(input);
        const arns = Object.keys(cluster.services).map((service) => arn(region, 'service', `${name}/${service}`));
        const { items, nextToken } = page(arns, input, 10);
        return { serviceArns: items, nextToken };
      },
      DescribeServices(input, { region }) {
        const { name, cluster } = clusterOf(input);
        const asked = strings(input.services, 'services');
        if (asked.length > 10) throw invalid('Maximum number of services is 10');
        const told = (service: string) => cluster.undescribed?.[lastPart(service)];
        const known = asked.filter((service) => cluster.services[lastPart(service)] && told(service) === undefined);
        return {
          services: known.map((service) => wireService(region, name, lastPart(service), cluster)),
          failures: asked
            .filter((service) => !known.includes(service) && told(service) !== null)
            .map((service) => ({
              arn: arn(region, 'service', `${name}/${lastPart(service)}`),
              reason: told(service) ?? 'MISSING',
            })),
        };
      },
      ListTasks(input, { region }) {
        const { name, cluster } = clusterOf(input);
        if (input.desiredStatus !== 'STOPPED') throw invalid('the stand-in only keeps STOPPED tasks');
        const { serviceName } = input;
        if (typeof serviceName === 'string' && !cluster.services[lastPart(serviceName)])
          throw new AwsRefusal('ServiceNotFoundException', 'Service not found.');
        const arns = (cluster.stopped ?? []).flatMap((task, i) =>
          serviceName === undefined || task.group === `service:${lastPart(String(serviceName))}`
            ? [arn(region, 'task', `${name}/${i}`)]
            : [],
        );
        const { items, nextToken } = page(arns, input, 100);
        return { taskArns: items, nextToken };
      },
      DescribeTasks(input) {
        const { cluster } = clusterOf(input);
        const asked = strings(input.tasks, 'tasks');
        if (asked.length > 100) throw invalid('Maximum number of tasks is 100');
        const tasks = asked.flatMap((taskArn) => {
          const task = cluster.stopped?.[Number(lastPart(taskArn))];
          return task ? [{ ...task, taskArn, lastStatus: 'STOPPED', stoppedAt: task.stoppedAt.getTime() / 1000 }] : [];
        });
        return { tasks, failures: [] };
      },
      ListTaskDefinitions(input, { region }) {
        if (input.status !== 'ACTIVE' || input.sort !== 'DESC')
          throw invalid('the stand-in only lists the newest ACTIVE');
        const family = String(input.familyPrefix);
        const newest = state.revisions?.[family] ?? 0;
        const arns = Array.from({ length: newest }, (_, i) =>
          arn(region, 'task-definition', `${family}:${newest - i}`),
        );
        const { items, nextToken } = page(arns, input, 100);
        return { taskDefinitionArns: items, nextToken };
      },
    },
  };
}

function wireService(region: string, clusterName: string, serviceName: string, cluster: EcsCluster) {
  const { events = [], taskDefinition, deployments, ...counts } = cluster.services[serviceName]!;
  return {
    pendingCount: 0,
    status: 'ACTIVE',
    ...counts,
    serviceName,
    serviceArn: arn(region, 'service', `${clusterName}/${serviceName}`),
    clusterArn: arn(region, 'cluster', clusterName),
    taskDefinition: taskDefinition && arn(region, 'task-definition', taskDefinition),
    deployments: deployments ?? [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    events: events.map((message, i) => ({ id: String(i), createdAt: 1_700_000_000 - i, message })),
  };
}

export const arn = (region: string, kind: string, rest: string) => `arn:aws:ecs:${region}:123456789012:${kind}/${rest}`;
export const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1);
const invalid = (message: string) => new AwsRefusal('InvalidParameterException', message);

export function strings(value: unknown, member: string): string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(`${member} can not be empty.`);
  return value.map(String);
}

/** A page of at most `maxResults` (1 to 100); the token is the index it goes on from, unreadable as AWS's are. */
export function page(
  items: string[],
  input: Input,
  byDefault: number,
): { items: string[]; nextToken: string | undefined } {
  const size = input.maxResults === undefined ? byDefault : Number(input.maxResults);
  if (!(size >= 1 && size <= 100)) throw invalid('maxResults must be between 1 and 100');
  const from = input.nextToken === undefined ? 0 : Number(Buffer.from(String(input.nextToken), 'base64').toString());
  if (!Number.isInteger(from)) throw invalid('Invalid token');
  const next = from + size;
  return {
    items: items.slice(from, next),
    nextToken: next < items.length ? Buffer.from(String(next)).toString('base64') : undefined,
  };
}
