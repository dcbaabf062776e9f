import type { ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import { type ClusterReader, describeServices } from '../aws/ecs-read.ts';
import { part } from '../aws/part.ts';
import { type ScalingReader, scalableTargets, scalingActivities, scalingPolicies } from '../aws/scaling.ts';
import { activityFacts, type Expected, shortName, targetFacts, unexpected, withoutPolicy } from './scaling.ts';

interface Asked {
  /** Services that ought to scale; undefined = those of the cluster that do. */
  services: string[] | undefined;
  /** Targets of other kinds that ought to. */
  others: Expected[];
  since: Date;
}

/** The same where scaling is not judged, or its targets could not be read. */
export const noScalingFacts = {
  ...{ targets_read: false, targets: null, suspended: null, not_as_expected: null },
  ...{ placed_read: false, at_max: null, out_of_range: null, policies_read: false, without_policy: null },
  ...{ activities_read: false, activities: null, failed_activities: null, capped: null },
};

/** What Application Auto Scaling says of the cluster's services, and of the other targets that were named. */
export async function scalingFacts(
  reader: ClusterReader & Pick<ScalingReader, 'scaling'>,
  clusterName: string,
  { services, others, since }: Asked,
  { unread, signal }: { unread: string[]; signal: AbortSignal },
) {
  const namespaces = [...new Set(['ecs', ...others.map(({ namespace }) => namespace)])] as ServiceNamespace[];
  /** Of all namespaces, or of none. */
  const all = <Item extends object>(read: (of: ScalingReader) => Promise<{ items: Item[]; complete: boolean }>) =>
    part(unread, signal, async () => {
      const found = await Promise.all(
        namespaces.map(async (namespace) => {
          const { items, complete } = await read({ ...reader, namespace });
          return { complete, items: items.map((item) => ({ ...item, namespace })) };
        }),
      );
      return { items: found.flatMap(({ items }) => items), complete: found.every(({ complete }) => complete) };
    });
  const prefix = `service/${clusterName}/`;
  const wanted: Expected[] = [
    ...(services ?? []).map((name) => ({ namespace: 'ecs', resource: `${prefix}${name}` })),
    ...others,
  ];
  const isOwn = ({ namespace, ResourceId = '' }: { namespace: string; ResourceId?: string | undefined }) =>
    wanted.some((one) => one.namespace === namespace && one.resource === ResourceId) ||
    (services === undefined && namespace === 'ecs' && ResourceId.startsWith(prefix));
  const placed = async () => {
    const targets = await all(scalableTargets);
    if (!targets) return undefined;
    const own = targets.items.filter(isOwn);
    const names = own.flatMap(({ namespace, ResourceId }) => (namespace === 'ecs' ? [shortName(ResourceId)] : []));
    return { targets, own, described: await part(unread, signal, () => describeServices(reader, names)) };
  };
  const [found, policies, activities] = await Promise.all([
    placed(),
    all(scalingPolicies),
    all((of) => scalingActivities(of, since)),
  ]);
  if (!found) return noScalingFacts;
  const { targets, own, described } = found;
  const { at_max, out_of_range, ...facts } = targetFacts(own, described?.services ?? []);
  if (![targets, policies, activities].every((found) => found === null || found.complete))
    unread.push('scalable targets, policies or activities past the first 500');
  return {
    ...facts,
    targets_read: true,
    placed_read: described !== null,
    ...(described ? { at_max, out_of_range } : { at_max: null, out_of_range: null }),
    not_as_expected: unexpected(own, wanted),
    policies_read: policies !== null,
    without_policy: policies && withoutPolicy(own, policies.items),
    activities_read: activities !== null,
    ...(activities
      ? activityFacts(activities.items, own)
      : { activities: null, failed_activities: null, capped: null }),
  };
}
