/**
 * Pictures as data: plain JSON, so that they can be handed to another process. Times are ms since the epoch, texts are plain
 * (nothing is escaped: nothing in them is ever markup).
 */
export type Chart = LineChart | GridChart | BarChart;

/** How a stretch of time looked. `quiet` = muted or blocked; colours come with a mark each. */
export type Level = 'ok' | 'warn' | 'fail' | 'unknown' | 'quiet';

interface Framed {
  /** What it shows, first line: a check's id, "Health". */
  title: string;
  /** Second line: fact, period, zone. */
  subtitle: string;
  /** IANA: the axis counts hours and days there. */
  zone: string;
  fromMs: number;
  toMs: number;
}

/** One number over time. */
export interface LineChart extends Framed {
  kind: 'line';
  /** On the right of the title: the last value, with its unit. */
  last: string;
  /** Behind the numbers of the axis: `ms`, `%`, `bytes`. */
  unit?: string;
  /** Oldest first; `value` null = a gap, which is never drawn over. `low` and `high`: what the value is the mean of. */
  points: { atMs: number; value: number | null; low?: number; high?: number }[];
  /** Where it turns: `label` says it in words (`fail above 500 ms`). */
  limits: { level: 'warn' | 'fail'; value: number; label: string }[];
  /** Stretches that were not ok, drawn behind the line. */
  stretches: { fromMs: number; toMs: number; level: Level }[];
}

/** Many things over time: a row each, a cell each slot. */
export interface GridChart extends Framed {
  kind: 'grid';
  /** When each slot begins, ascending; the last one ends at `toMs`. */
  slotsMs: number[];
  /** In the order they are drawn; a cell a slot, null = nothing measured. At most 30 rows are drawn. */
  rows: { label: string; cells: (Level | null)[] }[];
  /** Below the rows: "and 12 more (all ok)". */
  more?: string;
}

/** One number for each of a few names: months. At most 12 are drawn, the last ones. */
export interface BarChart extends Pick<Framed, 'title' | 'subtitle'> {
  kind: 'bars';
  /** `value` null = there is none; `shown`: the value as people read it. */
  bars: { label: string; value: number | null; shown: string }[];
}
