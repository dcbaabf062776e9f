import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Outcome } from './model.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `pointMs`: what is one point of a line, at most 300 in all. `cellHours`: a cell of an overview, from midnight on. */
const shapes = {
  '24h': { ms: day, pointMs: 10 * minute, cellHours: 0.5, words: 'last 24 hours' },
  '7d': { ms: 7 * day, pointMs: hour, cellHours: 4, words: 'last 7 days' },
  '30d': { ms: 30 * day, pointMs: 3 * hour, cellHours: 24, words: 'last 30 days' },
} as const;

/** How far back a chart goes. */
export type Period = keyof typeof shapes;

export const periods: Period[] = ['24h', '7d', '30d'];

/** @throws OpsError saying what there is. */
export function periodNamed(typed: string): Period {
  const found = periods.find((period) => period === typed.toLowerCase());
  if (found) return found;
  throw new OpsError('invalid', `There is no period "${echo(typed)}" to draw`, { hint: `use ${periods.join(', ')}` });
}

export function periodWords(period: Period): string {
  return shapes[period].words;
}

/** The points of a line: how long each is, ms, and when the first one begins. One that is measured rarely has fewer. */
export function pointsOf(
  period: Period,
  everyMs: number,
  now: Date,
): { firstMs: number; pointMs: number; count: number } {
  const { ms, pointMs: usual } = shapes[period];
  const pointMs = Math.max(usual, Math.min(everyMs, ms));
  const count = Math.ceil(ms / pointMs);
  return { firstMs: (Math.floor(now.getTime() / pointMs) - count + 1) * pointMs, pointMs, count };
}

const stepMs = 15 * minute;

/**
 * When the cells of an overview begin, oldest first, the last one at `now` or before: at round local times of `zone`, so that
 * days are days there, also those of 23 and 25 hours.
 */
export function cellsOf(period: Period, now: Date, zone: string): Date[] {
  const { ms, cellHours } = shapes[period];
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const begins: Date[] = [];
  for (let atMs = Math.floor(now.getTime() / stepMs) * stepMs; atMs > now.getTime() - ms; atMs -= stepMs) {
    const [hours, minutes] = format.format(atMs).split(':').map(Number);
    if ((hours! * 60 + minutes!) % (cellHours * 60) === 0) begins.unshift(new Date(atMs));
  }
  return begins;
}

/** Where a fact turns a check, from its rules. */
export interface TrendLimit {
  level: 'warn' | 'fail';
  op: '<' | '<=' | '>' | '>=';
  value: number;
}

/** One check over a period: the number worth drawing, and when it was not ok. */
export interface Trend {
  id: string;
  group: string;
  period: Period;
  from: Date;
  to: Date;
  /** Undefined: the check measures no number. */
  fact: string | undefined;
  unit: string | undefined;
  /** Oldest first, 300 at most, each the mean of some time with its extremes; null = from here on nothing was measured. */
  points: { at: Date; value: number | null; low?: number; high?: number }[];
  /** The last value and when it was measured. */
  last: { value: number; at: Date } | undefined;
  limits: TrendLimit[];
  /** Stretches that were not ok, by their worst outcome, oldest first. */
  stretches: { from: Date; to: Date; outcome: Outcome }[];
  /** How long it was what, ms: by the share of measurements, so about. */
  spentMs: Record<Outcome, number>;
  /** How long nothing was measured, ms, where that is longer than a measurement speaks for. */
  unmeasuredMs: number;
}

/** Many checks over a period, worst first. */
export interface Overview {
  period: Period;
  /** When each cell begins; the last one ends at `to`. */
  cells: Date[];
  to: Date;
  /** `outcomes`: the worst of each cell, null = nothing measured. */
  rows: { id: string; now: Outcome; outcomes: (Outcome | null)[] }[];
}
