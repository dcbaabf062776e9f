import type { Checklists } from './checklists/checklists.ts';
import type { Ops } from './config/model.ts';
import { nextSlot } from './jobs/slots.ts';
import type { Reports } from './reports/reports.ts';
import { dateOf } from './reports/schedule.ts';

/** Something that comes by itself, with its next times. */
export interface Planned {
  kind: 'report' | 'checklist';
  name: string;
  title: string;
  /** The next five, holidays left out where they are skipped. */
  times: { at: Date; zone: string }[];
  /** Why it does not come by itself, although its file has times. */
  off?: string;
}

const shown = 5;
/** Days that are looked at beyond the five: holidays are a list with an end. */
const most = 400;

/** What has times of its own: reports and checklists. */
export function nextTimes(
  { reports, checklists, ops }: { reports: Pick<Reports, 'plans'>; checklists: Pick<Checklists, 'files'>; ops: Ops },
  now: Date,
): Planned[] {
  const filed = [...checklists.files()].map(([name, { checklist, own }]) => ({
    ...{ kind: 'checklist' as const, name, title: checklist.title },
    schedule: checklist.schedule.map((each) => ({ ...each, zone: each.zone ?? ops.team.zone })),
    scheduled: own || ops.checklists.scheduled.includes(name),
  }));
  const timed = [...reports.plans(), ...filed].filter(({ schedule }) => schedule.length > 0);
  return timed.map(({ kind, name, title, schedule, scheduled }) => ({
    ...{ kind, name, title },
    times: schedule
      .flatMap(({ cron, zone, holidays }) => slotsOf({ cron, zone }, holidays === 'skip' ? ops.team.holidays : [], now))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .slice(0, shown),
    ...(!scheduled && { off: `name it in ${kind}s.scheduled of ops.yml` }),
  }));
}

function slotsOf(when: { cron: string; zone: string }, holidays: readonly string[], now: Date) {
  const found: { at: Date; zone: string }[] = [];
  let at = now;
  for (let looked = 0; found.length < shown && looked < most; looked += 1) {
    at = nextSlot(when, at);
    if (!holidays.includes(dateOf(at, when.zone))) found.push({ at, zone: when.zone });
  }
  return found;
}
