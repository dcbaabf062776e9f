import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import { momentsOfDay, wallAt } from '../kernel/wall-clock.ts';

const dayMs = 86_400_000;

/** The moments of a day that somebody typed: `2026-11-25`, `today`, `yesterday`. Throws OpsError `invalid`. */
export function askedDay(typed: string, { zone, now }: { zone: string; now: Date }): { from: Date; to: Date } {
  const midnight = midnightOf(typed.toLowerCase(), zone, now);
  const begin = (at: number) => new Date(momentsOfDay(zone, at)(at));
  return { from: begin(midnight), to: begin(midnight + dayMs) };
}

/** As `wallAt` writes it. */
function midnightOf(typed: string, zone: string, now: Date): number {
  const today = Math.floor(wallAt(zone, now.getTime()) / dayMs) * dayMs;
  if (typed === 'today') return today;
  if (typed === 'yesterday') return today - dayMs;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? Date.parse(`${typed}T00:00:00Z`) : Number.NaN;
  // 30 February comes back as another day.
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(typed)) return at;
  throw new OpsError('invalid', `"${echo(typed)}" is no day`, { hint: 'a day such as 2026-11-25, today or yesterday' });
}
