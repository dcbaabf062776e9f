import type { Facts } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import type { Acl, AclRule } from './read.ts';
import type { Days, Traffic } from './traffic.ts';

/** What a web ACL is set to do. */
export function aclFacts({ rules, defaultAction }: Acl): Facts {
  return {
    rules: rules.length,
    // Of a group whose rules are set to Count nobody says here whether another is left that blocks.
    blocking_rules: rules.filter(({ does, setToCount }) => does === 'blocks' && setToCount === 0).length,
    counting: few(rules.flatMap(countingOf)),
    default_action: defaultAction,
    without_metrics: few(rules.filter(({ metric }) => metric === undefined).map(({ name }) => name)),
  };
}

function countingOf({ name, does, setToCount }: AclRule): string[] {
  if (does === 'counts') return [name];
  return setToCount > 0 ? [`${name} (${setToCount} of its rules)`] : [];
}

export const noAcl: Facts = {
  ...{ rules: null, blocking_rules: null, counting: null, default_action: null, without_metrics: null },
};
export const noTraffic: Facts = {
  ...{ blocked: null, blocked_before: null, allowed: null, allowed_before: null, by_rule: null, spikes: null },
};

/** What it did. Without any request on one of the days there is nothing to compare: no spike is claimed and none denied. */
export function trafficFacts(all: Traffic, byRule: Traffic[], limits: { factor: number; from: number }): Facts {
  const comparable = all.blocked.now + all.allowed.now > 0 && all.blocked.before + all.allowed.before > 0;
  const busy = byRule
    .filter(({ blocked, allowed }) => blocked.now + allowed.now > 0)
    .toSorted((a, b) => b.blocked.now - a.blocked.now || b.allowed.now - a.allowed.now);
  const spikes = [all, ...byRule].flatMap(({ name, blocked, allowed }) => [
    ...(isSpike(blocked, limits) ? [`${name} ${blocked.now} blocked (${blocked.before} the day before)`] : []),
    ...(isSpike(allowed, limits) ? [`${name} ${allowed.now} allowed (${allowed.before} the day before)`] : []),
  ]);
  return {
    blocked: all.blocked.now,
    blocked_before: all.blocked.before,
    allowed: all.allowed.now,
    allowed_before: all.allowed.before,
    by_rule: few(busy.map(({ name, blocked, allowed }) => `${name} ${blocked.now} blocked, ${allowed.now} allowed`)),
    spikes: comparable ? few(spikes) : null,
  };
}

function isSpike({ now, before }: Days, { factor, from }: { factor: number; from: number }): boolean {
  return now >= from && now > before * factor;
}
