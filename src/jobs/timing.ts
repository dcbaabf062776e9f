import type { Tx } from '../store/store.ts';
import type { JobKind } from './model.ts';

/** A deadline of the business: a row compared with the clock, so that it can be fast-forwarded and outlives a restart. */
export interface Timers {
  /** Sets or moves the timer `key`; when it is due a job is enqueued, never early. */
  set<Data>(tx: Tx, timer: { key: string; dueAt: Date; kind: JobKind<Data>; data: Data }): Promise<void>;
  /** Nothing happens when there is none. */
  cancel(tx: Tx, key: string): Promise<void>;
  /** Cancels all whose key begins with `prefix` (`incident/42/`). */
  cancelAll(tx: Tx, prefix: string): Promise<void>;
  /** Enqueues what is due; resolves to how many. The ticker calls it every second. */
  tick(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

/** Something that happens again and again. Each slot is one job, keyed `name:slot`, whatever the number of replicas. */
export interface Schedule {
  name: string;
  /** Five cron fields in an IANA zone, or a rhythm counted from the epoch. */
  when: { cron: string; zone: string } | { everyMs: number };
  /** What to do on start about slots missed while nobody ran: run the latest of them, or none. */
  missed: 'latest' | 'skip';
  /**
   * Enqueues the job of a slot in the caller's transaction, under `key`. `slot` is when it was planned for, `previous` the
   * last one that was enqueued (undefined = never).
   */
  enqueue(tx: Tx, slot: Date, key: string, previous: Date | undefined): Promise<unknown>;
}

export interface Schedules {
  /** Catches up on missed slots by each schedule's policy, then ticks. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Why slots are not enqueued in this process, in words; undefined = they are, or nothing was amiss for over 2 min. */
  problem(): string | undefined;
  /**
   * From now on these are the schedules whose names begin with `prefix`: files say so that can change. One that is planned as
   * before goes on. Throws OpsError `invalid` as making them does; then all stay as they were.
   */
  replace(prefix: string, schedules: readonly Schedule[]): void;
  /** For the doctor: the last and the next slot of each. */
  list(): Promise<{ name: string; last: Date | undefined; next: Date }[]>;
}
