import type { Ops } from '../config/model.ts';
import { nextSlot } from '../jobs/slots.ts';
import type { Schedule } from '../jobs/timing.ts';
import { OpsError } from '../kernel/errors.ts';
import { expectedJob, expectedTimer, makeJob } from './jobs.ts';
import type { ReportPorts } from './ports.ts';
import type { ReportFile } from './read.ts';

export const schedulePrefix = 'reports/';

/** Whether a report is made by itself: the operator's own as they say, shipped ones when ops.yml names them. Pure. */
export function isScheduled({ name, own, schedule }: ReportFile, scheduled: readonly string[] | undefined): boolean {
  if (schedule.length === 0) return false;
  return scheduled === undefined ? own || name === 'morning' : scheduled.includes(name);
}

/** When a file is run, each in its zone. Pure. */
export function zoned({ schedule, zone }: Pick<ReportFile, 'schedule' | 'zone'>, teamZone: string) {
  return schedule.map((each) => ({ ...each, zone: each.zone ?? zone ?? teamZone }));
}

/** What a file plans, also of one that is made only when asked for. */
export interface ReportPlan {
  kind: 'report';
  name: string;
  title: string;
  schedule: { cron: string; zone: string; holidays: 'run' | 'skip' }[];
  scheduled: boolean;
}

/** What each of these files plans. Pure. */
export function plansOf(files: Iterable<ReportFile>, { team, reports }: Pick<Ops, 'team' | 'reports'>): ReportPlan[] {
  return [...files].map((file) => ({
    ...{ kind: 'report', name: file.name, title: file.title, schedule: zoned(file, team.zone) },
    scheduled: isScheduled(file, reports.scheduled),
  }));
}

/** What enqueues the reports of these files: each slot one job, whatever the number of replicas. */
export function reportSchedules(
  files: Iterable<ReportFile>,
  { ops, jobs, timers }: Pick<ReportPorts, 'ops' | 'jobs' | 'timers'>,
): Schedule[] {
  return [...files]
    .filter((file) => isScheduled(file, ops.reports.scheduled))
    .flatMap((file) =>
      zoned(file, ops.team.zone).map(({ cron, zone, holidays }, at): Schedule => {
        const when = { cron, zone };
        return {
          name: `${schedulePrefix}${file.name}${at === 0 ? '' : `.${at + 1}`}`,
          when,
          missed: file.missed,
          async enqueue(tx, slot, key) {
            if (holidays === 'skip' && ops.team.holidays.includes(dateOf(slot, zone))) return;
            const data = { name: file.name, slot: slot.toISOString() };
            const planned = await jobs.enqueue(tx, makeJob, data, { key });
            if (planned === 'known') return;
            const dueAt = new Date(slot.getTime() + file.expected_within);
            await timers.set(tx, { key: expectedTimer(file.name, slot), dueAt, kind: expectedJob, data });
          },
        };
      }),
    );
}

/** When a report's own plan names it next, whether or not it is made by itself; undefined = it has none. */
export function nextTime(
  { schedule, zone }: Pick<ReportFile, 'schedule' | 'zone'>,
  teamZone: string,
  after: Date,
): Date | undefined {
  const times = schedule.map(({ cron, zone: own }) => nextSlot({ cron, zone: own ?? zone ?? teamZone }, after));
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

/** 2026-11-26, by the clock on the wall of a zone. */
export function dateOf(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);
}

/** Throws OpsError `not_found` with the names there are. */
export function fileNamed(files: ReadonlyMap<string, ReportFile>, name: string): ReportFile {
  const found = files.get(name.toLowerCase());
  if (found) return found;
  throw new OpsError('not_found', `There is no report "${name.slice(0, 60)}"`, {
    hint: `there are ${[...files.keys()].join(', ')}`,
  });
}
