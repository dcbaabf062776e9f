import type { CapacityProvider, Cluster, ContainerInstance } from '@aws-sdk/client-ecs';
import { Unmeasured } from '../../kernel/check.ts';
import { askAws, everyPage } from '../aws/client.ts';
import type { ClusterReader } from '../aws/ecs-read.ts';
import { listed } from '../aws/listed.ts';

/** ECS answers and describes at most this many instances a call. */
const perPage = 100;
const mostInstances = 2_000;
/** Of AWS itself: nothing to describe. */
const fargate = new Set(['FARGATE', 'FARGATE_SPOT']);

/** Of the names of a cluster's capacity providers, those that run tasks on container instances. */
export const ownProviders = (names: string[]): string[] => names.filter((name) => !fargate.has(name));

const about = ({ cluster }: ClusterReader, action: string) => ({ action, resource: `cluster ${cluster}` });

/** The cluster itself. Throws Unmeasured. */
export async function readCluster(reader: ClusterReader): Promise<Cluster> {
  const { ecs, cluster, signal } = reader;
  const answer = await askAws(ecs, about(reader, 'ecs:DescribeClusters'), signal, (client, options) =>
    client.describeClusters({ clusters: [cluster], include: ['STATISTICS'] }, options),
  );
  const [found] = answer.clusters ?? [];
  if (!found && answer.failures?.some(({ reason }) => reason === 'MISSING'))
    throw new Unmeasured(
      'misconfigured',
      `ecs:DescribeClusters on cluster ${cluster} in ${ecs.region}: no such cluster`,
      {
        next: "check the cluster's name and region",
      },
    );
  if (!found?.status || !found.clusterName)
    throw new Unmeasured('invalid_answer', `ecs:DescribeClusters on cluster ${cluster} in ${ecs.region}: no status`);
  return found;
}

/** Its container instances, page by page; none for a cluster on Fargate. Throws Unmeasured. */
export async function containerInstances(
  reader: ClusterReader,
): Promise<{ instances: ContainerInstance[]; complete: boolean }> {
  const { ecs, cluster, signal } = reader;
  const { items: arns, complete } = await everyPage(async (nextToken) => {
    const page = await askAws(ecs, about(reader, 'ecs:ListContainerInstances'), signal, (client, options) =>
      client.listContainerInstances({ cluster, maxResults: perPage, nextToken }, options),
    );
    const question = { ...about(reader, 'ecs:ListContainerInstances'), region: ecs.region };
    return { items: listed(page.containerInstanceArns, question), next: page.nextToken };
  }, mostInstances);
  const calls = Array.from({ length: Math.ceil(arns.length / perPage) }, (_, i) =>
    arns.slice(i * perPage, (i + 1) * perPage),
  );
  const answers = await Promise.all(
    calls.map((containerInstances) =>
      askAws(ecs, about(reader, 'ecs:DescribeContainerInstances'), signal, (client, options) =>
        client.describeContainerInstances({ cluster, containerInstances }, options),
      ),
    ),
  );
  const question = { ...about(reader, 'ecs:DescribeContainerInstances'), region: ecs.region };
  const instances = answers.flatMap((answer) => listed(answer.containerInstances, question));
  // One that was deregistered since the listing is MISSING.
  const refused = answers.flatMap((answer) => answer.failures ?? []).find(({ reason }) => reason !== 'MISSING');
  const odd = instances.find(({ status, agentConnected }) => !status || agentConnected === undefined);
  if (refused || odd)
    throw new Unmeasured(
      'invalid_answer',
      `ecs:DescribeContainerInstances on cluster ${cluster} in ${ecs.region} answered in part: ${refused?.reason ?? 'an instance without a status'}`,
    );
  return { instances, complete };
}

/** The cluster's capacity providers, but for Fargate's; `missing` are those that are not there any more. Throws Unmeasured. */
export async function capacityProviders(
  reader: ClusterReader,
  names: string[],
): Promise<{ providers: CapacityProvider[]; missing: string[] }> {
  const { ecs, signal } = reader;
  const asked = ownProviders(names);
  if (asked.length === 0) return { providers: [], missing: [] };
  const { items: providers } = await everyPage(async (nextToken) => {
    const page = await askAws(ecs, about(reader, 'ecs:DescribeCapacityProviders'), signal, (client, options) =>
      client.describeCapacityProviders({ capacityProviders: asked, nextToken }, options),
    );
    const question = { ...about(reader, 'ecs:DescribeCapacityProviders'), region: ecs.region };
    return { items: listed(page.capacityProviders, question), next: page.nextToken };
  }, asked.length);
  const found = new Set(providers.map(({ name }) => name));
  return { providers, missing: asked.filter((name) => !found.has(name)) };
}
