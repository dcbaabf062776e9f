import type { CheckReport, Judgement } from './model.ts';

/** A silence over a check: a maintenance window or somebody's mute. */
export interface Mute {
  /** Who or what: `@anna`, a window's id. */
  id: string;
  /** Since when; undefined = not known. */
  from?: Date;
  /** Undefined = until somebody ends it. */
  until?: Date;
  reason?: string;
  /** Of somebody's mute: the id under which it can be ended. */
  silence?: string;
  /** Somebody muted just this check and is on it; absent: planned. */
  handled?: true;
}

type Dependent = { id: string; dependsOn: readonly string[] };
type Judged = Judgement & Pick<CheckReport, 'id' | 'attempts' | 'since' | 'blocked_by'>;

/**
 * Marks what can't be right because something it stands on is down: a check that is fail, unknown or warn while one of
 * its parents, near or far, is fail or unknown. A check that is ok stays ok. A parent that is stale, was never tried, or
 * is muted by a plan blocks nothing: nobody looks at it, and nobody would notice what else broke. One that somebody muted
 * goes on blocking: they know, and a mute must not raise the alarms it held back. `reports` are as judged, before any mute.
 */
export function applyBlocked<Report extends Judged>(
  reports: readonly Report[],
  checks: readonly Dependent[],
  mutesOf: (id: string) => readonly Mute[] = () => [],
): Report[] {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const parents = new Map(checks.map((check) => [check.id, check.dependsOn]));
  return reports.map((report) => {
    if (report.outcome !== 'fail' && report.outcome !== 'unknown' && report.outcome !== 'warn') return report;
    const down = rootOf(report.id, parents, (id) => {
      const parent = byId.get(id);
      if (!parent || !isDown(parent)) return undefined;
      const mutes = mutesOf(id);
      const handled = mutes.find((mute) => mute.handled);
      return mutes.length === 0 || handled ? { parent, handled } : undefined;
    });
    if (!down) return report;
    const { parent, handled } = down;
    return {
      ...report,
      outcome: 'blocked',
      blocked_by: parent.id,
      since: new Date(Math.max(parent.since.getTime(), report.since.getTime())),
      reason: `blocked by ${parent.id} (${parent.outcome}${handled ? `, muted by ${handled.id}` : ''})`,
      next: `See ${parent.id}.`,
      notes: [...report.notes, `measured ${report.outcome}: ${report.reason}`],
    };
  });
}

/** Down: tried, and not well. What was never tried says nothing about those that stand on it. */
function isDown({ outcome, attempts }: Judged): boolean {
  return outcome === 'fail' || (outcome === 'unknown' && attempts > 0);
}

/** An ancestor that blocks, and the mute of who is on it. */
interface Cause {
  parent: Judged;
  handled: Mute | undefined;
}

/** The farthest ancestor that is down: the cause, not the next one in the chain. Of several, one that nobody is on. */
function rootOf(
  id: string,
  parents: ReadonlyMap<string, readonly string[]>,
  causeAt: (id: string) => Cause | undefined,
): Cause | undefined {
  const seen = new Set([id]);
  let farthest: Cause | undefined;
  let level = [id];
  while (level.length > 0) {
    const above = [...new Set(level.flatMap((each) => parents.get(each) ?? []))].filter((each) => !seen.has(each));
    for (const each of above) seen.add(each);
    const down = above.flatMap((each) => causeAt(each) ?? []);
    const open = down.filter(({ handled }) => !handled);
    const named = open.length > 0 ? open : down;
    farthest = named.find(({ parent }) => parent.outcome === 'fail') ?? named[0] ?? farthest;
    level = above;
  }
  return farthest;
}

/**
 * Marks a check as muted since the mute began, whatever it measured; the reason keeps what that was. Of several mutes
 * the one that ends last counts.
 * `sayTime` writes a moment in the reader's zone.
 */
export function applyMuted<Report extends Judgement & Pick<CheckReport, 'since' | 'muted'>>(
  report: Report,
  mutes: readonly Mute[],
  sayTime: (at: Date) => string,
): Report {
  const endOf = (mute: Mute) => mute.until?.getTime() ?? Number.POSITIVE_INFINITY;
  const [longest] = mutes.toSorted((a, b) => endOf(b) - endOf(a));
  if (!longest) return report;
  const { id: by, until: end, reason: said, silence } = longest;
  const muted = {
    by,
    ...(end && { until: end }),
    ...(said !== undefined && { reason: said }),
    ...(silence !== undefined && { silence }),
  };
  const until = longest.until ? ` until ${sayTime(longest.until)}` : '';
  const why = longest.reason ? ` (${longest.reason})` : '';
  return {
    ...report,
    outcome: 'muted',
    muted,
    since: longest.from ?? report.since,
    reason: `muted${until} by ${longest.id}${why}; ${report.outcome === 'blocked' ? '' : `measured ${report.outcome}: `}${report.reason}`,
  };
}
