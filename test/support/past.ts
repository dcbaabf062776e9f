import { rollUp } from '../../src/health/rollup.ts';
import type { SectionContext } from '../../src/reports/section.ts';
import type { Store } from '../../src/store/store.ts';

export interface PastResult {
  id: string;
  at: Date;
  outcome: string;
  facts?: Record<string, unknown>;
}

/** A result every `everyMs` of that time; `each` says what it found, undefined = it did not run. */
export function results(
  id: string,
  { from, to, everyMs }: { from: Date; to: Date; everyMs: number },
  each: (at: Date) => [outcome: string, facts?: Record<string, unknown>] | undefined,
): PastResult[] {
  const found: PastResult[] = [];
  for (let atMs = from.getTime(); atMs < to.getTime(); atMs += everyMs) {
    const said = each(new Date(atMs));
    if (said) found.push({ id, at: new Date(atMs), outcome: said[0], ...(said[1] && { facts: said[1] }) });
  }
  return found;
}

/** Writes results with their changes of outcome, as sweeps would have, and leaves them as the upkeep does at `now`. */
export async function writePast(store: Store, past: readonly PastResult[], now: Date): Promise<void> {
  await store.pool.query('truncate check_state, check_result, check_rollup, check_rollup_fact, check_transition');
  await store.pool.query(
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as r (id text, at timestamptz, outcome text, facts jsonb)),
     written as (
       insert into check_result (check_id, at, outcome, duration_ms, facts) select id, at, outcome, 1, facts from given)
     insert into check_transition (check_id, at, from_outcome, to_outcome, reason)
     select id, at, before, outcome, 'it changed'
     from (select *, lag(outcome) over (partition by id order by at) as before from given) as changes
     where before is distinct from outcome order by at`,
    [JSON.stringify(past)],
  );
  while ((await rollUp(store, now)).more);
}

/** What a section of a report is given, over these sources. */
export function sectionContext(
  sources: Partial<SectionContext['sources']>,
  over: Partial<SectionContext> & Pick<SectionContext, 'now'>,
): SectionContext {
  return {
    sources: sources as SectionContext['sources'],
    health: () => Promise.reject(new Error('not asked for')),
    from: new Date(over.now.getTime() - 7 * 86_400_000),
    until: new Date(over.now.getTime() + 86_400_000),
    zone: 'UTC',
    previous: undefined,
    previousChecks: undefined,
    items: new Map(),
    signal: new AbortController().signal,
    ...over,
  };
}
