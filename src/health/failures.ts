import type { Store } from '../store/store.ts';
import type { Outcome } from './model.ts';
import type { HealthTables } from './tables.ts';

/** A check began to fail, or ceased to. */
export interface Failure {
  at: Date;
  check: string;
  /** Undefined: it was never measured before. */
  from: Outcome | undefined;
  to: Outcome;
}

const most = 1_000;

/** Both ends of every failure in that time, oldest first; of many the newest. */
export async function failuresIn(store: Store, from: Date, to: Date): Promise<Failure[]> {
  const rows = await store
    .db<HealthTables>()
    .selectFrom('check_transition')
    .select(['at', 'check_id', 'from_outcome', 'to_outcome'])
    .where('at', '>=', from)
    .where('at', '<=', to)
    .where((where) => where.or([where('to_outcome', '=', 'fail'), where('from_outcome', '=', 'fail')]))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.reverse().map((row) => ({
    ...{ at: new Date(row.at), check: row.check_id, to: row.to_outcome as Outcome },
    from: (row.from_outcome ?? undefined) as Outcome | undefined,
  }));
}
