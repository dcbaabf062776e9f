import type { GridChart, Level, LineChart } from '../../charts/model.ts';
import { formatValue } from '../../conditions/format.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { Outcome } from '../model.ts';
import { type Overview, periodWords, type Trend, type TrendLimit } from '../periods.ts';
import { zoneName } from './time.ts';
import { ageWords } from './words.ts';

const levels: Record<Outcome, Level> = {
  fail: 'fail',
  unknown: 'unknown',
  warn: 'warn',
  stale: 'unknown',
  blocked: 'quiet',
  muted: 'quiet',
  ok: 'ok',
};

/** Rows that a phone still shows. */
const ROWS = 30;
const OLD_MS = 600_000;

/** Whether there is a line to draw: two numbers at least. */
export function hasLine({ points }: Trend): boolean {
  return points.filter(({ value }) => value !== null).length >= 2;
}

export function trendChart(trend: Trend, zone: string): LineChart {
  const { id, fact, unit, period, from, to, last } = trend;
  return {
    kind: 'line',
    title: id,
    subtitle: `${factName(trend)} · ${periodWords(period)} · times in ${zoneName(to, zone)}`,
    last: last ? lastWords(last, unit, to) : '',
    zone,
    fromMs: from.getTime(),
    toMs: to.getTime(),
    ...(unit !== undefined && fact !== undefined && { unit }),
    points: trend.points.map(({ at, ...rest }) => ({ atMs: at.getTime(), ...rest })),
    limits: trend.limits.map((limit) => ({ level: limit.level, value: limit.value, label: limitWords(limit, unit) })),
    stretches: trend.stretches.map((each) => ({
      fromMs: each.from.getTime(),
      toMs: each.to.getTime(),
      level: levels[each.outcome],
    })),
  };
}

export function overviewChart(overview: Overview, { title, zone }: { title: string; zone: string }): GridChart {
  const { rows, cells, period, to } = overview;
  return {
    kind: 'grid',
    title,
    subtitle: `${countWords(rows.length)} · ${periodWords(period)} · times in ${zoneName(to, zone)}`,
    zone,
    fromMs: (cells[0] ?? to).getTime(),
    toMs: to.getTime(),
    slotsMs: cells.map((cell) => cell.getTime()),
    rows: rows.slice(0, ROWS).map(({ id, outcomes }) => ({
      label: id,
      cells: outcomes.map((outcome) => (outcome === null ? null : levels[outcome])),
    })),
    ...(rows.length > ROWS && { more: moreWords(rows.slice(ROWS)) }),
  };
}

/** The line in words: last value, range, limits, how long it was red. Also what a screen reader says of the picture. */
export function trendWords(trend: Trend): string {
  const { id, period, unit, last, limits, to } = trend;
  const numbers = trend.points.flatMap(({ value, low, high }) => (value === null ? [] : [low ?? value, high ?? value]));
  const parts = [
    last
      ? `${factName(trend)} ${lastWords(last, unit, to)}, from ${formatValue(Math.min(...numbers), unit)} to ${formatValue(Math.max(...numbers), unit)}`
      : '',
    limits.map((limit) => limitWords(limit, unit)).join(', '),
    badWords(trend),
  ];
  return `${id}, ${periodWords(period)}: ${parts.filter(Boolean).join('; ')}`;
}

const states = [
  ['fail', 'failing'],
  ['warn', 'warning'],
  ['unknown', 'unknown'],
  ['stale', 'stale'],
  ['blocked', 'blocked'],
  ['muted', 'muted'],
] as const satisfies [Outcome, string][];

/**
 * Also of what began in the last moment: its time is not worth a number, but it is never left out. Only measured time is
 * called ok.
 */
function badWords({ spentMs, unmeasuredMs, points, stretches }: Trend): string {
  if (points.length === 0 && stretches.length === 0) return 'nothing was measured';
  const parts = states.flatMap(([outcome, word]) => {
    if (spentMs[outcome] >= 1_000) return `${word} for about ${formatDuration(spentMs[outcome])}`;
    return stretches.some((stretch) => stretch.outcome === outcome) ? `${word} for a moment` : [];
  });
  const isGap = unmeasuredMs >= 1_000;
  if (parts.length === 0) parts.push(isGap ? 'ok while measured' : 'ok throughout');
  const gap = isGap ? `; not measured for about ${formatDuration(unmeasuredMs)}` : '';
  return `${parts.join(', ')}${gap}`;
}

const kinds = [
  ['warn', 'warned'],
  ['unknown', 'unknown at times'],
  ['stale', 'stale at times'],
  ['blocked', 'blocked at times'],
  ['muted', 'muted at times'],
] as const satisfies [Outcome, string][];

/** The overview in words: how many were red, which, and of which that can't be told. */
export function overviewWords({ rows, period }: Overview): string {
  const said = (word: string, is: (outcomes: (Outcome | null)[]) => boolean) => {
    const ids = rows.filter(({ outcomes }) => is(outcomes)).map(({ id }) => id);
    return ids.length > 0 ? [`${ids.length} ${word}: ${listed(ids)}`] : [];
  };
  const isTold = rows.some(({ outcomes }) => outcomes.some((outcome) => outcome === 'ok' || outcome === 'warn'));
  const failed = said('failed', (outcomes) => outcomes.includes('fail'));
  const parts = [
    ...(failed.length === 0 && isTold ? ['none failed'] : failed),
    ...kinds.flatMap(([outcome, word]) => said(word, (outcomes) => outcomes.includes(outcome))),
    ...said('never measured', (outcomes) => outcomes.every((outcome) => outcome === null)),
  ];
  return `${countWords(rows.length)}, ${periodWords(period)}: ${parts.join('; ')}`;
}

function listed(ids: readonly string[]): string {
  return ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`;
}

function countWords(count: number): string {
  return count === 1 ? '1 check' : `${count} checks`;
}

function moreWords(rest: Overview['rows']): string {
  const odd = rest.filter(({ outcomes }) => outcomes.some((outcome) => outcome !== 'ok')).length;
  return odd === 0 ? `and ${rest.length} more (all ok)` : `and ${rest.length} more (${odd} not always ok)`;
}

/** `latency_ms`, `free (GiB)` where the name does not carry its unit. */
function factName({ fact = '', unit }: Trend): string {
  return unit === undefined || fact.toLowerCase().includes(unit.toLowerCase()) ? fact : `${fact} (${unit})`;
}

function lastWords({ value, at }: NonNullable<Trend['last']>, unit: string | undefined, now: Date): string {
  const shown = formatValue(value, unit);
  return now.getTime() - at.getTime() > OLD_MS ? `${shown}, ${ageWords(at, now)}` : shown;
}

export function limitWords({ level, op, value }: TrendLimit, unit: string | undefined): string {
  const shown = formatValue(value, unit);
  const bound = { '>': `above ${shown}`, '>=': `from ${shown}`, '<': `below ${shown}`, '<=': `at ${shown} or less` }[
    op
  ];
  return `${level} ${bound}`;
}
