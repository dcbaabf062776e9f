import { type Day, dayAt, daysBetween, daysLater, momentOf } from './days.ts';
import { type Assessment, concluded, type Notice } from './model.ts';

/** Days ahead on which a notice is reminded of; from the day after it is due on, daily. */
const ahead = [30, 14, 7, 3, 1, 0];
/** In the morning, in the team's zone. */
const hour = 9;
const dayMs = 86_400_000;
/** Some time after PHI was said to be possible the incident has its channel: there the questions are offered. */
const offerAfterMs = 30_000;

/** When to remind of a notice next: always behind `after`. */
export function nextOfNotice(dueOn: Day, after: Date, zone: string): Date {
  for (const days of ahead) {
    const at = momentOf(daysLater(dueOn, -days), hour, zone);
    if (at > after) return at;
  }
  const today = dayAt(after, zone);
  const from = today > dueOn ? today : dueOn;
  // This morning, or tomorrow's.
  return [0, 1, 2].map((days) => momentOf(daysLater(from, days), hour, zone)).find((at) => at > after)!;
}

/** When to remind of the assessment next: a day ahead, when it is due, and daily from then on. */
export function nextOfAssessment(dueAt: Date, after: Date): Date {
  const day = new Date(dueAt.getTime() - dayMs);
  if (day > after) return day;
  const past = Math.floor((after.getTime() - dueAt.getTime()) / dayMs) + 1;
  return new Date(dueAt.getTime() + Math.max(0, past) * dayMs);
}

export function offerAt(at: Date): Date {
  return new Date(at.getTime() + offerAfterMs);
}

/** How many more reminders were planned since `planned`, up to now: while nobody ran. */
export function missedSince(planned: Date, now: Date, next: (after: Date) => Date): number {
  let missed = 0;
  for (let at = next(planned); at <= now && missed < 1_000; at = next(at)) missed += 1;
  return missed;
}

/** What a reminder that is due comes to, as things stand now. `left`: days; negative = overdue. */
export type Reminding<Idle extends string> = { kind: Idle } | { kind: 'remind'; left: number };

export function remindOfNotice(notice: Notice | undefined, now: Date, zone: string): Reminding<'not_planned' | 'sent'> {
  if (!notice) return { kind: 'not_planned' };
  if (notice.sent) return { kind: 'sent' };
  return { kind: 'remind', left: daysBetween(dayAt(now, zone), notice.dueOn) };
}

export function remindOfAssessment(
  assessment: Assessment | undefined,
  now: Date,
): Reminding<'none' | 'dropped' | 'concluded'> {
  if (!assessment) return { kind: 'none' };
  if (assessment.dropped) return { kind: 'dropped' };
  if (concluded(assessment) !== 'not_yet') return { kind: 'concluded' };
  return { kind: 'remind', left: (assessment.dueAt.getTime() - now.getTime()) / dayMs };
}
