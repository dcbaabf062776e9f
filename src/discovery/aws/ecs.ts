import { askAws, everyPage } from '../../checks/aws/client.ts';
import { connectEcs } from '../../checks/aws/ecs-read.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { type Asking, defineDiscovery, type Found, onlyFirst } from '../model.ts';

const mostClusters = 100;
const mostServices = 1_000;
/** ECS describes 10 services a call: this many take longer than the usual timeout. */
const manyServices = 100;

export default defineDiscovery({
  service: 'ECS',
  group: 'services',
  iam: ['ecs:ListClusters', 'ecs:ListServices'],
  async find(asking) {
    const { where, signal } = asking;
    const ecs = await connectEcs(where, signal);
    const clusters = await everyPage(async (nextToken) => {
      const question = { action: 'ecs:ListClusters', resource: 'the account' };
      const page = await askAws(ecs, question, signal, (client, options) =>
        client.listClusters({ maxResults: 100, nextToken }, options),
      );
      return { items: page.clusterArns, next: page.nextToken };
    }, mostClusters);
    const found: Found[] = [];
    for (const arn of clusters.items) found.push(...(await clusterChecks(lastPart(arn), asking)));
    return { found, remarks: onlyFirst(clusters, 'clusters') };
  },
});

async function clusterChecks(cluster: string, { where, signal }: Asking): Promise<Found[]> {
  const ecs = await connectEcs(where, signal);
  const { items, complete } = await everyPage(async (nextToken) => {
    const question = { action: 'ecs:ListServices', resource: `cluster ${cluster}` };
    const page = await askAws(ecs, question, signal, (client, options) =>
      client.listServices({ cluster, maxResults: 100, nextToken }, options),
    );
    return { items: page.serviceArns, next: page.nextToken };
  }, mostServices);
  const names = items.map(lastPart).sort();
  const name = `${cluster} services`;
  if (names.length === 0)
    return [
      { name, type: 'ecs-services', params: { cluster }, comment: [`Cluster ${cluster} has no services`], off: true },
    ];
  const total = `${names.length}${complete ? '' : ' or more'}`;
  const comment = [
    `Cluster ${cluster}, ${total} ${names.length === 1 ? 'service' : 'services'}: ${firstFew(names, 8)}`,
    'Name them in `services`, so that one that is gone is noticed',
  ];
  return [
    {
      ...{ name, type: 'ecs-services', params: { cluster }, comment },
      ...(names.length > manyServices && { beside: { timeout: '60s' } }),
    },
    {
      ...{ name: `${cluster} capacity`, type: 'ecs-capacity', params: { cluster } },
      comment: [`Capacity and scaling of cluster ${cluster}; scaling: false where no service ought to scale`],
    },
  ];
}

/** `arn:…:cluster/prod` → `prod`. */
function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
