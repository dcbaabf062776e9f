/** One datapoint; `atMs` is the start of its period. */
export interface Point {
  atMs: number;
  value: number;
}

/** A span of whole periods: the last one has just ended, so every datapoint in it is of a complete period. */
export interface MetricWindow {
  startMs: number;
  endMs: number;
  periodMs: number;
}

/** Data older than this many periods and `lateMs` tells nothing about now. */
const stalePeriods = 3;
/** Metrics arrive up to this late. */
export const lateMs = 120_000;

/** The window that shows `heldForMs` and the newest datapoint that is still fresh. */
export function windowFor(nowMs: number, periodMs: number, heldForMs: number): MetricWindow {
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const periods = Math.ceil(heldForMs / periodMs) + stalePeriods + Math.ceil(lateMs / periodMs);
  return { startMs: endMs - periods * periodMs, endMs, periodMs };
}

export type Reading =
  | { kind: 'empty' }
  | { kind: 'stale'; ageMs: number }
  /** `ageMs` counts from the end of the newest real datapoint's period; null when zeros stand for all of them. */
  | { kind: 'value'; value: number; ageMs: number | null; datapoints: number; earlier: Point[] };

/**
 * Reads the newest complete datapoint and those before it. `missing: 'zero'` puts 0 where a period has no data, except in
 * periods so young that their data may still be on its way. `atMs` of earlier points is when the period ended.
 */
export function readWindow(
  points: Point[],
  window: MetricWindow,
  options: { nowMs: number; missing: 'unknown' | 'zero' },
): Reading {
  const { startMs, endMs, periodMs } = window;
  const real = points
    .filter((point) => point.atMs >= startMs && point.atMs + periodMs <= endMs)
    .sort((a, b) => a.atMs - b.atMs);
  const newest = real.at(-1);
  const ageMs = newest ? options.nowMs - (newest.atMs + periodMs) : null;
  const series = options.missing === 'zero' ? withZeros(real, window, options.nowMs) : real;
  const last = series.at(-1);
  if (!last) return { kind: 'empty' };
  if (options.missing === 'unknown' && ageMs !== null && ageMs > stalePeriods * periodMs + lateMs)
    return { kind: 'stale', ageMs };
  const earlier = series.slice(0, -1).map((point) => ({ atMs: point.atMs + periodMs, value: point.value }));
  return { kind: 'value', value: last.value, ageMs, datapoints: real.length, earlier };
}

function withZeros(real: Point[], { startMs, endMs, periodMs }: MetricWindow, nowMs: number): Point[] {
  const known = new Map(real.map((point) => [point.atMs, point]));
  const filled: Point[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += periodMs) {
    const point = known.get(atMs);
    if (point) filled.push(point);
    else if (atMs + periodMs + lateMs <= nowMs) filled.push({ atMs, value: 0 });
  }
  return filled;
}
