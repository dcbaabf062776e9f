import type { Report, Run } from './model.ts';

/** What a report changes. */
export type Change =
  | { kind: 'known' }
  | { kind: 'begin' }
  /** Its end came first: when it began. */
  | { kind: 'date'; id: number }
  /** Without `id` of a run that did not say that it began. `lost`: others that never said how they ended. */
  | { kind: 'end'; id: number | undefined; lost: number[] };

/** What comes again within this time is the same report, sent again by `curl --retry`; a job may run every minute. */
const againMs = 30_000;

/**
 * What to make of a report that arrived at `at`, from the runs that are known, newest first. Reports may come twice and in
 * any order: the worse end of a run stands, and a start that is older than its end opens nothing. Pure.
 */
export function decide(runs: readonly Run[], report: Report, at: Date): Change {
  return report.what === 'start' ? begin(runs, report.run, at) : end(runs, { ...report, what: report.what }, at);
}

function begin(runs: readonly Run[], run: string, at: Date): Change {
  if (run !== '') {
    const same = runs.find((each) => each.run === run);
    if (!same) return { kind: 'begin' };
    return same.startedAt === undefined && same.endedAt && at <= same.endedAt
      ? { kind: 'date', id: same.id }
      : { kind: 'known' };
  }
  const unnamed = runs.filter((each) => each.run === '');
  const overtaken = unnamed.find(({ endedAt }) => endedAt && at < endedAt);
  if (overtaken) return overtaken.startedAt === undefined ? { kind: 'date', id: overtaken.id } : { kind: 'known' };
  const again = unnamed.some(({ outcome, startedAt }) => outcome === 'running' && isAgain(startedAt, at));
  return { kind: again ? 'known' : 'begin' };
}

function end(runs: readonly Run[], { run, what }: { run: string; what: 'ok' | 'fail' }, at: Date): Change {
  const own =
    run === ''
      ? runs.find((each) => each.run === '' && each.outcome === 'running')
      : runs.find((each) => each.run === run);
  if (own?.endedAt) return own.outcome === 'ok' && what === 'fail' ? ended(runs, own, at) : { kind: 'known' };
  if (own || run !== '') return ended(runs, own, at);
  const sameEnd = ({ endedAt, outcome }: Run) => outcome === what && isAgain(endedAt, at);
  return runs.some((each) => each.run === '' && sameEnd(each)) ? { kind: 'known' } : ended(runs, undefined, at);
}

/** Those that began before it are given up: it is the newer word. One that began after it goes on. */
function ended(runs: readonly Run[], own: Run | undefined, at: Date): Change {
  const from = own?.startedAt ?? at;
  const others = runs.filter((each) => each !== own && each.outcome === 'running');
  const lost = others.filter(({ startedAt }) => startedAt && startedAt <= from).map(({ id }) => id);
  return { kind: 'end', id: own?.id, lost };
}

function isAgain(before: Date | undefined, at: Date): boolean {
  return before !== undefined && Math.abs(at.getTime() - before.getTime()) < againMs;
}
