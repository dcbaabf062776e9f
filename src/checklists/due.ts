import { momentsOfDay, wallAt } from '../kernel/wall-clock.ts';
import { isBusinessHours, type TeamHours } from '../severities/business-hours.ts';
import type { Checklist, Run } from './model.ts';
import { isOver } from './model.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const stepMs = 15 * minute;

/** When a run that begins then is due; a time of the day is the next one on the clock of the zone. Pure. */
export function dueOf({ due }: Pick<Checklist, 'due'>, begunAt: Date, zone: string): Date {
  if ('withinMs' in due) return new Date(begunAt.getTime() + due.withinMs);
  const [hour = 0, minutes = 0] = due.by.split(':').map(Number);
  const wall = wallAt(zone, begunAt.getTime());
  const today = Math.floor(wall / day) * day;
  const at = [today, today + day].map((midnight) =>
    momentsOfDay(zone, midnight)(midnight + (hour * 60 + minutes) * minute),
  );
  return new Date(at.find((each) => each > begunAt.getTime()) ?? at[1]!);
}

/** The zone of its times: that of its first schedule, else the team's. */
export function zoneOf({ schedule: [first] }: Pick<Checklist, 'schedule'>, team: Pick<TeamHours, 'zone'>): string {
  return first?.zone ?? team.zone;
}

/** When people are reminded the n-th time (0 = when it is due): after `afterMs`, then twice as long each time, up to a day. */
export function chaseAt({ dueAt, plan }: Pick<Run, 'dueAt' | 'plan'>, n: number): Date {
  let at = dueAt.getTime();
  for (let k = 0, gapMs = plan.chase.afterMs; k < n; k += 1, gapMs *= 2) at += Math.min(day, gapMs);
  return new Date(at);
}

export type Chasing =
  /** `chased`: how many of its reminders are done with then; those missed are one. */
  | { kind: 'chase'; chased: number; next: Date }
  | { kind: 'early'; next: Date }
  | { kind: 'off_hours'; next: Date }
  | { kind: 'over' };

/** Whether people are reminded of a run now, and when it is to be looked at again. Pure. */
export function chasing(run: Run, now: Date, team: TeamHours): Chasing {
  if (isOver(run)) return { kind: 'over' };
  const due = chaseAt(run, run.chased);
  if (due > now) return { kind: 'early', next: due };
  if (run.plan.chase.hours === 'business' && !isBusinessHours(now, team))
    return { kind: 'off_hours', next: nextBusinessMoment(now, team) };
  let chased = run.chased + 1;
  while (chaseAt(run, chased) <= now) chased += 1;
  return { kind: 'chase', chased, next: chaseAt(run, chased) };
}

/** The next quarter of an hour in business hours; within 30 days, else the last looked at. */
function nextBusinessMoment(after: Date, team: TeamHours): Date {
  let at = Math.ceil((after.getTime() + 1) / stepMs) * stepMs;
  for (const end = at + 30 * day; at < end && !isBusinessHours(new Date(at), team); ) at += stepMs;
  return new Date(at);
}
