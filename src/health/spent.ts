import { sql } from 'kysely';
import type { Check } from '../config/model.ts';
import type { Store } from '../store/store.ts';
import { speaksFor } from './numbers.ts';
import type { HealthTables } from './tables.ts';

/** How long something was up (ok or warn), down (fail) and unknown, ms. Muted and blocked time is in none of them. */
export interface Spent {
  upMs: number;
  failMs: number;
  unknownMs: number;
}

/**
 * What checks were from one moment up to another, by id, in one query; one that was never measured then is left out. Rolled
 * up, the time of an hour with both fail and unknown is divided by how often each was found.
 */
export async function spentOf(
  store: Store,
  checks: readonly Pick<Check, 'id' | 'everyMs'>[],
  { from, to }: { from: Date; to: Date },
): Promise<Map<string, Spent>> {
  const ids = checks.map(({ id }) => id);
  const every = checks.map(({ everyMs }) => everyMs);
  const answer = await sql<{ check_id: string; up: number; fail: number; unknown: number }>`
    with wanted as (select * from unnest(${ids}::text[], ${every}::double precision[]) as w (check_id, every_ms)),
    spans as (
      select r.check_id, r.outcome, greatest(1, least(
        extract(epoch from lead(r.at, 1, ${to}::timestamptz) over (partition by r.check_id order by r.at) - r.at) * 1000,
        ${speaksFor} * w.every_ms)) as ms
      from wanted w join check_result r on r.check_id = w.check_id and r.at >= ${from} and r.at < ${to}),
    parts as (
      select check_id, sum(ms) filter (where outcome in ('ok', 'warn')) as up,
             sum(ms) filter (where outcome = 'fail') as fail, sum(ms) filter (where outcome = 'unknown') as unknown
      from spans group by 1
      union all
      select r.check_id, r.up_ms, (r.known_ms - r.up_ms) * r.fail::double precision / nullif(r.fail + r.unknown, 0),
             (r.known_ms - r.up_ms) * r.unknown::double precision / nullif(r.fail + r.unknown, 0)
      from wanted w join check_rollup r on r.check_id = w.check_id and r.period in ('hour', 'day')
        and r.bucket >= ${from} and r.bucket < ${to})
    select check_id, coalesce(sum(up), 0)::double precision as up, coalesce(sum(fail), 0)::double precision as fail,
           coalesce(sum(unknown), 0)::double precision as unknown
    from parts group by 1`.execute(store.db<HealthTables>());
  return new Map(
    answer.rows
      .filter(({ up, fail, unknown }) => up + fail + unknown > 0)
      .map(({ check_id, up, fail, unknown }) => [check_id, { upMs: up, failMs: fail, unknownMs: unknown }]),
  );
}

/** How long any of several checks failed, and how long any failed or was unknown, ms: what overlaps counts once. */
export interface Together {
  failMs: number;
  badMs: number;
}

/** Of a group that flaps: more changes than these are not read. */
const mostSpans = 20_000;

/** From the changes of outcome: while nothing is measured the last outcome stands. */
export async function togetherOf(
  store: Store,
  ids: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<Together> {
  const answer = await sql<{ outcome: string; from_ms: number; to_ms: number }>`
    with spans as (
      select check_id, to_outcome as outcome, greatest(at, ${from}::timestamptz) as begins,
             least(coalesce(lead(at) over (partition by check_id order by at, id), ${to}::timestamptz), ${to}::timestamptz) as ends
      from check_transition where check_id = any(${ids}::text[]) and at < ${to})
    select outcome, (extract(epoch from begins) * 1000)::double precision as from_ms,
           (extract(epoch from ends) * 1000)::double precision as to_ms
    from spans where outcome in ('fail', 'unknown') and ends > begins
    order by begins limit ${mostSpans}`.execute(store.db<HealthTables>());
  const spans = answer.rows.map(({ outcome, from_ms, to_ms }) => ({ outcome, fromMs: from_ms, toMs: to_ms }));
  return { failMs: coveredMs(spans.filter(({ outcome }) => outcome === 'fail')), badMs: coveredMs(spans) };
}

/** How long at least one of these spans lasts, ms; ordered by their beginnings. Pure. */
export function coveredMs(spans: readonly { fromMs: number; toMs: number }[]): number {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of spans) {
    covered += Math.max(0, toMs - Math.max(fromMs, end));
    end = Math.max(end, toMs);
  }
  return covered;
}

/**
 * Several checks as one: down while any of them fails, else unknown while any is unknown. Changes of outcome say what
 * overlaps; what was measured bounds it, since they know nothing of times at which nothing ran. Undefined: none was
 * measured. Pure.
 */
export function asOne(each: readonly Spent[], together?: Together): Spent | undefined {
  if (each.length === 0) return undefined;
  const within = (value: number, parts: readonly number[]) =>
    Math.min(
      Math.max(value, ...parts),
      parts.reduce((sum, part) => sum + part, 0),
    );
  const fails = each.map(({ failMs }) => failMs);
  const bads = each.map(({ failMs, unknownMs }) => failMs + unknownMs);
  const failMs = within(together?.failMs ?? 0, fails);
  const badMs = Math.max(failMs, within(together?.badMs ?? 0, bads));
  const knownMs = Math.max(badMs, ...each.map(({ upMs, failMs: down, unknownMs }) => upMs + down + unknownMs));
  return { upMs: knownMs - badMs, failMs, unknownMs: badMs - failMs };
}
