import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Tx } from '../store/store.ts';

/**
 * A kind of delayed or external effect. It runs at least once: `run` must be idempotent, or look up first whether its
 * effect is there (always when `attempt > 1`).
 */
export interface JobKind<Data> {
  /** `alerts.deliver`: stable, it is stored and a metric label. */
  name: string;
  /** What is stored; checked again when the job runs, maybe by a newer version. */
  schema: z.ZodType<Data>;
  /** Which workers carry it out: sweeps must not hold back messages, nor slow checks (`slow`) the quick ones, nor Slack a page. */
  lane: 'pages' | 'watches' | 'polls' | 'reaches' | 'messages' | 'reports' | 'sweeps' | 'slow' | 'housekeeping';
  /** Exponential backoff with jitter from `firstMs` to `maxMs`; after `limit` retries the job is dead (visible, replayable). */
  retry: { limit: number; firstMs: number; maxMs: number };
  /** How long a finished job stays, and its key known; default 7 days. Short for what is known otherwise, as slots of schedules. */
  keptForMs?: number;
  /** Jobs of this kind with the same answer never run at the same time, on any replica, and run in the order they were enqueued. */
  serial?(data: Data): string;
}

export interface JobContext {
  id: string;
  /** 1 = the first try. */
  attempt: number;
  /** No retry follows this attempt. */
  lastAttempt: boolean;
  /** Aborted when the bot stops, or when this process has lost the job to another. */
  signal: AbortSignal;
  /** Whether this attempt still holds the job: ask right before an effect that can't be looked up (a process may have been frozen). */
  stillMine(): Promise<boolean>;
  log: Log;
  clock: Clock;
}

/**
 * Carries a job out. A thrown PortError says by `retryable` whether to try again (`reason` is kept and is a metric label);
 * OpsError is not retried; anything else is a fault of ours and is retried.
 */
export type JobHandler<Data> = (data: Data, ctx: JobContext) => Promise<void>;

/** The part of the queue that verbs use: inside their own transaction. */
export interface Enqueuing {
  /** `key`: a second job of this kind with the same key is not enqueued, also when the first is done (while it is kept). */
  enqueue<Data>(tx: Tx, kind: JobKind<Data>, data: Data, options?: { key?: string }): Promise<'enqueued' | 'known'>;
  /**
   * Removes what waits under this key, so that the key is free again. What runs already is not stopped, but not tried again
   * either; until it is over its key is known.
   */
  cancel<Data>(tx: Tx, kind: JobKind<Data>, key: string): Promise<void>;
}

/** A job that ran out of tries, or that no retry can help. */
export interface DeadJob {
  id: string;
  kind: string;
  data: unknown;
  /** Short and stable: `rate_limited`, `fault`. */
  reason: string;
  message: string;
  attempts: number;
  diedAt: Date;
}

/** How the queue is, for /readyz, /metrics and the doctor. Times by the database's clock. */
export interface QueueState {
  /** By kind and state (`waiting`, `running`, `dead`). */
  counts: { kind: string; state: 'waiting' | 'running' | 'dead'; count: number }[];
  /**
   * How long a job that could be begun has waited for it, ms; 0 = none. Of the kinds that this process carries out (all, when
   * it carries out none); a job behind another of its series waits from when that one is over.
   */
  oldestWaitingMs: number;
}

export interface Jobs extends Enqueuing {
  /** Registers what carries out a kind; before `start`. */
  handle<Data>(kind: JobKind<Data>, run: JobHandler<Data>): void;
  /** Begins to work. Without it (a terminal) jobs can be enqueued only. */
  start(): Promise<void>;
  /** Looks for due jobs now, in this process: after a commit whose work must not wait for the next look. */
  hurry(): void;
  /** Takes no more jobs, aborts the signals after `graceMs`, hands back what did not finish. */
  stop(graceMs: number): Promise<void>;
  state(): Promise<QueueState>;
  /** Newest first; of one kind, or of all. */
  dead(limit: number, kind?: string): Promise<DeadJob[]>;
  /** Puts a dead job back as a new one, in the caller's transaction; resolves to what it was. Throws OpsError `not_found`, or `conflict` when its job is there again. */
  replay(tx: Tx, id: string): Promise<DeadJob>;
}

/** What happened to jobs, for metrics. `reason` is a PortError's, or `fault`. */
export interface JobWatch {
  finished(job: { kind: string; outcome: 'done' | 'retried' | 'dead'; reason?: string; durationMs: number }): void;
}

/** Declares a kind of job. */
export function defineJob<Data>(kind: JobKind<Data>): JobKind<Data> {
  return kind;
}
