import { type RawBuilder, sql } from 'kysely';

/** A result speaks for the time until the next one, a millisecond at least, but no longer than this many times `every`. */
export const speaksFor = 3;

/**
 * A JSON value as a number that can be summed up a hundred million times; null when it is none, or beyond ±1e300, where
 * sums overflow and the database refuses the whole statement.
 */
export function numberIn(value: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`case when jsonb_typeof(${value}) = 'number' then
    case when abs((${value})::numeric) > 1e300 then null
         when abs((${value})::numeric) < 1e-300 then 0
         else (${value})::double precision end end`;
}
