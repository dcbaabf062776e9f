import { effortLeft } from './minutes.ts';
import { isLeft, progressOf, type Run, type RunState } from './model.ts';

/** A run in a few facts, for reports. */
export interface Summary {
  /** The name of its file, and what people read. */
  name: string;
  title: string;
  run: number;
  state: RunState;
  begunAt: Date;
  dueAt: Date;
  endedAt: Date | undefined;
  /** Items that must be done, and those of them that are done or left out. */
  done: number;
  total: number;
  /** Ticked by Rounds. */
  automatic: number;
  /** Titles of what is open still. */
  open: string[];
  /** What is left for people of the whole, ms; undefined where the file says nothing of it. */
  effort: { leftMs: number; wholeMs: number } | undefined;
  /** As its file names them. */
  owner: string | undefined;
  /** Why it was closed; who ended it, as a message names them. */
  reason: string;
  by: string | undefined;
  /** Where its message stands: what a link to it is made of. */
  message: { channel: string; ts: string } | undefined;
}

export function summaryOf(run: Run): Summary {
  const { name, plan, id, state, begunAt, dueAt, ended, message, items } = run;
  return {
    ...{ name, title: plan.title, run: id, state, begunAt, dueAt, endedAt: ended?.at, message },
    ...progressOf(items),
    open: items.filter(isLeft).map(({ item }) => item.title),
    effort: effortLeft(plan, items, isLeft),
    owner: plan.owner,
    reason: ended?.reason ?? '',
    by: ended?.by.mention,
  };
}
