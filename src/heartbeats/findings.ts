import type { ReportedFinding, ScannedFinding } from '../kernel/findings.ts';

/** For so long a finding that is gone is remembered: a scan that was broken once must not make all of them young. */
const rememberedMs = 90 * 86_400_000;
/** Of those that are gone, so many. */
const mostGone = 5_000;

/** A finding as it lies in the database. */
export interface KeptFinding extends ReportedFinding {
  /** Undefined = it is open. */
  goneAt: Date | undefined;
}

/**
 * What is kept after a report that arrived at `at`. A finding is as old as its scan says, or as it has been known here,
 * whichever is longer. Pure.
 */
export function merge(before: readonly KeptFinding[], reported: readonly ScannedFinding[], at: Date): KeptFinding[] {
  const known = new Map(before.map((finding) => [keyOf(finding), finding]));
  const open = new Map<string, KeptFinding>();
  for (const finding of reported) {
    const key = keyOf(finding);
    const dates = [finding.since, known.get(key)?.since, open.get(key)?.since, at].filter((date) => date !== undefined);
    open.set(key, { ...finding, since: new Date(Math.min(...dates.map(Number))), goneAt: undefined });
  }
  const gone = before
    .filter((finding) => !open.has(keyOf(finding)))
    .map((finding) => ({ ...finding, goneAt: finding.goneAt ?? at }))
    .filter(({ goneAt }) => at.getTime() - goneAt.getTime() <= rememberedMs)
    .toSorted((a, b) => Number(b.goneAt) - Number(a.goneAt))
    .slice(0, mostGone);
  return [...open.values(), ...gone];
}

function keyOf({ id, package: name, where }: ScannedFinding): string {
  return JSON.stringify([id, name, where]);
}
