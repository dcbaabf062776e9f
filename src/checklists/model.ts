import type { PlannedTimes } from '../config/schema/schedule.ts';

export const evidences = ['none', 'note', 'link'] as const;
/** What must stand beside a tick. */
export type Evidence = (typeof evidences)[number];

/** Somebody who did something. */
export interface By {
  /** `slack:U123`, `os:anna`, `rounds`. */
  id: string;
  /** As a message names them. */
  mention: string;
}

export const rounds: By = { id: 'rounds', mention: 'Rounds' };

/** What ticks an item by itself. */
export interface Auto {
  by: 'check' | 'group' | 'type';
  /** An id, or the name of a check type. */
  of: string;
  /** A condition over the check's facts that must hold; undefined = its outcome is ok. */
  when?: string;
  /** Whether a check that warns is good enough. */
  warn: 'pass' | 'fail';
}

export interface Item {
  /** Unique within the checklist. */
  id: string;
  title: string;
  how?: string;
  section?: string;
  owner?: string;
  /** How long a person needs for it; undefined = the file doesn't say. */
  expectedMs?: number;
  evidence: Evidence;
  optional: boolean;
  /** Whether it may be left out, with a reason. */
  mayBeLeftOut: boolean;
  auto?: Auto;
}

/** A checklist as its file says. A run keeps a copy, as JSON: what it began with holds to its end. */
export interface Checklist {
  /** The name of its file. */
  id: string;
  title: string;
  summary?: string;
  owner?: string;
  /** An id, or `#name`; undefined = the configuration's. */
  channel?: string;
  schedule: PlannedTimes[];
  due: { withinMs: number } | { by: string };
  missed: 'latest' | 'skip';
  /** How long all of it takes who does it by hand; undefined = the sum of its items. */
  expectedMs?: number;
  attest: boolean;
  chase: { afterMs: number; hours: 'business' | 'always' };
  items: Item[];
}

/** What came of measuring an automatic item. */
export interface Result {
  /** `unknown`: it could not be measured, so a person must look. */
  verdict: 'pass' | 'fail' | 'unknown';
  /** In words, with value and limit; plain text. */
  words: string;
  at: Date;
}

export interface RunItem {
  /** 1, 2, 3 …: what people call it. */
  n: number;
  item: Item;
  state: 'open' | 'done' | 'left_out';
  /** Who ticked it, left it out or, of an open one, opened it again; and when. */
  by: By | undefined;
  at: Date | undefined;
  note: string;
  link: string;
  /** Of an automatic one that was measured. */
  result: Result | undefined;
}

export type RunState =
  | 'open'
  /** All that had to be done is; its owner has not attested it yet. */
  | 'done'
  /** Over: attested; or done, where nobody attests. */
  | 'finished'
  /** Over, not done. */
  | 'closed';

/** One time that a checklist is gone through. */
export interface Run {
  id: number;
  name: string;
  /** When its schedule wanted it; undefined = somebody began it. */
  slot: Date | undefined;
  plan: Checklist;
  state: RunState;
  begunAt: Date;
  begunBy: By;
  dueAt: Date;
  doneAt: Date | undefined;
  ended: { at: Date; by: By; reason: string } | undefined;
  /** Where it is posted: an id, or `#name`; undefined = nowhere. */
  channel: string | undefined;
  /** Why it can't be posted there. */
  channelProblem: string | undefined;
  measuredAt: Date | undefined;
  /** The row of the audit that says how it ended. */
  proof: { seq: number; hash: string } | undefined;
  /** How many reminders of it are done with. */
  chased: number;
  /** Counts the changes of what its message should say, and the version that it shows. */
  version: number;
  shown: number;
  message: { channel: string; ts: string } | undefined;
  items: RunItem[];
}

export function isOver({ state }: Pick<Run, 'state'>): boolean {
  return state === 'finished' || state === 'closed';
}

/** Whether somebody still has to do it. */
export function isLeft({ state, item }: RunItem): boolean {
  return state === 'open' && !item.optional;
}

export interface Progress {
  /** Ticked or left out, of those that must be. */
  done: number;
  total: number;
  /** Ticked by Rounds. */
  automatic: number;
}

export function progressOf(items: readonly RunItem[]): Progress {
  const counted = items.filter(({ item }) => !item.optional);
  const automatic = items.filter(({ state, by }) => state === 'done' && by?.id === rounds.id).length;
  return { done: counted.filter(({ state }) => state !== 'open').length, total: counted.length, automatic };
}

/** `4/9` */
export function progressWords(items: readonly RunItem[]): string {
  const { done, total } = progressOf(items);
  return `${done}/${total}`;
}

/** What the audit may say last of a run. */
export const endings: ReadonlySet<string> = new Set(['checklist.attest', 'checklist.close', 'checklist.done']);

/** What names it in the audit. */
export function targetOf({ name, id }: Pick<Run, 'name' | 'id'>): string {
  return `checklist/${name}/${id}`;
}
