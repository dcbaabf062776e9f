import type { Check, Ops } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Reveal } from '../kernel/secret.ts';
import type { ProbeRoom } from './attempt.ts';
import { baselineOf } from './baseline.ts';
import type { OnEvents } from './events.ts';
import type { Measurement, NewState, Recording } from './history.ts';
import type { Known } from './known.ts';
import { type ActiveWindow, isSkipped } from './maintenance.ts';
import { type Judging, judgeResult, lastReport } from './report.ts';
import { SharedSweep } from './shared-sweep.ts';
import { shownReports } from './shown.ts';
import { runSweep } from './sweep.ts';
import { tellsUsual } from './usual/model.ts';
import type { UsualValues } from './usual/usuals.ts';

interface Options {
  ops: Ops;
  known: Known;
  usual: UsualValues;
  /** Reads what replicas know; resolves to a warning when it could not. */
  refresh: () => Promise<string | undefined>;
  /** What is open then, as read last. */
  windows: (now: Date) => ActiveWindow[];
  clock: Clock;
  log: Log;
  reveal: Reveal;
  reported: ProbeRoom['reported'];
  kept: ProbeRoom['kept'];
  onEnd: (sweep: SharedSweep) => void;
  onEvents?: OnEvents | undefined;
  quiet?: Recording['quiet'];
}

type Found = Map<string, Measurement>;

/** What a regular run goes by. */
export interface RegularRun {
  signal: AbortSignal;
  /** Whether nobody else carries it out by now. */
  stillMine?: (() => Promise<boolean>) | undefined;
  /** Told why what was measured could not be recorded. */
  onUnsaved?: ((error: unknown) => void) | undefined;
}

interface How extends Omit<RegularRun, 'signal'> {
  deadlineMs: number;
  regular: boolean;
}

/** The sweeps of this process: those that run can be joined, and all of them are waited for at the end. */
export class Sweeps {
  private readonly running = new Map<SharedSweep, Promise<void>>();
  private readonly options: Options;
  private stopped = false;

  constructor(options: Options) {
    this.options = options;
  }

  /** A sweep of these checks: one that just began and has found none of them yet, or a new one. The caller must `leave` it. */
  join(checks: readonly Check[]): SharedSweep {
    if (this.stopped) throw new OpsError('unavailable', 'Rounds is stopping', { hint: 'try again in a minute' });
    const ids = checks.map((check) => check.id);
    const deadlineMs = this.options.ops.limits.sweepDeadlineMs;
    const sweep =
      [...this.running.keys()].find((each) => each.covers(ids, deadlineMs)) ??
      this.begin(checks, { deadlineMs, regular: false });
    sweep.join();
    return sweep;
  }

  /**
   * A regular run; a check alone may take as long as its own attempts do. What an earlier one still measures is left to
   * it. Never rejects; resolves to the ids of which nothing is recorded: cut off by `signal` or `stop`, or refused by the
   * database. Nothing is saved unless it is `stillMine` then: a process that was frozen takes its own standstill for a
   * target that gives no answer.
   */
  async regular(checks: readonly Check[], { signal, ...run }: RegularRun): Promise<string[]> {
    const { ops } = this.options;
    if (this.stopped || signal.aborted) return checks.map(({ id }) => id);
    const busy = new Set([...this.running.keys()].flatMap((sweep) => (sweep.regular ? [...sweep.pending] : [])));
    const due = checks.filter((check) => !busy.has(check.id));
    if (due.length === 0) return [];
    const own = due.length === 1 ? Math.max(...due.map(longestMs)) : 0;
    const sweep = this.begin(due, {
      deadlineMs: Math.max(ops.limits.sweepDeadlineMs, own),
      regular: true,
      ...run,
    });
    sweep.join();
    const stop = () => sweep.stop();
    signal.addEventListener('abort', stop, { once: true });
    await this.running.get(sweep);
    signal.removeEventListener('abort', stop);
    return [...sweep.left];
  }

  stop(): void {
    this.stopped = true;
    for (const sweep of this.running.keys()) sweep.stop();
  }

  async ended(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private begin(checks: readonly Check[], how: How): SharedSweep {
    const ids = checks.map((check) => check.id);
    const { deadlineMs, regular } = how;
    const sweep = new SharedSweep({ ids, startedAt: this.options.clock.now(), deadlineMs, regular });
    const ended = this.carryOut(sweep, checks, how)
      .catch((error: unknown) => {
        this.options.log.error({ err: error }, 'a sweep failed unexpectedly');
        sweep.warnings.push('the sweep failed (see the log)');
        this.cutOff(sweep, checks, 'not measured: the sweep failed (see the log)');
        sweep.unrecorded(ids);
        how.onUnsaved?.(error);
      })
      .finally(() => {
        this.running.delete(sweep);
        sweep.finish();
      });
    this.running.set(sweep, ended);
    return sweep;
  }

  private async carryOut(sweep: SharedSweep, wanted: readonly Check[], how: How): Promise<void> {
    const { ops, known, usual, clock, log, reveal, reported, kept, onEnd, onEvents, quiet } = this.options;
    const refreshed = await this.options.refresh();
    const unskipped = this.unskipped(wanted, sweep);
    if (unskipped.length === 0) return;
    const [{ checks, warning }, before] = await Promise.all([
      usual.tell(unskipped, clock.now()),
      known.saidBefore(unskipped),
    ]);
    warn(sweep, refreshed, before.warning, warning);
    const unread = { previous: known.pastUnread, history: before.warning !== undefined };
    sweep.ready.resolve();
    const found: Found = new Map();
    await runSweep({
      checks,
      limits: { ...ops.limits, deadlineMs: how.deadlineMs },
      room: { clock, reveal, reported, kept, log, site: { dir: ops.dir, scriptDirs: ops.scriptDirs, aws: ops.aws } },
      signal: sweep.signal,
      spentMs: sweep.elapsedMs(),
      previous: ({ id, everyMs }) => baselineOf(known.get(id)?.samples ?? [], everyMs, clock.now()),
      onResult: (check, result) => {
        if (sweep.signal.aborted && result.kind === 'unmeasured') return;
        const history = before.said.get(check.id) ?? [];
        const state = this.judged({ check, result, last: known.get(check.id), history, unread, clock });
        found.set(check.id, state);
        sweep.add(state.report);
      },
    });
    if (sweep.pending.size > 0) {
      warn(sweep, `stopped: ${sweep.pending.size} of ${checks.length} not measured`);
      this.cutOff(sweep, checks, `not measured: ${this.stopped ? 'Rounds is stopping' : 'the sweep was stopped'}`);
    }
    // A database that is away can't tell; saving waits for it too.
    const lost = (await how.stillMine?.().catch(() => true)) === false;
    if (lost) {
      sweep.unrecorded(wanted.map(({ id }) => id));
      sweep.finish();
      return;
    }
    const states = this.states(checks, found, how.regular);
    const recording = { at: sweep.startedAt, onEvents, ...(quiet && { quiet }) };
    const unsaved = await known.record(states, recording, how.regular ? sweep.signal : undefined);
    if (unsaved) {
      warn(sweep, unsaved.warning);
      sweep.unrecorded(states.map(({ report }) => report.id));
      how.onUnsaved?.(unsaved.error);
    }
    sweep.finish();
    onEnd(sweep);
  }

  /** Those that are measured now: others have just said, maybe on another replica, which are to be left alone. */
  private unskipped(checks: readonly Check[], sweep: SharedSweep): Check[] {
    const windows = this.options.windows(this.options.clock.now());
    const run = checks.filter((check) => !isSkipped(check, windows));
    sweep.leaveOut(checks.filter((check) => !run.includes(check)).map(({ id }) => id));
    return run;
  }

  /** Those that were not measured are unknown in this answer, never what they were before. Nothing of it is saved. */
  private cutOff(sweep: SharedSweep, checks: readonly Check[], message: string): void {
    const at = this.options.clock.now();
    const result = unmeasured(message, { at, attempts: 0, durationMs: 0 });
    sweep.unrecorded([...sweep.pending]);
    for (const check of checks.filter(({ id }) => sweep.pending.has(id))) {
      const last = this.options.known.get(check.id);
      sweep.add(judgeResult({ check, result, last, history: [] }).report);
    }
  }

  /** A rule that throws makes its own check unknown, not the sweep fail. */
  private judged(judging: Judging): Measurement {
    try {
      return judgeResult(judging);
    } catch (error) {
      this.options.log.error({ check: judging.check.id, err: error }, 'a result could not be judged');
      const { result } = judging;
      const { at, attempts, durationMs } = result;
      const message = 'measured, but the result could not be judged (see the log)';
      return judgeResult({ ...judging, result: unmeasured(message, { at, attempts, durationMs }) });
    }
  }

  /** What is saved: the judged reports, as people see them beside all others. */
  private states(checks: readonly Check[], found: Found, regular: boolean): NewState[] {
    const { ops, known, usual, clock } = this.options;
    const now = clock.now();
    const shown = shownReports({
      judged: ops.checks.map(
        (check) => found.get(check.id)?.report ?? lastReport(check, known.get(check.id), now, clock),
      ),
      checks: ops.checks,
      windows: this.options.windows(now),
      now,
      zone: ops.team.zone,
    });
    const byId = new Map(shown.map((report) => [report.id, report]));
    return checks.flatMap((check) => {
      const state = found.get(check.id);
      const report = byId.get(check.id);
      if (!state || !report) return [];
      const { outcome, since, reason } = report;
      const { everyMs, openAfter, closeAfter } = check;
      const watched = regular ? { watched: { rule: { openAfter, closeAfter }, report } } : {};
      // Who looks again and again on a bad day would make it weigh more.
      const counts = regular && state.measured && tellsUsual(outcome);
      const hours = counts ? { usual: usual.samplesOf(check, report) } : {};
      return { ...state, shown: { outcome, since, reason }, everyMs, ...watched, ...hours };
    });
  }
}

function unmeasured(message: string, run: { at: Date; attempts: number; durationMs: number }) {
  return { kind: 'unmeasured', reason: 'error', message, next: undefined, ...run } as const;
}

function warn(sweep: SharedSweep, ...warnings: (string | undefined)[]): void {
  for (const warning of warnings) if (warning !== undefined) sweep.warnings.push(warning);
}

/** The longest a check may take with all of its attempts, ms, and a second to clean up. */
function longestMs(check: Check): number {
  return check.attempts * (check.timeoutMs + check.retryDelayMs) + 1_000;
}
