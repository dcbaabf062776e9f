import { setTimeout as pause } from 'node:timers/promises';
import type { Usuals } from '../conditions/model.ts';
import type { Check, Ops } from '../config/model.ts';
import type { Jobs } from '../jobs/model.ts';
import type { Schedule, Timers } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Reveal } from '../kernel/secret.ts';
import type { Store, Tx } from '../store/store.ts';
import type { ProbeRoom } from './attempt.ts';
import { type Stretch, stretchesBetween } from './between.ts';
import { causesBeyond, sayCause } from './causes.ts';
import type { OnEvents } from './events.ts';
import { type Failure, failuresIn } from './failures.ts';
import { createKept } from './kept.ts';
import { Known } from './known.ts';
import { isSkipped } from './maintenance.ts';
import { type CheckDetails, type CheckReport, countOutcomes, type HealthReport, outcomes, verdictOf } from './model.ts';
import { overviewOf } from './overview.ts';
import { historyOf, type Past } from './past.ts';
import type { Overview, Period, Trend } from './periods.ts';
import { recordedIn } from './recorded.ts';
import { healthSchedule, slowSweepJob, sweepHandler, sweepJob } from './regular.ts';
import { lastReport } from './report.ts';
import type { HeldWindow } from './rollup.ts';
import type { Measured, Scope } from './scope.ts';
import { type FactOf, type SeriesPoint, seriesOf } from './series.ts';
import type { SharedSweep } from './shared-sweep.ts';
import { shownReports } from './shown.ts';
import { silencedOf, silenceOverJob, skippedOf } from './silences/change.ts';
import { silenceOverHandler } from './silences/expiry.ts';
import { createSilences, type Silences } from './silences/face.ts';
import type { OnSilence, Silence } from './silences/model.ts';
import { windowSchedule } from './silences/windows.ts';
import { type Spent, spentOf, type Together, togetherOf } from './spent.ts';
import { type Strip, Strips } from './strips.ts';
import { type RegularRun, Sweeps } from './sweeps.ts';
import { trendOf } from './trend.ts';
import { upkeepHandler, upkeepJob, upkeepSchedule } from './upkeep.ts';
import { UsualValues } from './usual/usuals.ts';

export type { Scope } from './scope.ts';

/** What `/ops health` and the regular runs stand on. All reports are worst first. */
export interface Health extends Silences {
  /**
   * Measures now: yields the last known results at once (`pending` = being measured), then as results arrive, at most
   * every 250 ms; the last report has nothing pending. Ends early, without it, when `signal` is aborted.
   * Throws OpsError `not_found` for an unknown group or check, `unavailable` after `stop`.
   */
  measure(options: { scope: Measured; signal: AbortSignal }): AsyncIterable<HealthReport>;
  /** What this process remembers of a check, without asking anybody. */
  remembered(id: string): CheckReport | undefined;
  /** What is known without measuring. */
  last(scope: Scope): Promise<HealthReport>;
  /** What is known of all checks without measuring: now, in the last 24 hours, and what people have muted. */
  board(): Promise<{ report: HealthReport; strips: ReadonlyMap<string, Strip>; silences: Silence[] }>;
  /** One check with its past; `measured` = the report that was just measured, to be shown as it is. */
  details(id: string, measured?: HealthReport): Promise<CheckDetails>;
  /** A check's past as a line, up to now or to another moment. Throws OpsError `not_found`, and what the database throws. */
  trend(id: string, period: Period, until?: Date): Promise<Trend>;
  /** Stretches between two moments in which checks were not ok, in order: fail, warn and unknown alone. */
  between(from: Date, to: Date): Promise<Stretch[]>;
  /** The past of many checks as rows, worst first. Throws as `trend`. */
  overview(scope: Scope, period: Period): Promise<Overview>;
  /** Changes to `fail` and away from it of all checks in that time, oldest first; the newest 1,000. */
  failures(from: Date, to: Date): Promise<Failure[]>;
  /** Numbers over time: of each a point a slot of `bounds` (ascending), null = not measured. Throws what the database throws. */
  series(wanted: readonly FactOf[], bounds: readonly Date[]): Promise<(SeriesPoint | null)[][]>;
  /** How long these checks were up, down and unknown in that time, by id; unknown ids and what was never measured are left out. */
  spent(ids: readonly string[], window: { from: Date; to: Date }): Promise<Map<string, Spent>>;
  /** How long any of these checks was down, and down or unknown, in that time, by their changes alone. */
  together(ids: readonly string[], window: { from: Date; to: Date }): Promise<Together>;
  /**
   * A regular run of these checks, recorded: it opens and closes problems. Unknown ids are left out. Never rejects;
   * resolves to the ids of which nothing is recorded: cut off by `signal` or `stop`, or refused by the database.
   */
  regular(ids: readonly string[], run?: Partial<RegularRun>): Promise<string[]>;
  /** Takes on the regular runs and the upkeep of the history: registers its jobs, returns what enqueues them. */
  takeOn(jobs: Pick<Jobs, 'handle' | 'enqueue' | 'cancel'>): Schedule[];
  /** All that is recorded of that time, a row each, by check and time: as evidence. */
  recorded(window: { from: Date; to: Date }): AsyncIterable<Record<string, unknown>>;
  /** Aborts what is measured and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface HealthOptions {
  ops: Ops;
  store: Store;
  clock: Clock;
  log: Log;
  reveal: Reveal;
  /** What jobs elsewhere have reported under a check's id; without it `heartbeat` checks are unknown. */
  reported?: ProbeRoom['reported'];
  /** Called for every finished sweep, with what is known of all checks and the sweep's start and duration. */
  onSweep?: (report: HealthReport) => void;
  /** What a regular run means for people, told within the transaction that records it. */
  onEvents?: OnEvents | undefined;
  /** Somebody silenced checks, or ended that; told within the transaction. */
  onSilence?: OnSilence | undefined;
  timers?: Pick<Timers, 'set' | 'cancel'> | undefined;
  /** What is held as evidence: it is neither rolled up nor deleted. */
  held?: (() => Promise<HeldWindow[]>) | undefined;
  /** How long an answer waits for the database before it does without, ms; default 2 s. */
  patienceMs?: number;
}

/** A check is measured on demand when it is quick; a rare one may be costly, so its last result is shown. */
const onDemand = { longestTimeoutMs: 10_000, rarestMs: 3_600_000 };
const betweenReportsMs = 250;

/** The feature's face: the checks of `ops`, measured on demand and regularly, with their history in `store`. */
export function createHealth(options: HealthOptions): Health {
  const { ops, store, clock, log, reveal, reported, onSweep, onEvents, onSilence, timers, patienceMs } = options;
  const known = new Known({ checks: ops.checks, store, clock, log, patienceMs });
  // Sorted once: sorting a thousand names for each of a sweep's reports would cost more than judging them.
  const inOrder = ops.checks.toSorted((a, b) => a.group.localeCompare(b.group) || a.id.localeCompare(b.id));
  const ports = { ops, store, clock, onSilence, timers };
  const silences = createSilences(ports, (what, work) => known.attempt(what, work));
  const { windows } = silences;
  const strips = new Strips({ ids: ops.checks.map(({ id }) => id), store, clock });
  const usual = new UsualValues({
    ...{ checks: ops.checks, store, zone: ops.team.zone },
    attempt: (what, work) => known.attempt(what, work),
  });
  const onEnd = (sweep: SharedSweep) => onSweep?.(report(ops.checks, sweep));
  const sweeps = new Sweeps({
    ...{ ops, known, usual, refresh, windows, clock, log, reveal, reported, onEnd, onEvents },
    kept: createKept({ store, clock }),
    quiet: (tx, checks, known) => silencedOf(tx, checks, ports, known),
  });

  /** Reads what replicas know; resolves to the first thing that could not be read. */
  async function refresh(): Promise<string | undefined> {
    const [results, mutes] = await Promise.all([known.refresh(), silences.read()]);
    return results ?? mutes;
  }

  function within(scope: Measured): Check[] {
    if (scope.kind === 'all') return ops.checks;
    if (scope.kind === 'several') return ops.checks.filter(({ id }) => scope.ids.includes(id));
    const checks = ops.checks.filter((check) => (scope.kind === 'group' ? check.group : check.id) === scope.id);
    if (checks.length === 0) throw new OpsError('not_found', `There is no ${scope.kind} "${echo(scope.id)}"`);
    return checks;
  }

  function report(checks: readonly Check[], sweep?: SharedSweep, warning?: string): HealthReport {
    const now = clock.now();
    const ids = new Set(checks.map((check) => check.id));
    const all = shownReports({
      judged: inOrder.map((check) => sweep?.found.get(check.id) ?? lastReport(check, known.get(check.id), now, clock)),
      checks: ops.checks,
      windows: windows(now),
      now,
      zone: ops.team.zone,
    });
    const shown = all
      .filter(({ id }) => ids.has(id))
      .sort((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome));
    const counts = countOutcomes(shown);
    const newest = Math.max(...shown.map(({ at }) => at.getTime()));
    const causes = causesBeyond(shown, all);
    const warnings = [...causes.map(sayCause), ...(sweep?.warnings ?? []), ...(warning === undefined ? [] : [warning])];
    const begun = sweep && (sweep.found.size > 0 || (sweep.finished && sweep.ids.size > 0));
    return {
      verdict: verdictOf(
        counts,
        causes.map(({ report }) => report.outcome),
      ),
      counts,
      started_at: begun ? sweep.startedAt : new Date(Number.isFinite(newest) ? newest : now),
      duration_ms: Math.round(sweep?.elapsedMs() ?? 0),
      checks: shown,
      pending: sweep ? [...sweep.pending].filter((id) => ids.has(id)) : [],
      ...(warnings.length > 0 && { warnings }),
    };
  }

  async function last(scope: Measured): Promise<HealthReport> {
    const checks = within(scope);
    return report(checks, undefined, await refresh());
  }

  async function board(): ReturnType<Health['board']> {
    const [shown, unread] = await Promise.all([
      last({ kind: 'all' }),
      // Without the database the strips end where they were read last.
      known.attempt('last 24 hours not read', () => strips.read()),
    ]);
    if (unread !== undefined && !shown.warnings) shown.warnings = [unread];
    const muted = windows(clock.now()).flatMap(({ silence }) => silence ?? []);
    return { report: shown, strips: strips.all(), silences: muted };
  }

  function regular(
    ids: readonly string[],
    { signal = new AbortController().signal, ...run }: Partial<RegularRun> = {},
  ): Promise<string[]> {
    const wanted = new Set(ids);
    return sweeps.regular(
      ops.checks.filter(({ id }) => wanted.has(id)),
      { signal, ...run },
    );
  }

  async function* measure({ scope, signal }: { scope: Measured; signal: AbortSignal }): AsyncIterable<HealthReport> {
    const checks = within(scope);
    const quick = checks.filter(runsOnDemand);
    const unskipped = () => {
      const open = windows(clock.now());
      return quick.filter((check) => !isSkipped(check, open));
    };
    // Another replica may have ended what keeps all of them from being measured.
    if (quick.length > 0 && unskipped().length === 0) await silences.read();
    const wanted = unskipped();
    if (wanted.length === 0) {
      yield await last(scope);
      return;
    }
    const sweep = sweeps.join(wanted);
    const left = leaving(signal);
    try {
      await Promise.race([sweep.ready.promise, left.promise]);
      while (!signal.aborted && !sweep.finished) {
        const change = sweep.changed();
        yield report(checks, sweep);
        await Promise.race([pause(betweenReportsMs, undefined, { ref: false }), sweep.ended.promise, left.promise]);
        await Promise.race([change, left.promise]);
      }
      if (!signal.aborted) yield report(checks, sweep);
    } finally {
      left.forget();
      sweep.leave();
    }
  }

  async function details(id: string, measured?: HealthReport): Promise<CheckDetails> {
    const [check] = within({ kind: 'check', id });
    if (!check) throw new OpsError('not_found', `There is no check "${echo(id)}"`);
    const { checks } = measured ?? (await last({ kind: 'check', id }));
    const current = checks.find((each) => each.id === id);
    if (!current) throw new OpsError('not_found', `There is no check "${echo(id)}"`);
    const specs = check.definition.facts(check.target);
    const { definition, target, everyMs } = check;
    return {
      report: current,
      asks: definition.describe(target),
      everyMs,
      units: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.unit])),
      ...(await pastOf(check)),
      ...usualIn(await usual.of(check, clock.now())),
    };
  }

  async function pastOf(check: Check): Promise<Past> {
    let past: Past = { series: null, strip: [], transitions: [], uptime: { day: null, month: null } };
    await known.attempt('history not read', async () => {
      past = await historyOf(store, check, clock.now());
    });
    return past;
  }

  async function overview(scope: Scope, period: Period): Promise<Overview> {
    const { checks } = await last(scope);
    return overviewOf(store, checks, { period, now: clock.now(), zone: ops.team.zone });
  }

  return {
    measure,
    remembered: (id) => known.get(id)?.report,
    last,
    board,
    details,
    trend: async (id, period, until = clock.now()) => trendOf(store, within({ kind: 'check', id })[0]!, period, until),
    between: (from, to) => stretchesBetween(store, { from, to }),
    overview,
    failures: (from, to) => failuresIn(store, from, to),
    series: (wanted, bounds) => seriesOf(store, wanted, bounds),
    spent: (ids, window) => {
      const wanted = new Set(ids);
      return spentOf(
        store,
        ops.checks.filter(({ id }) => wanted.has(id)),
        window,
      );
    },
    together: (ids, window) => togetherOf(store, ids, window),
    regular,
    recorded: (window) => recordedIn(store, window),
    ...silences.face,
    takeOn(jobs) {
      jobs.handle(silenceOverJob, silenceOverHandler(ports));
      for (const kind of [sweepJob, slowSweepJob]) jobs.handle(kind, sweepHandler({ store, regular }));
      jobs.handle(upkeepJob, upkeepHandler({ store, clock, held: options.held }));
      const skipped = (tx: Tx, checks: readonly Check[]) => skippedOf(tx, checks, ports);
      return [
        healthSchedule({ checks: ops.checks, store, jobs, skipped }),
        upkeepSchedule(jobs),
        windowSchedule(ports),
      ];
    },
    async stop() {
      sweeps.stop();
      await sweeps.ended();
    },
  };
}

function usualIn(usuals: Usuals | undefined): Pick<CheckDetails, 'usual'> {
  return usuals ? { usual: [...usuals].map(([fact, usual]) => ({ fact, ...usual })) } : {};
}

/** Whether a check is measured when somebody asks; of the others the last result is shown. Pure. */
export function runsOnDemand(check: Pick<Check, 'timeoutMs' | 'everyMs'>): boolean {
  return check.timeoutMs <= onDemand.longestTimeoutMs && check.everyMs < onDemand.rarestMs;
}

/** A promise that resolves when the asker leaves; `forget` takes the listener away. */
function leaving(signal: AbortSignal): { promise: Promise<void>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  const leave = () => resolve();
  signal.addEventListener('abort', leave, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', leave) };
}
