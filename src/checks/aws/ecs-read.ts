import type { ECS, Service, Task } from '@aws-sdk/client-ecs';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, awsService } from './client.ts';
import { listed } from './listed.ts';

/** ECS answers at most this many services and tasks a call. */
const servicesPerCall = 10;
const perPage = 100;
/** Stopped tasks are read up to here; a crash loop of a large cluster leaves more than anyone reads. */
export const maxStoppedTasks = 500;

export const connectEcs = awsService<ECS>({
  load: async () => (await import('@aws-sdk/client-ecs')).ECS,
  pace: { perSecond: 20, concurrent: 5 },
});

/** One cluster as one probe reads it. All functions throw Unmeasured only. */
export interface ClusterReader {
  ecs: AwsConnection<ECS>;
  cluster: string;
  signal: AbortSignal;
}

function ask<Answer>(
  { ecs, cluster, signal }: ClusterReader,
  action: string,
  send: (client: ECS, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(ecs, { action: `ecs:${action}`, resource: `cluster ${cluster}` }, signal, send);
}

function list<Item>({ ecs, cluster }: ClusterReader, action: string, items: Item[] | undefined): Item[] {
  return listed(items, { action: `ecs:${action}`, resource: `cluster ${cluster}`, region: ecs.region });
}

/** ARNs of all services of the cluster, page by page. */
export async function listServices(reader: ClusterReader): Promise<string[]> {
  const { cluster } = reader;
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask(reader, 'ListServices', (ecs, options) =>
      ecs.listServices({ cluster, maxResults: perPage, nextToken }, options),
    );
    arns.push(...list(reader, 'ListServices', page.serviceArns));
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
}

/**
 * Services by name or ARN; `notFound` are those that ECS says the cluster does not have, as they were asked for.
 * A service that ECS answers nothing or not everything about makes the whole answer unusable.
 */
export async function describeServices(
  reader: ClusterReader,
  names: string[],
): Promise<{ services: Service[]; notFound: string[] }> {
  const { cluster } = reader;
  const answers = await Promise.all(
    chunks(names, servicesPerCall).map((services) =>
      ask(reader, 'DescribeServices', (ecs, options) => ecs.describeServices({ cluster, services }, options)),
    ),
  );
  const services = answers.flatMap((answer) => answer.services ?? []);
  const failures = answers.flatMap((answer) => answer.failures ?? []);
  const refused = failures.find(({ reason }) => reason !== 'MISSING');
  if (refused)
    throw partial(reader, `${lastPart(refused.arn)}: ${refused.reason ?? 'no reason given'}`, refused.reason);
  const found = new Set(services.map((service) => lastPart(service.serviceArn ?? service.serviceName)));
  const missing = new Set(failures.map(({ arn }) => lastPart(arn)));
  const silent = names.find((name) => !found.has(lastPart(name)) && !missing.has(lastPart(name)));
  if (silent) throw partial(reader, `nothing about ${lastPart(silent)}`);
  const uncounted = services.find(
    ({ desiredCount, runningCount }) => desiredCount === undefined || runningCount === undefined,
  );
  if (uncounted) throw partial(reader, `${uncounted.serviceName} without its counts`);
  return { services, notFound: names.filter((name) => !found.has(lastPart(name))) };
}

/** A part of the services says nothing about the rest: not ok, and not a failure either. */
function partial({ ecs, cluster }: ClusterReader, what: string, reason = ''): Unmeasured {
  const denied = /ACCESS|DENIED|AUTHORIZ/i.test(reason);
  const message = `ecs:DescribeServices on cluster ${cluster} in ${ecs.region} answered in part: ${what}`;
  return new Unmeasured(denied ? 'denied' : 'invalid_answer', message, {
    next: denied ? 'grant ecs:DescribeServices on every service of the cluster' : undefined,
  });
}

/** `arn:…:service/prod/web` → `web`; a name stays. */
function lastPart(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? 'a service';
}

/**
 * Recently stopped tasks (ECS keeps them for about an hour), of the named services or else of the whole cluster.
 * `complete` is false when there were more than `maxStoppedTasks`, or when ECS kept some of them to itself.
 */
export async function stoppedTasks(
  reader: ClusterReader,
  services: string[] | undefined,
): Promise<{ tasks: Task[]; complete: boolean }> {
  const { cluster } = reader;
  const arns: string[] = [];
  let complete = true;
  for (const serviceName of services ?? [undefined]) {
    let nextToken: string | undefined;
    do {
      const page = await ask(reader, 'ListTasks', (ecs, options) =>
        ecs.listTasks({ cluster, serviceName, desiredStatus: 'STOPPED', maxResults: perPage, nextToken }, options),
      );
      arns.push(...list(reader, 'ListTasks', page.taskArns));
      nextToken = page.nextToken;
    } while (nextToken && arns.length < maxStoppedTasks);
    complete &&= nextToken === undefined;
  }
  const described = await Promise.all(
    chunks(arns, perPage).map((tasks) =>
      ask(reader, 'DescribeTasks', (ecs, options) => ecs.describeTasks({ cluster, tasks }, options)),
    ),
  );
  // A task that ECS forgot since the listing is MISSING.
  complete &&= described.every(({ failures = [] }) => failures.every(({ reason }) => reason === 'MISSING'));
  return { tasks: described.flatMap((answer) => answer.tasks ?? []), complete };
}

/** The newest ACTIVE revision of each task-definition family; a family without one is left out. */
export async function newestRevisions(reader: ClusterReader, families: string[]): Promise<Map<string, number>> {
  const found = await Promise.all(
    families.map(async (familyPrefix) => {
      const answer = await ask(reader, 'ListTaskDefinitions', (ecs, options) =>
        ecs.listTaskDefinitions({ familyPrefix, status: 'ACTIVE', sort: 'DESC', maxResults: 1 }, options),
      );
      return revisionOf(list(reader, 'ListTaskDefinitions', answer.taskDefinitionArns)[0]);
    }),
  );
  return new Map(found.flatMap((newest) => (newest ? [[newest.family, newest.revision]] : [])));
}

/** `arn:…:task-definition/web:12` → family web, revision 12. */
export function revisionOf(taskDefinition: string | undefined): { family: string; revision: number } | undefined {
  const match = /(?:^|\/)([^/:]+):(\d+)$/.exec(taskDefinition ?? '');
  return match?.[1] && match[2] ? { family: match[1], revision: Number(match[2]) } : undefined;
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
