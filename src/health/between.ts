import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import type { Outcome } from './model.ts';
import type { HealthTables } from './tables.ts';

/** A check that was not ok for a while. */
export interface Stretch {
  id: string;
  outcome: Outcome;
  from: Date;
  to: Date;
  reason: string;
}

/** Fail, warn and unknown between two moments, cut to them, in order; from the changes that are kept for two years. */
export async function stretchesBetween(store: Store, { from, to }: { from: Date; to: Date }): Promise<Stretch[]> {
  const answer = await sql<{ check_id: string; to_outcome: Outcome; at: Date; until: Date; reason: string }>`
    with spans as (
      select check_id, to_outcome, at, reason,
             coalesce(lead(at) over (partition by check_id order by at, id), ${to}::timestamptz) as until
      from check_transition where at < ${to})
    select check_id, to_outcome, greatest(at, ${from}::timestamptz) as at, until, reason from spans
    where to_outcome in ('fail', 'warn', 'unknown') and until > ${from}::timestamptz
    order by 3, check_id limit 500`.execute(store.db<HealthTables>());
  return answer.rows.map(({ check_id, to_outcome, at, until, reason }) => ({
    ...{ id: check_id, outcome: to_outcome, reason, from: new Date(at), to: new Date(until) },
  }));
}
