import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import type { HealthTables } from './tables.ts';

const day = 86_400_000;

/** What was measured in that time, and what changed: a check and a day at a time, so that it fits into memory. */
export async function* recordedIn(
  store: Store,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<Record<string, unknown>> {
  const db = store.db<HealthTables>();
  const { rows: checks } = await sql<{ id: string }>`
    select check_id as id from check_result where at >= ${from} and at < ${to}
    union select check_id from check_transition where at >= ${from} and at < ${to}
    union select check_id from check_rollup where bucket >= ${from} and bucket < ${to} order by id`.execute(db);
  for (const { id } of checks) {
    const changes = await sql<Record<string, unknown>>`
      select 'change' as kind, check_id as check, at, from_outcome as "from", to_outcome as "to", reason
      from check_transition where check_id = ${id} and at >= ${from} and at < ${to} order by at, id`.execute(db);
    yield* changes.rows;
    // What was rolled up before anybody held it is left by the hour, or by the day.
    const counts = await sql<Record<string, unknown>>`
      select 'counts' as kind, check_id as check, period, bucket as at, ok, warn, fail, unknown, blocked, muted, stale
      from check_rollup where check_id = ${id} and bucket >= ${from} and bucket < ${to} order by bucket`.execute(db);
    yield* counts.rows;
    for (let at = from.getTime(); at < to.getTime(); at += day) {
      const until = new Date(Math.min(at + day, to.getTime()));
      const results = await sql<Record<string, unknown>>`
        select 'result' as kind, check_id as check, at, outcome, duration_ms, facts
        from check_result where check_id = ${id} and at >= ${new Date(at)} and at < ${until} order by at`.execute(db);
      yield* results.rows;
    }
  }
}
