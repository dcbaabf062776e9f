import type { CheckReport, Judgement } from './model.ts';

/** A silence over a check: a maintenance window or somebody's mute. */
export interface Mute {
  id: string;
  /** Undefined = until somebody ends it. */
  until?: Date;
  reason?: string;
}

type Dependent = { id: string; dependsOn: readonly string[] };

/**
 * Marks what can't be right because something it stands on is down: a check that is fail, unknown or warn while one of
 * its parents, near or far, is fail or unknown. A check that is ok stays ok; a stale parent blocks nothing.
 * `reports` are as judged, before any mute.
 */
export function applyBlocked<Report extends Judgement & Pick<CheckReport, 'id'>>(
  reports: readonly Report[],
  checks: readonly Dependent[],
): Report[] {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const parents = new Map(checks.map((check) => [check.id, check.dependsOn]));
  return reports.map((report) => {
    if (report.outcome !== 'fail' && report.outcome !== 'unknown' && report.outcome !== 'warn') return report;
    const down = rootOf(report.id, parents, byId);
    if (!down) return report;
    return {
      ...report,
      outcome: 'blocked',
      reason: `blocked by ${down.id} (${down.outcome})`,
      next: `See ${down.id}.`,
      notes: [...report.notes, `measured ${report.outcome}: ${report.reason}`],
    };
  });
}

/** The farthest ancestor that is down: the cause, not the next one in the chain. */
function rootOf<Report extends Judgement>(
  id: string,
  parents: ReadonlyMap<string, readonly string[]>,
  byId: ReadonlyMap<string, Report>,
): Report | undefined {
  const seen = new Set([id]);
  let farthest: Report | undefined;
  let level = [id];
  while (level.length > 0) {
    const above = [...new Set(level.flatMap((each) => parents.get(each) ?? []))].filter((each) => !seen.has(each));
    for (const each of above) seen.add(each);
    const down = above
      .map((each) => byId.get(each))
      .filter((each) => each?.outcome === 'fail' || each?.outcome === 'unknown');
    farthest = down.find((each) => each?.outcome === 'fail') ?? down[0] ?? farthest;
    level = above;
  }
  return farthest;
}

/**
 * Marks a check as muted, whatever it measured; the reason keeps what that was. Of several mutes the longest counts.
 * `sayTime` writes a moment in the reader's zone.
 */
export function applyMuted<Report extends Judgement>(
  report: Report,
  mutes: readonly Mute[],
  sayTime: (at: Date) => string,
): Report {
  const endOf = (mute: Mute) => mute.until?.getTime() ?? Number.POSITIVE_INFINITY;
  const [longest] = mutes.toSorted((a, b) => endOf(b) - endOf(a));
  if (!longest) return report;
  const until = longest.until ? ` until ${sayTime(longest.until)}` : '';
  const why = longest.reason ? ` (${longest.reason})` : '';
  return {
    ...report,
    outcome: 'muted',
    reason: `muted${until} by ${longest.id}${why}; ${report.outcome === 'blocked' ? '' : `measured ${report.outcome}: `}${report.reason}`,
  };
}
