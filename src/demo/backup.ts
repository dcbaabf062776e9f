import type { Clock } from '../kernel/clock.ts';
import type { Database } from './database.ts';
import type { Heartbeat } from './heartbeat.ts';
import { nightsBetween } from './nights.ts';

/** Where the clinic is. */
const zone = 'America/New_York';
const takesMs = 4 * 60_000;
const weekMs = 7 * 24 * 3_600_000;

export interface BackupOptions {
  clock: Clock;
  database: Database;
  heartbeat?: Heartbeat | undefined;
}

/** The clinic's backup: each night at 02:00 it runs, records that in `backup_runs` and tells the heartbeat. */
export class Backup {
  private readonly options: BackupOptions;
  private seen: Date;
  /** A run that was missed and is to be made up for. */
  private owed = false;

  constructor(options: BackupOptions) {
    this.options = options;
    this.seen = new Date(options.clock.now().getTime() - weekMs);
  }

  /** Runs what became due since it was asked last; at first the nights of the past week. */
  async runDue(): Promise<void> {
    const now = this.options.clock.now();
    const due = this.owed ? [now] : nightsBetween(this.seen, now, zone);
    for (const startedAt of due) await this.record(startedAt, now);
    this.seen = now;
    this.owed = false;
    const last = due.at(-1);
    if (last === undefined) return;
    const finished_at = finishOf(last, now).toISOString();
    this.options.heartbeat?.beat({ job: 'nightly-backup', status: 'succeeded', finished_at });
  }

  /** No run of the last 26 hours took place: shortly after 02:00 that is two nights. */
  async miss(): Promise<void> {
    await this.options.database.query(
      `delete from backup_runs where finished_at > $1::timestamptz - interval '26 hours'`,
      [this.options.clock.now()],
    );
    this.owed = true;
  }

  private async record(startedAt: Date, now: Date): Promise<void> {
    await this.options.database.query(
      `insert into backup_runs (started_at, finished_at, status, bytes) values ($1, $2, 'succeeded', $3)`,
      [startedAt, finishOf(startedAt, now), 48_300_000_000],
    );
  }
}

function finishOf(startedAt: Date, now: Date): Date {
  return new Date(Math.min(startedAt.getTime() + takesMs, now.getTime()));
}
