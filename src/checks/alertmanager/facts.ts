import type { Facts } from '../../kernel/check.ts';
import { firstFew } from '../facts/first-few.ts';
import { cleanText } from '../facts/text.ts';
import type { Alert, Member } from './member.ts';
import type { AlertmanagerTarget } from './params.ts';

type Answered = Extract<Member, { kind: 'answered' }>;
type Level = 'critical' | 'warning' | 'other' | 'ignored';

/** Facts about the alerts of all members that answered, each alert once. `now`: epoch ms. Pure. */
export function alertFacts(members: readonly Answered[], target: AlertmanagerTarget, now: number): Facts {
  const { watchdog } = target;
  const alerts = distinct(members).filter(({ labels }) => watchdog === undefined || labels.alertname !== watchdog);
  const silenced = alerts.filter(isSilenced);
  const inhibited = alerts.filter(isInhibited);
  const firing = alerts.filter(
    (alert) => (target.count_silenced || !isSilenced(alert)) && (target.count_inhibited || !isInhibited(alert)),
  );
  const started = firing.filter(({ startsAt }) => now - Date.parse(startsAt) <= target.since);
  const of = (level: Level, some = firing) => some.filter((alert) => levelOf(alert, target) === level);
  const oldest = Math.min(...firing.map(({ startsAt }) => Date.parse(startsAt)));
  return {
    firing: firing.length,
    critical: of('critical').length,
    warning: of('warning').length,
    other: of('other').length,
    critical_names: named(of('critical')),
    warning_names: named(of('warning')),
    other_names: named(of('other')),
    silenced: silenced.length,
    inhibited: inhibited.length,
    started: started.length,
    started_critical: of('critical', started).length,
    started_warning: of('warning', started).length,
    oldest_s: firing.length === 0 ? null : Math.max(0, Math.round((now - oldest) / 1_000)),
  };
}

/** Facts about the members themselves. `failed`: why members could not be asked. Pure. */
export function clusterFacts(members: readonly Member[], failed: readonly string[], watched: boolean): Facts {
  const answered = members.filter((member) => member.kind === 'answered');
  const down = members.flatMap((member) => (member.kind === 'down' ? [`${member.name} (${member.error})`] : []));
  const clusters = answered.flatMap(({ cluster }) => cluster ?? []);
  const deaf = answered.filter(({ watchdog }) => watchdog === false).map(({ name }) => name);
  return {
    members: answered.length,
    not_answering: firstFew([...down, ...failed]),
    // One that sees fewer than the others is cut off from them.
    peers: clusters.length === answered.length ? Math.min(...clusters.map(({ peers }) => peers)) : null,
    ready: clusters.every(isReady) ? clusters.length === answered.length || null : false,
    ...(watched && {
      watchdog_firing: answered.some(({ watchdog }) => watchdog) || (deaf.length === answered.length ? false : null),
      watchdog_missing: deaf.length > 0 || answered.every(({ watchdog }) => watchdog) ? firstFew(deaf) : null,
    }),
    unread: firstFew(answered.flatMap((member) => member.unread)),
  };
}

function isReady({ status }: { status: string }): boolean {
  return status === 'ready' || status === 'disabled';
}

/** By fingerprint; where members differ, the one that lets it fire counts. */
function distinct(members: readonly Answered[]): Alert[] {
  const found = new Map<string, Alert>();
  for (const alert of members.flatMap(({ alerts }) => alerts)) {
    const known = found.get(alert.fingerprint);
    if (known === undefined || isSilenced(known) || isInhibited(known)) found.set(alert.fingerprint, alert);
  }
  return [...found.values()];
}

function isSilenced({ status }: Alert): boolean {
  return (status.silencedBy?.length ?? 0) > 0;
}

function isInhibited({ status }: Alert): boolean {
  return (status.inhibitedBy?.length ?? 0) > 0;
}

function levelOf({ labels }: Alert, target: AlertmanagerTarget): Level {
  const severity = labels[target.severity_label] ?? '';
  const level = (['critical', 'warning', 'ignored'] as const).find((one) => target[one].includes(severity));
  return level ?? 'other';
}

/** `HighErrorRate`, `DiskFull ×3`: how often each, most often first. */
function named(alerts: readonly Alert[]): string[] {
  const counts = new Map<string, number>();
  for (const { labels } of alerts) {
    const name = cleanText(labels.alertname ?? 'without a name', 80);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return firstFew(sorted.map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)));
}
