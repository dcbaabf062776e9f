import type { By } from '../model.ts';

/** Somebody who must be told by a moment; or, with the key `response`, that somebody is at work on it by then. */
export interface Clock {
  key: string;
  who: string;
  how: string;
  /** Who decides whether, and what, they are told. */
  decides: string;
  /** Since when it runs. */
  fromAt: Date;
  dueAt: Date;
  /** `dropped`: nobody has to be told any more. */
  state: 'due' | 'done' | 'dropped';
  done?: { at: Date; by: By; note: string };
  /** When people were reminded, and told that it was overdue. */
  remindedAt?: Date;
  overdueAt?: Date;
}

/** The clock of the severity's response time. */
export const responseKey = 'response';

/** One that shows how much time is left, and is ended by a person who says that they were told. */
export function isStakeholder({ key }: Pick<Clock, 'key'>): boolean {
  return key !== responseKey;
}
