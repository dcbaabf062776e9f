import type { Database } from './database.ts';

/** Of the addresses reserved for documentation. */
const intruderIp = '203.0.113.45';
const lastMinutes = 40;

/** Who tries passwords: every 20 s for as long as it goes on; a clock that jumps finds the last 40 minutes full. */
export class Intruder {
  private readonly database: Database;
  private triedUntil = 0;

  constructor(database: Database) {
    this.database = database;
  }

  /** Tries up to this moment. */
  async goOn(now: Date): Promise<void> {
    const from = Math.max(this.triedUntil, now.getTime() - lastMinutes * 60_000);
    this.triedUntil = now.getTime();
    await this.database.query(
      `insert into audit_logs (timestamp, user_id, action, resource, ip)
       select at, null, 'LOGIN_FAILED', 'session', $1
       from generate_series($2::timestamptz + interval '20 seconds', $3::timestamptz, interval '20 seconds') at`,
      [intruderIp, new Date(from), now],
    );
  }

  /** Gone, with what the audit log says of it. */
  async leave(): Promise<void> {
    this.triedUntil = 0;
    await this.database.query('delete from audit_logs where ip = $1', [intruderIp]);
  }
}
