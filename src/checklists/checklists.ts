import type { Jobs } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import { beginHandler, schedulesOf } from './begin.ts';
import type { Asker } from './change.ts';
import { chaseHandler, remindHandler } from './chase.ts';
import { type ChecklistJson, exportOf } from './export.ts';
import { beginJob, chaseJob, measureJob, remindJob, showJob } from './jobs.ts';
import { measureHandler, measureRun } from './measure.ts';
import type { Checklist, Run } from './model.ts';
import { ownerInSlack } from './owner.ts';
import type { ChecklistPort, ChecklistPorts, Filed } from './ports.ts';
import * as rows from './rows.ts';
import { showHandler } from './show.ts';
import { type Summary, summaryOf } from './summary.ts';
import { attestRun, beginRun, changeItems, checklistNamed, closeRun } from './verbs.ts';
import { type FilesSeen, lookAtFiles } from './watch.ts';

/** What people go through, item by item: begun by schedules and by hand, ticked by people and by checks. */
export interface Checklists {
  /** As the files say; those of before, while they have a mistake. */
  files(): ReadonlyMap<string, Filed>;
  /** As its file says. Throws OpsError `not_found`, with what is near. */
  named(name: string): Checklist;
  /** What is wrong with the files now, a line each. */
  problem(): string | undefined;
  /** Reads the files again if they changed; the first time that they have a mistake, people are told. */
  look(): Promise<FilesSeen>;
  schedules(): Schedule[];
  begin(asker: Asker, what: Parameters<typeof beginRun>[1]): ReturnType<typeof beginRun>;
  change(asker: Asker, what: Parameters<typeof changeItems>[1]): ReturnType<typeof changeItems>;
  attest(asker: Asker, id: number): ReturnType<typeof attestRun>;
  close(asker: Asker, what: Parameters<typeof closeRun>[1]): ReturnType<typeof closeRun>;
  /** Measures its automatic items now, and waits for that. */
  measure(run: Run, signal: AbortSignal): Promise<Run>;
  run(id: number): Promise<Run | undefined>;
  /** Those that are not over, the earliest due first; of one checklist, or of all. */
  running(name?: string): Promise<Run[]>;
  /** Of one checklist, newest first. */
  history(name: string, most: number): Promise<Run[]>;
  /** Runs as a file, with what the audit has of them; `head`: the signed head of now; `more`: there are older ones. */
  exported(
    name: string,
    runs: readonly Run[],
    about: { head: string | undefined; more: boolean },
  ): Promise<ChecklistJson>;
  /** As Slack knows the owner; undefined: it doesn't. */
  ownerInSlack(owner: string): string | undefined;
  /** For reports: what is not over now, the earliest due first. */
  open(): Promise<Summary[]>;
  /** For reports: what ended in that time, done or closed. */
  doneBetween(from: Date, to: Date): Promise<Summary[]>;
  /** Registers what carries its jobs out; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, slack: ChecklistPort): void;
}

export function createChecklists(ports: ChecklistPorts): Checklists {
  const { store, files } = ports;
  return {
    files: () => files.all(),
    named: (name) => checklistNamed(name, ports),
    problem: () => files.problem(),
    look: () => lookAtFiles(ports),
    schedules: () => schedulesOf(ports),
    begin: (asker, what) => beginRun(asker, what, ports),
    change: (asker, what) => changeItems(asker, what, ports),
    attest: (asker, id) => attestRun(asker, id, ports),
    close: (asker, what) => closeRun(asker, what, ports),
    measure: (run, signal) => measureRun(run, ports, signal),
    run: (id) => rows.findRun(store.db(), id),
    running: (name) => rows.openRuns(store.db(), name),
    history: (name, most) => rows.runsOf(store.db(), name, most),
    exported: (name, runs, about) => exportOf(name, runs, { store, now: ports.clock.now(), ...about }),
    ownerInSlack: (owner) => ownerInSlack(owner, ports),
    open: async () => (await rows.openRuns(store.db())).map(summaryOf),
    doneBetween: async (from, to) => (await rows.runsBetween(store.db(), from, to)).map(summaryOf),
    register(jobs, slack) {
      jobs.handle(beginJob, beginHandler(ports));
      jobs.handle(measureJob, measureHandler(ports));
      jobs.handle(showJob, showHandler(ports, slack));
      jobs.handle(chaseJob, chaseHandler(ports));
      jobs.handle(remindJob, remindHandler(ports, slack));
    },
  };
}
