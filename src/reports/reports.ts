import type { Asker } from '../audit/model.ts';
import { verb } from '../audit/verb.ts';
import type { ProblemEvent } from '../health/events.ts';
import type { JobContext, Jobs } from '../jobs/model.ts';
import { nextSlot } from '../jobs/slots.ts';
import type { Schedule } from '../jobs/timing.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import type { Tx } from '../store/store.ts';
import { expectedHandler } from './expected.ts';
import { expectedJob, expectedTimer, makeJob, showJob, threadJob } from './jobs.ts';
import { makeReport } from './make.ts';
import { checkItem, type ItemState, isSilent, type Report } from './model.ts';
import type { ReportPort, ReportPorts } from './ports.ts';
import type { ReportFile } from './read.ts';
import {
  fileNamed,
  isScheduled,
  plansOf,
  type ReportPlan,
  reportSchedules,
  schedulePrefix,
  zoned,
} from './schedule.ts';
import { showHandler } from './show.ts';
import * as rows from './store.ts';
import { threadHandler } from './thread.ts';
import { upkeepHandler, upkeepJob, upkeepSchedule } from './upkeep.ts';

/** Reports: made at their time, once, whatever was down; kept, and shown again. */
export interface Reports {
  /** All there are, with their next times and when they were made last. */
  list(): Promise<ListedReport[]>;
  /** Made now, for whoever asks; kept, and posted nowhere by itself. Throws OpsError `not_found`. */
  ask(name: string, asked: { by: string; signal: AbortSignal }): Promise<Report>;
  /** One that was made on a day (`2026-11-26`, of its zone), by itself if there is one. Throws OpsError `not_found`. */
  ofDay(name: string, day: { from: Date; to: Date }): Promise<Report>;
  /** Throws OpsError `not_found`. */
  find(id: number): Promise<Report>;
  items(): Promise<ReadonlyMap<string, ItemState>>;
  /** Resolves to the keys that this did something to. */
  acknowledge(asker: Asker, keys: readonly string[], by: string): Promise<string[]>;
  snooze(asker: Asker, keys: readonly string[], how: { by: string; until: Date }): Promise<string[]>;
  /** What changed at the checks; within the transaction that records it. */
  take(tx: Tx, events: readonly ProblemEvent[]): Promise<void>;
  /** Registers what makes and posts reports; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, slack: ReportPort): void;
  /** What is to be run with all other schedules; files may change it later. */
  schedules(): Schedule[];
  /** What each file plans, also of those that are made only when asked for. */
  plans(): ReportPlan[];
  /** What is wrong with the files as they are now. */
  problem(): string | undefined;
  /** Reads the files again. `broken`: a mistake, which was told; what held before holds. */
  refresh(): Promise<'same' | 'changed' | 'broken'>;
  /** The zone of a report's days. Throws OpsError `not_found`. */
  zoneOf(name: string): string;
}

export interface ListedReport {
  name: string;
  title: string;
  scheduled: boolean;
  /** The next time of each of its schedules, the soonest first; also of one that is not run by itself. */
  next: { at: Date; zone: string }[];
  last?: { id: number; madeAt: Date; posted: boolean };
}

/** How long after its post a message still follows what changes. */
const followedMs = 24 * 3_600_000;

/** How often, 10 s apart, a report is left to a replica that has its file. */
const triesWithoutFile = 60;

export function createReports(ports: ReportPorts): Reports {
  const { store, clock, jobs, timers, files, ops, log } = ports;

  /** Those that somebody asked for and that are being made, by name. */
  const making = new Map<string, Promise<Report>>();

  async function make(file: ReportFile, of: { slot?: Date; askedBy?: string; signal: AbortSignal }) {
    const until = of.slot ?? clock.now();
    const [previous, items] = await Promise.all([
      rows.reportBefore(store.db(), file.name, until),
      rows.readItems(store.db()),
    ]);
    return makeReport(ports, { file, previous, items, ...of });
  }

  async function makePlanned({ name, slot }: { name: string; slot: string }, ctx: JobContext): Promise<void> {
    const at = new Date(slot);
    const file = files.all().get(name);
    if (!file) return notHere(name, ctx);
    if (await rows.reportOfSlot(store.db(), name, at)) return;
    const made = await make(file, { slot: at, signal: ctx.signal });
    if (!(await ctx.stillMine())) return;
    await keep(made);
  }

  /** While versions change another replica may have it: it is left to that for ten minutes. Then nobody wants it any more. */
  function notHere(name: string, { attempt }: JobContext): void {
    if (attempt > triesWithoutFile) {
      log.warn({ report: name }, 'a report is not made: its file is gone');
      return;
    }
    throw new PortError('no_file', `there is no report "${name}" here`, { retryable: true, retryAfterMs: 10_000 });
  }

  async function keep(made: Awaited<ReturnType<typeof makeReport>>): Promise<number | undefined> {
    return store.transaction<unknown, number | undefined>(async (tx) => {
      const id = await rows.addReport(tx, made);
      if (id === undefined) return undefined;
      const keys = [...new Set(made.content.sections.flatMap(({ lines }) => lines.flatMap(({ item }) => item ?? [])))];
      await rows.nameItems(tx, keys, made.madeAt);
      if (!made.slot) return id;
      if (isSilent(made)) await timers.cancel(tx, expectedTimer(made.name, made.slot));
      else await jobs.enqueue(tx, showJob, { id }, { key: `report:${id}:post` });
      return id;
    });
  }

  /** Whoever asks while it is being made gets the same one: measuring is not free, and many may press at once. */
  async function ask(file: ReportFile, { by, signal }: { by: string; signal: AbortSignal }): Promise<Report> {
    for (let shared = making.get(file.name); shared; shared = making.get(file.name)) {
      // Whoever asked first may have left, and their report with them.
      const report = await shared.catch(() => undefined);
      signal.throwIfAborted();
      if (report) return report;
      if (making.get(file.name) === shared) making.delete(file.name);
    }
    const own = make(file, { askedBy: by, signal })
      .then(keep)
      .then((id) => found(rows.findReport(store.db(), id!), 'report'));
    making.set(file.name, own);
    try {
      return await own;
    } finally {
      if (making.get(file.name) === own) making.delete(file.name);
    }
  }

  async function found(report: Promise<Report | undefined>, what: string): Promise<Report> {
    const one = await report;
    if (one) return one;
    throw new OpsError('not_found', `There is no ${what}`, { hint: '`/ops report` lists what there is' });
  }

  /** The messages that name what changed are edited, each once for the change. Resolves to what is named. */
  async function showAgain(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
    const found = await rows.naming(tx, keys, new Date(clock.now().getTime() - followedMs));
    const versions = await rows.changed(
      tx,
      found.map(({ id }) => id),
    );
    for (const { id, version } of versions)
      await jobs.enqueue(tx, showJob, { id }, { key: `report:${id}:version:${version}` });
    return new Set(found.flatMap(({ named }) => named));
  }

  async function change(
    asker: Asker,
    { action, after }: { action: string; after: unknown },
    work: (tx: Tx) => Promise<string[]>,
  ): Promise<string[]> {
    return verb(ports, asker, async (tx) => {
      const done = await work(tx);
      if (done.length > 0) await showAgain(tx, done);
      return { result: done, audit: done.map((key) => ({ action, target: key, after })) };
    });
  }

  return {
    async list() {
      const newest = await rows.newestReports(store.db());
      const now = clock.now();
      return [...files.all().values()].map((file) => {
        const last = newest.get(file.name);
        const next = zoned(file, ops.team.zone).map((when) => ({ at: nextSlot(when, now), zone: when.zone }));
        return {
          ...{ name: file.name, title: file.title, scheduled: isScheduled(file, ops.reports.scheduled) },
          next: next.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
          ...(last && { last }),
        };
      });
    },
    ask: (name, asked) => ask(fileNamed(files.all(), name), asked),
    ofDay: (name, day) =>
      found(rows.newestReport(store.db(), fileNamed(files.all(), name).name, day), `report "${name}" of that day`),
    find: (id) => found(rows.findReport(store.db(), id), `report ${id}`),
    items: () => rows.readItems(store.db()),
    acknowledge: (asker, keys, by) =>
      change(asker, { action: 'report.acknowledge', after: { by } }, (tx) =>
        rows.acknowledgeItems(tx, keys, { by, at: clock.now() }),
      ),
    snooze: (asker, keys, { by, until }) =>
      change(asker, { action: 'report.snooze', after: { by, until } }, (tx) =>
        rows.snoozeItems(tx, keys, { by, until }),
      ),
    async take(tx, events) {
      const keysOf = (...wanted: ProblemEvent['event'][]) =>
        events.filter(({ event }) => wanted.includes(event)).map(({ checkId }) => checkItem(checkId));
      const keys = keysOf('opened', 'worsened', 'improved', 'closed');
      if (keys.length === 0) return;
      await rows.forgetItems(tx, keysOf('closed'));
      await rows.wakeItems(tx, keysOf('worsened'));
      const named = await showAgain(tx, keys);
      // Well, and ill again: the message that names it is asked who has it.
      const again = keysOf('opened').filter((key) => named.has(key));
      await rows.nameItems(tx, again, clock.now());
    },
    register(queue, slack) {
      queue.handle(makeJob, makePlanned);
      queue.handle(showJob, showHandler(ports, slack));
      queue.handle(threadJob, threadHandler(ports, slack));
      queue.handle(expectedJob, expectedHandler(ports, slack));
      queue.handle(upkeepJob, upkeepHandler(ports));
    },
    schedules: () => [...reportSchedules(files.all().values(), ports), upkeepSchedule(schedulePrefix, jobs)],
    plans: () => plansOf(files.all().values(), ops),
    problem: () => files.problem(),
    refresh: () => files.refresh(),
    zoneOf: (name) => fileNamed(files.all(), name).zone ?? ops.team.zone,
  };
}
