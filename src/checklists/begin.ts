import type { JobHandler } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import { OpsError } from '../kernel/errors.ts';
import { newRequest } from '../kernel/request.ts';
import { wallAt } from '../kernel/wall-clock.ts';
import { beginJob } from './jobs.ts';
import { rounds } from './model.ts';
import type { ChecklistPorts } from './ports.ts';
import { beginRun } from './verbs.ts';

/** The names of all schedules of this room begin so. */
export const schedulePrefix = 'checklists.at.';

/** A schedule for each time in the files: the operator's own always, the shipped ones when the configuration names them. */
export function schedulesOf({
  files,
  scheduled,
  team,
  jobs,
}: Pick<ChecklistPorts, 'files' | 'scheduled' | 'team' | 'jobs'>): Schedule[] {
  return [...files.all()].flatMap(([name, { checklist, own }]) => {
    if (!own && !scheduled.includes(name)) return [];
    return checklist.schedule.map(
      ({ cron, zone, holidays }, at): Schedule => ({
        name: `${schedulePrefix}${name}.${at + 1}`,
        when: { cron, zone: zone ?? team.zone },
        missed: checklist.missed,
        enqueue(tx, slot, key) {
          const data = { name, slot: slot.toISOString(), holidays, zone: zone ?? team.zone };
          return jobs.enqueue(tx, beginJob, data, { key });
        },
      }),
    );
  });
}

/** Begins the run of a slot, unless its day is a holiday that it leaves out, or its file is gone. */
export function beginHandler(
  ports: ChecklistPorts,
): JobHandler<{ name: string; slot: string; holidays: 'run' | 'skip'; zone: string }> {
  const { team, log } = ports;
  return async ({ name, slot: text, holidays, zone }) => {
    const slot = new Date(text);
    const day = new Date(wallAt(zone, slot.getTime())).toISOString().slice(0, 10);
    if (holidays === 'skip' && team.holidays.includes(day)) return;
    try {
      await beginRun({ by: rounds, request: newRequest() }, { name, slot }, ports);
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'not_found') throw error;
      log.warn({ err: error, checklist: name, slot }, 'a checklist was to begin, and its file is gone');
    }
  };
}
