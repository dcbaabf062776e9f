import type { Severity } from '../../severities/model.ts';
import type { By, Incident } from '../model.ts';

const minute = 60_000;
/** People are reminded so long before it is due. */
const leadMs = 3 * minute;
/** Between two reminders of what is overdue: twice as long each time. */
const firstGapMs = 5 * minute;
const lastGapMs = 60 * minute;
/** From then on a reminder says that it is late. */
const lateAfterMs = minute;

/** How often updates are due; undefined = nobody is reminded. */
export function rhythmOf(severity: Severity | undefined, { mitigated }: Pick<Incident, 'mitigated'>) {
  return mitigated ? severity?.updates?.inRecoveryMs : severity?.updates?.everyMs;
}

/** The first reminder after `now`: 3 min before it is due, at that moment, then after 5, 10, 20, 40 min and each hour. */
export function nextReminder(due: Date, now: Date): Date {
  const ahead = [-leadMs, 0].map((ms) => due.getTime() + ms).find((at) => at > now.getTime());
  if (ahead !== undefined) return new Date(ahead);
  let gapMs = firstGapMs;
  let at = due.getTime() + gapMs;
  while (at <= now.getTime()) {
    gapMs = Math.min(gapMs * 2, lastGapMs);
    at += gapMs;
  }
  return new Date(at);
}

/** A rhythm that became another: from `before` to `everyMs`; the last update was written, or the incident begun, at `from`. */
export interface Rhythms {
  due: Date | undefined;
  from: Date;
  before: number | undefined;
  everyMs: number | undefined;
  at: Date;
}

/**
 * When the next update is due by another rhythm. A faster one never puts off what was promised, a slower one never calls for
 * it earlier; what is overdue stays so, and what somebody stopped stays stopped until it must be faster.
 */
export function dueAnew({ due, from, before, everyMs, at }: Rhythms): Date | undefined {
  if (everyMs === undefined) return undefined;
  const faster = before === undefined || everyMs < before;
  const fromNow = at.getTime() + everyMs;
  if (!due) return faster ? new Date(fromNow) : undefined;
  if (due <= at) return due;
  const planned = from.getTime() + everyMs;
  if (!faster) return new Date(Math.max(due.getTime(), planned));
  return new Date(Math.min(due.getTime(), planned > at.getTime() ? planned : fromNow));
}

/** When it is due once a pause is over: what came due meanwhile is due a rhythm later. */
export function dueAfterPause({
  due,
  pausedAt,
  everyMs,
  at,
}: {
  due: Date;
  pausedAt: Date;
  everyMs: number | undefined;
  at: Date;
}): Date {
  const missed = due > pausedAt && due <= at;
  return missed && everyMs !== undefined ? new Date(at.getTime() + everyMs) : due;
}

/** What a reminder whose time seems to have come finds. */
export type Reminding =
  | { kind: 'over' }
  /** Nothing is due: it was stopped, or never planned. */
  | { kind: 'none' }
  /** It was put off, written, or reminded of already: another time is set. */
  | { kind: 'early' }
  | { kind: 'paused'; until: Date | undefined }
  /** The pause ended by itself, and this fell into it. */
  | { kind: 'pause_over'; pausedAt: Date }
  /** `late`: it should have come over a minute ago. */
  | { kind: 'remind'; due: Date; remindAt: Date; late: boolean };

/** How much real time lies between two moments, ms: less than they are apart where somebody moves the clock on. */
export type Ran = (from: Date, to: Date) => number;
export const apart: Ran = (from, to) => to.getTime() - from.getTime();

/** Whether somebody is to be reminded now. Pure. */
export function reminding(
  { resolved, paused, nextUpdateAt }: Pick<Incident, 'resolved' | 'paused' | 'nextUpdateAt'>,
  remindAt: Date | undefined,
  now: Date,
  ran: Ran = apart,
): Reminding {
  if (resolved) return { kind: 'over' };
  if (!nextUpdateAt || !remindAt) return { kind: 'none' };
  if (paused && (!paused.until || paused.until > now)) return { kind: 'paused', until: paused.until };
  if (paused?.until && remindAt > paused.at && remindAt < paused.until)
    return { kind: 'pause_over', pausedAt: paused.at };
  if (remindAt > now) return { kind: 'early' };
  const late = ran(remindAt, now) > lateAfterMs;
  return { kind: 'remind', due: nextUpdateAt, remindAt, late };
}

/** Who is to write it, the first that Slack can notify: communications, commander, who acknowledged, who declared. Pure. */
export function whoWrites({ roles, acknowledged, declaredBy }: Incident): By {
  const who = [
    roles.communications,
    roles.commander,
    acknowledged && { id: acknowledged.id ?? '', mention: acknowledged.by },
    declaredBy,
  ].filter((each) => each !== undefined);
  return who.find(({ mention }) => isMention(mention)) ?? who[0] ?? declaredBy;
}

/** Whether it notifies somebody in Slack. */
export function isMention(text: string): boolean {
  return /^<@[UW][A-Z0-9]+>$/.test(text);
}
