import type { By, Incident } from '../model.ts';
import type { Paper } from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What is kept later than this was late. */
const lateMs = 60_000;

/** Who is asked for what is to be written: who led it, else who took it on, else who ended it. Pure. */
export function personToAsk({ roles, acknowledged, resolved }: Incident): By | undefined {
  const acknowledger = acknowledged?.id && { id: acknowledged.id, mention: acknowledged.by };
  const resolver = resolved?.id && { id: resolved.id, mention: resolved.by };
  return [roles.commander, acknowledger, resolver].flatMap((by) => by || []).find((by) => slackUserOf(by));
}

/** Slack's id of somebody who can be written to. */
export function slackUserOf({ id }: { id: string }): string | undefined {
  return /^slack:([UW][A-Z0-9]+)$/.exec(id)?.[1];
}

/**
 * The next time to remind of what is to be written: halfway, two hours before, when it is due, on each of three days after
 * that, then every week. Pure.
 */
export function nextReminder({ from, dueAt }: { from: Date; dueAt: Date }, after: Date): Date {
  const due = dueAt.getTime();
  const half = from.getTime() + (due - from.getTime()) / 2;
  const moments = [half, due - 2 * hourMs, due, due + dayMs, due + 2 * dayMs, due + 3 * dayMs];
  const next = moments.filter((at) => at >= half).find((at) => at > after.getTime());
  return new Date(next ?? weekly(due + 3 * dayMs, after.getTime()));
}

/** The next time to remind of what is to be done: the day before (of a short one: halfway), when it is due, then every week. Pure. */
export function nextChase({ from, dueAt }: { from: Date; dueAt: Date }, after: Date): Date {
  const due = dueAt.getTime();
  const half = from.getTime() + (due - from.getTime()) / 2;
  const next = [Math.max(half, due - dayMs), due].find((at) => at > after.getTime());
  return new Date(next ?? weekly(due, after.getTime()));
}

function weekly(from: number, after: number): number {
  const week = 7 * dayMs;
  return from + (Math.floor((after - from) / week) + 1) * week;
}

/** What a reminder finds when it comes round. Pure. */
export type Reminding = 'remind' | 'open_again' | 'closed' | 'planned_anew' | 'reminded';

export function reminding(
  { dueAt, plannedAt }: { dueAt: Date; plannedAt: Date },
  { incident, paper }: { incident: Incident | undefined; paper: Paper | undefined },
): Reminding {
  if (!incident?.resolved) return 'open_again';
  if (paper?.state !== 'due') return 'closed';
  return planned(paper, { dueAt, plannedAt });
}

/** A timer of before may come late, and a job twice. */
export function planned(
  now: { dueAt?: Date; remindedAt?: Date },
  { dueAt, plannedAt }: { dueAt: Date; plannedAt: Date },
): 'remind' | 'planned_anew' | 'reminded' {
  if (now.dueAt?.getTime() !== dueAt.getTime()) return 'planned_anew';
  return now.remindedAt && now.remindedAt >= plannedAt ? 'reminded' : 'remind';
}

export function isLate(plannedAt: Date, at: Date): boolean {
  return at.getTime() - plannedAt.getTime() > lateMs;
}

/** Whether its own channel takes messages still; `archiveAfterMs` undefined = for good. Pure. */
export function isChannelOpen({ resolved }: Incident, archiveAfterMs: number | undefined, at: Date): boolean {
  return !resolved || archiveAfterMs === undefined || at.getTime() < resolved.at.getTime() + archiveAfterMs;
}
