import type { GridChart, LineChart } from '../../src/charts/model.ts';

const hour = 3_600_000;
export const chartNow = Date.UTC(2026, 10, 23, 9);

/** A calm day of a check with two limits. */
export function lineChart(over: Partial<LineChart> = {}): LineChart {
  const fromMs = chartNow - 24 * hour;
  return {
    kind: 'line',
    title: 'api',
    subtitle: 'latency_ms · last 24 hours · times in UTC',
    last: '120 ms',
    zone: 'UTC',
    fromMs,
    toMs: chartNow,
    unit: 'ms',
    points: Array.from({ length: 48 }, (_, at) => ({ atMs: fromMs + (at * hour) / 2, value: 100 + (at % 5) * 5 })),
    limits: [
      { level: 'warn', value: 200, label: 'warn above 200 ms' },
      { level: 'fail', value: 300, label: 'fail above 300 ms' },
    ],
    stretches: [],
    ...over,
  };
}

export function gridChart(over: Partial<GridChart> = {}): GridChart {
  const slotsMs = Array.from({ length: 24 }, (_, at) => chartNow - (24 - at) * hour);
  return {
    kind: 'grid',
    title: 'All checks',
    subtitle: '2 checks · last 24 hours · times in UTC',
    zone: 'UTC',
    fromMs: slotsMs[0]!,
    toMs: chartNow,
    slotsMs,
    rows: [
      { label: 'api', cells: slotsMs.map((_, at) => (at > 20 ? 'fail' : 'ok')) },
      { label: 'main-db', cells: slotsMs.map((_, at) => (at < 3 ? null : 'ok')) },
    ],
    ...over,
  };
}
