import { OpsError } from '../../kernel/errors.ts';
import type { By, Incident } from '../model.ts';

/** Something that somebody has to do in an incident. */
export interface Task {
  incident: number;
  /** Within the incident: `T1`. */
  n: number;
  what: string;
  /** Undefined: nobody has it. */
  assignee: By | undefined;
  due: Due | undefined;
  state: 'open' | 'done' | 'dropped';
  createdBy: By;
  ended: { at: Date; by: string } | undefined;
  version: number;
  shown: number;
  message: { channel: string; ts: string } | undefined;
}

export interface Due {
  at: Date;
  /** Since when it is due then. */
  setAt: Date;
  /** How many of its reminders are done with. */
  chased: number;
}

/** `T1` */
export function taskName({ n }: { n: number }): string {
  return `T${n}`;
}

/** `T3`, `t3`, `#T3`; undefined = none of these. Pure. */
export function taskNumber(word: string): number | undefined {
  const digits = /^#?t(\d{1,6})$/i.exec(word)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What a button carries: `42:3`. What a dialog keeps: `42:3:slack:U1`; `was` is whose the task was when it was shown, '' =
 * nobody's. Throws OpsError for one of another version.
 */
export function taskValue(value: string): { id: number; n: number; was?: string } {
  const [, id, n, was] = /^(\d{1,15}):(\d{1,6})(?::((?:[a-z]+:.+)?))?$/.exec(value) ?? [];
  if (id === undefined || n === undefined)
    throw new OpsError('invalid', 'That button is of another version', { hint: '`/ops task` has them anew' });
  return { id: Number(id), n: Number(n), ...(was !== undefined && { was }) };
}

/** What a dialog keeps of the task that it shows. Pure. */
export function shownValue({ incident, n, assignee }: Pick<Task, 'incident' | 'n' | 'assignee'>): string {
  return `${incident}:${n}:${assignee?.id ?? ''}`;
}

const minute = 60_000;

/** A moment at which somebody is reminded: the assignee before, at and after its time, the commander once. */
export interface Chase {
  at: Date;
  what: 'soon' | 'due' | 'overdue' | 'commander';
}

/**
 * All reminders of a task, earliest first. Before it is due: a quarter of its time ahead, 2 to 15 min. Overdue: after 15 min,
 * then after twice as long each time, five times. The commander hears of it once twice its time has passed. Pure.
 */
export function chasesOf({ at, setAt }: Pick<Due, 'at' | 'setAt'>): Chase[] {
  const givenMs = Math.max(0, at.getTime() - setAt.getTime());
  const chase = (afterMs: number, what: Chase['what']): Chase => ({ at: new Date(at.getTime() + afterMs), what });
  const chases = [chase(0, 'due')];
  if (givenMs >= 5 * minute) chases.unshift(chase(-Math.min(15 * minute, Math.max(2 * minute, givenMs / 4)), 'soon'));
  for (let gapMs = 15 * minute, after = gapMs, n = 0; n < 5; n += 1, gapMs *= 2, after += gapMs)
    chases.push(chase(after, 'overdue'));
  chases.push(chase(Math.max(15 * minute, givenMs), 'commander'));
  return chases.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

export type Chasing =
  | {
      kind: 'chase';
      /** What the assignee is told now: the latest of those missed, once. */
      remind: Chase | undefined;
      /** The commander hears of it now. */
      commander: Chase | undefined;
      chased: number;
      next: Date | undefined;
    }
  /** Nothing is due yet: it was moved meanwhile, or this was done before. */
  | { kind: 'early'; next: Date | undefined }
  | { kind: 'ended' }
  | { kind: 'over' }
  | { kind: 'paused'; until: Date | undefined };

/** Who is reminded of a task now, and when it is to be looked at again. Pure. */
export function chasing(task: Task, incident: Incident, now: Date): Chasing {
  if (incident.resolved) return { kind: 'over' };
  if (task.state !== 'open' || !task.due) return { kind: 'ended' };
  const { paused } = incident;
  if (paused && (paused.until === undefined || paused.until > now)) return { kind: 'paused', until: paused.until };
  const chases = chasesOf(task.due);
  const chased = chases.filter(({ at }) => at <= now).length;
  const next = chases[chased]?.at;
  const missed = chases.slice(task.due.chased, chased);
  if (missed.length === 0) return { kind: 'early', next };
  const remind = missed.findLast(({ what }) => what !== 'commander');
  return { kind: 'chase', remind, commander: missed.find(({ what }) => what === 'commander'), chased, next };
}
