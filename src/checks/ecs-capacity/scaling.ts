import type { ScalableTarget, ScalingActivity, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { Service } from '@aws-sdk/client-ecs';
import { few } from '../facts/few.ts';

/** A scalable target that ought to be there: `{namespace: rds, resource: 'cluster:main', min: 1, max: 3}`. */
export interface Expected {
  namespace: string;
  resource: string;
  min?: number | undefined;
  max?: number | undefined;
}

/** `service/prod/web` → `web`; other resources keep their name: `cluster:main`. */
export function shortName(resource: string | undefined): string {
  return /^service\/[^/]+\/(.+)$/.exec(resource ?? '')?.[1] ?? resource ?? 'unnamed';
}

/** The targets with their limits, and where a service is between them. */
export function targetFacts(targets: ScalableTarget[], services: Service[]) {
  const desired = new Map(services.map((service) => [service.serviceName, service.desiredCount]));
  const placed = targets.flatMap(({ ResourceId, MinCapacity = 0, MaxCapacity = 0 }) => {
    const current = desired.get(shortName(ResourceId));
    if (!ResourceId?.startsWith('service/') || current === undefined) return [];
    return [{ name: shortName(ResourceId), current, min: MinCapacity, max: MaxCapacity }];
  });
  return {
    targets: targets.length,
    // One that can't scale, because both limits are the same, is not pinned.
    at_max: few(
      placed.filter(({ current, min, max }) => current === max && max > min).map(({ name, max }) => `${name} ${max}`),
    ),
    out_of_range: few(
      placed
        .filter(({ current, min, max }) => current < min || current > max)
        .map(({ name, current, min, max }) => `${name} ${current} (${min} to ${max})`),
    ),
    suspended: few(
      targets
        .filter(({ SuspendedState }) => SuspendedState && Object.values(SuspendedState).some(Boolean))
        .map(({ ResourceId }) => shortName(ResourceId)),
    ),
  };
}

/** Expected targets that are not there, or have other limits: `cluster:main 1 to 5 (want 1 to 3)`. */
export function unexpected(targets: (ScalableTarget & { namespace: string })[], wanted: Expected[]): string[] {
  return few(
    wanted.flatMap(({ namespace, resource, min, max }) => {
      const target = targets.find((one) => one.namespace === namespace && one.ResourceId === resource);
      if (!target) return [`${shortName(resource)} does not scale by itself`];
      const { MinCapacity, MaxCapacity } = target;
      if ((min ?? MinCapacity) === MinCapacity && (max ?? MaxCapacity) === MaxCapacity) return [];
      const want = `${min ?? MinCapacity} to ${max ?? MaxCapacity}`;
      return [`${shortName(resource)} ${MinCapacity} to ${MaxCapacity} (want ${want})`];
    }),
  );
}

/** Targets that no policy moves. */
export function withoutPolicy(targets: ScalableTarget[], policies: ScalingPolicy[]): string[] {
  const moved = new Set(policies.map(({ ResourceId }) => ResourceId));
  return few(targets.filter(({ ResourceId }) => !moved.has(ResourceId)).map(({ ResourceId }) => shortName(ResourceId)));
}

/** What scaling did lately, and failed to do. */
export function activityFacts(activities: ScalingActivity[], targets: ScalableTarget[]) {
  const ours = new Set(targets.map(({ ResourceId }) => ResourceId));
  const own = activities.filter(({ ResourceId }) => ours.has(ResourceId));
  const failed = own.filter(({ StatusCode }) => StatusCode === 'Failed' || StatusCode === 'Unfulfilled');
  const capped = own.filter(({ NotScaledReasons = [] }) =>
    NotScaledReasons.some(({ Code }) => Code === 'AlreadyAtMaxCapacity'),
  );
  const names = (those: ScalingActivity[]) => few([...new Set(those.map(({ ResourceId }) => shortName(ResourceId)))]);
  return {
    activities: own.filter(({ NotScaledReasons }) => !NotScaledReasons?.length).length,
    failed_activities: few([
      ...new Set(
        failed.map(
          ({ ResourceId, StatusMessage }) => `${shortName(ResourceId)}: ${StatusMessage ?? 'no reason given'}`,
        ),
      ),
    ]),
    capped: names(capped),
  };
}
