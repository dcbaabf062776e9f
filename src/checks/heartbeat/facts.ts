import { type Facts, type Reported, Unmeasured } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { dueAfter, firstDue, shownTime } from './due.ts';
import type { HeartbeatTarget } from './params.ts';
import { fewestUsual } from './specs.ts';

/** Clocks of replicas and the database agree to less than this, ms. */
const clocksDifferMs = 60_000;
type Run = Reported['runs'][number];

/**
 * What is to be judged of a job's reports. Throws `Unmeasured`: before the first success, while that is not late, nothing
 * is known to be well; and a report from the future would hide a silence.
 */
export function factsOf(target: HeartbeatTarget, reported: Reported, now: Date): Facts {
  const { zone } = target;
  const { since, okAt, okStartedAt, runs } = reported;
  refuseFuture(reported, now, zone);
  const due = okAt ? dueAfter(target, okAt, okStartedAt) : firstDue(target, since);
  const lateMs = Math.max(0, now.getTime() - due.getTime());
  const ended = runs.filter(hasEnded).toSorted((a, b) => b.endedAt.getTime() - a.endedAt.getTime());
  const running = runs.filter(({ outcome }) => outcome === 'running').flatMap(({ startedAt }) => startedAt ?? []);
  const oldest = running.length > 0 ? new Date(Math.min(...running.map(Number))) : undefined;
  const runningMs = oldest ? Math.max(0, now.getTime() - oldest.getTime()) : 0;
  const failed = ended[0]?.outcome === 'fail';
  const hangs = target.max_run !== undefined && runningMs > target.max_run;
  if (!okAt && !failed && !hangs && lateMs <= allowedMs(target, oldest !== undefined)) {
    throw notYet({ since, due, zone, begun: oldest !== undefined });
  }
  const lastFail = ended.find(({ outcome }) => outcome === 'fail');
  return {
    seen: okAt !== undefined || runs.length > 0,
    last_ok_at: okAt ? shownTime(okAt, zone) : 'never',
    age: okAt ? formatDuration(Math.max(0, now.getTime() - okAt.getTime())) : null,
    age_s: okAt ? seconds(Math.max(0, now.getTime() - okAt.getTime())) : null,
    expected_at: shownTime(due, zone),
    late_by: lateMs > 0 ? formatDuration(lateMs) : '',
    late_by_s: seconds(lateMs),
    grace_s: seconds(target.grace),
    failed,
    last_fail: lastFail ? sayFailed(lastFail, target) : '',
    exit_code: ended[0]?.exitCode ?? null,
    running: oldest !== undefined,
    running_since: oldest ? shownTime(oldest, zone) : '',
    running_for: oldest ? formatDuration(runningMs) : '',
    running_s: seconds(runningMs),
    max_run_s: target.max_run === undefined ? null : seconds(target.max_run),
    ...runTimes(ended),
    runs: ended.length,
    failed_runs: ended.filter(({ outcome }) => outcome === 'fail').length,
    lost_runs: runs.filter(({ outcome }) => outcome === 'lost').length,
  };
}

/** How late a success may be, ms: a run that is on its way may take its time. */
function allowedMs({ grace, max_run = 0 }: HeartbeatTarget, running: boolean): number {
  return grace + (running ? max_run : 0);
}

type Ended = Run & { endedAt: Date };

function hasEnded(run: Run): run is Ended {
  return run.endedAt !== undefined;
}

function runTimes(ended: readonly Ended[]): Facts {
  const [last, ...before] = ended
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap(({ startedAt, endedAt }) => (startedAt ? endedAt.getTime() - startedAt.getTime() : []));
  const middle = before.toSorted((a, b) => a - b)[Math.floor(before.length / 2)];
  return {
    run_time: last === undefined ? null : formatDuration(last),
    run_s: last === undefined ? null : seconds(last),
    usual_run_s: middle === undefined || before.length < fewestUsual ? null : seconds(middle),
  };
}

function sayFailed({ endedAt, exitCode, message }: Ended, { zone, message: shown }: HeartbeatTarget): string {
  const code = exitCode === undefined ? [] : [`exit code ${exitCode}`];
  return [shownTime(endedAt, zone), ...code, ...(shown && message ? [message] : [])].join(', ');
}

function refuseFuture({ okAt, runs }: Reported, now: Date, zone: string): void {
  const reports = [okAt, ...runs.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])];
  const newest = Math.max(...reports.map((at) => at?.getTime() ?? 0));
  if (newest <= now.getTime() + clocksDifferMs) return;
  const message = `a report of ${shownTime(new Date(newest), zone)} lies ahead of the database's clock`;
  throw new Unmeasured('invalid_answer', message, {
    next: "set the clock of the database's server right, then let the job run once",
  });
}

function notYet({ since, due, zone, begun }: { since: Date; due: Date; zone: string; begun: boolean }): Unmeasured {
  const what = begun ? 'the first run has begun and not ended' : 'nothing was reported';
  const waited = `since ${shownTime(since, zone)}`;
  return new Unmeasured('empty', `not yet: ${what} ${waited}; a first success is due by ${shownTime(due, zone)}`, {
    next: 'let the job report; `rounds check-config` shows the line for its crontab',
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
