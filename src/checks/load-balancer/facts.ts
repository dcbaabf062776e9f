import type { LoadBalancer, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { few } from '../facts/few.ts';
import type { Group } from './read.ts';

const stateOf = ({ TargetHealth }: TargetHealthDescription) => TargetHealth?.State ?? '';
const count = (targets: TargetHealthDescription[], state: RegExp) =>
  targets.filter((target) => state.test(stateOf(target))).length;

/** What the load balancers say of themselves: `shop active_impaired`; null = they were not read. */
export function balancerFacts(balancers: LoadBalancer[] | null) {
  if (balancers === null)
    return { balancers_read: false, balancers: null, balancers_failed: null, balancers_not_active: null };
  const told = (code: RegExp) =>
    few(
      balancers
        .filter(({ State }) => code.test(State?.Code ?? ''))
        .map(({ LoadBalancerName, State }) => `${LoadBalancerName} ${State?.Code}`),
    );
  return {
    balancers_read: true,
    balancers: balancers.length,
    balancers_failed: told(/^failed$/),
    balancers_not_active: told(/^(?!active$|failed$)/),
  };
}

/** Registered in a group or a zone that gets no traffic. Other unused ones are stopped, terminated or have no usable address. */
const isIdle = ({ TargetHealth }: TargetHealthDescription) =>
  TargetHealth?.State === 'unused' && /^Target\.(NotInUse|NotRegistered)$/.test(TargetHealth.Reason ?? '');

/**
 * Targets by state over all groups, and the groups that lack healthy ones, with the reasons; `idle` names groups that may. Where
 * not all groups were read, those that were found hold; that there is no more does not.
 */
export function targetFacts(groups: Group[], { idle, complete }: { idle: string[]; complete: boolean }) {
  const all = groups.flatMap(({ targets }) => targets);
  // Draining ones are on their way out, idle ones get no traffic: a deployment has both.
  const serving = groups.map(({ name, targets }) => {
    const counted = targets.filter((target) => !/draining/.test(stateOf(target)) && !isIdle(target));
    return { name, counted, healthy: count(counted, /^healthy$/), unchecked: count(counted, /^unavailable$/) };
  });
  const told = serving.map(({ name, counted, healthy }) => `${name} ${healthy}/${counted.length}${reasons(counted)}`);
  const held = (found: string[]) => (found.length > 0 || complete ? few(found) : null);
  const those = (which: (one: (typeof serving)[number]) => boolean) => held(told.filter((_, i) => which(serving[i]!)));
  const number = (sum: number) => (complete ? sum : null);
  return {
    target_groups: groups.length,
    targets: number(all.length),
    healthy: number(count(all, /^healthy$/)),
    unhealthy: number(count(all, /^unhealthy$/)),
    initial: number(count(all, /^initial$/)),
    draining: number(count(all, /draining$/)),
    unused: number(all.filter(isIdle).length),
    gone: number(count(all, /^unused$/) - all.filter(isIdle).length),
    down: those(({ counted, healthy, unchecked }) => counted.length > 0 && healthy === 0 && unchecked === 0),
    degraded: those(({ counted, healthy, unchecked }) => healthy > 0 && healthy + unchecked < counted.length),
    unchecked: held(serving.filter((one) => one.unchecked > 0).map(({ name, unchecked }) => `${name} ${unchecked}`)),
    without_targets: held(
      serving.filter(({ name, counted }) => counted.length === 0 && !idle.includes(name)).map(({ name }) => name),
    ),
  };
}

/** ` (Target.Timeout ×2)`: why targets are not healthy, the most frequent first. */
function reasons(targets: TargetHealthDescription[]): string {
  const counts = new Map<string, number>();
  for (const { TargetHealth } of targets) {
    if (!TargetHealth?.Reason || TargetHealth.State === 'healthy') continue;
    counts.set(TargetHealth.Reason, (counts.get(TargetHealth.Reason) ?? 0) + 1);
  }
  const told = [...counts].sort((a, b) => b[1] - a[1]).map(([reason, times]) => `${reason} ×${times}`);
  return told.length > 0 ? ` (${told.slice(0, 3).join(', ')})` : '';
}
