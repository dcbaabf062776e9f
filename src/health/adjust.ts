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
}

type Dependent = { id: string; dependsOn: readonly string[] };
type Judged = Judgement & Pick<CheckReport, 'id' | 'attempts' | 'since' | 'blocked_by'>;

/**
 * Marks what can't be right because something it stands on is down: a check that is fail, unknown or warn while one of
 * its parents, near or far, is fail or unknown. A check that is ok stays ok. A parent that is stale, was never tried, or
 * is muted blocks nothing: hidden itself, it would hide what stands on it. `reports` are as judged, before any mute.
 */
export function applyBlocked<Report extends Judged>(
  reports: readonly Report[],
  checks: readonly Dependent[],
  isMuted: (id: string) => boolean = () => false,
): Report[] {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const parents = new Map(checks.map((check) => [check.id, check.dependsOn]));
  return reports.map((report) => {
    if (report.outcome !== 'fail' && report.outcome !== 'unknown' && report.outcome !== 'warn') return report;
    const down = rootOf(report.id, parents, (id) => {
      const parent = byId.get(id);
      return parent && isDown(parent) && !isMuted(id) ? parent : undefined;
    });
    if (!down) return report;
    return {
      ...report,
      outcome: 'blocked',
      blocked_by: down.id,
      since: new Date(Math.max(down.since.getTime(), report.since.getTime())),
      reason: `blocked by ${down.id} (${down.outcome})`,
      next: `See ${down.id}.`,
      notes: [...report.notes, `measured ${report.outcome}: ${report.reason}`],
    };
  });
}

/** Down: tried, and not well. What was never tried says nothing about those that stand on it. */
function isDown({ outcome, attempts }: Judged): boolean {
  return outcome === 'fail' || (outcome === 'unknown' && attempts > 0);
}

/** The farthest ancestor that is down: the cause, not the next one in the chain. */
function rootOf<Report extends Judged>(
  id: string,
  parents: ReadonlyMap<string, readonly string[]>,
  downReport: (id: string) => Report | undefined,
): Report | undefined {
  const seen = new Set([id]);
  let farthest: Report | undefined;
  let level = [id];
  while (level.length > 0) {
    const above = [...new Set(level.flatMap((each) => parents.get(each) ?? []))].filter((each) => !seen.has(each));
    for (const each of above) seen.add(each);
    const down = above.flatMap((each) => downReport(each) ?? []);
    farthest = down.find((each) => each.outcome === 'fail') ?? down[0] ?? farthest;
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
