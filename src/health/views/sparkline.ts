import { type Outcome, outcomes } from '../model.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Values as bars of eight heights, in at most `width` columns (the largest value of each); a gap is a space. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const columns = columnsOf(values, width, (slice) => {
    const numbers = slice.filter((value) => value !== null);
    return numbers.length ? Math.max(...numbers) : null;
  });
  const known = columns.filter((value) => value !== null);
  if (!known.length) return '';
  const low = Math.min(...known);
  const range = Math.max(...known) - low;
  return columns
    .map((value) => (value === null ? ' ' : bars[range === 0 ? 0 : Math.round(((value - low) / range) * 7)]))
    .join('');
}

const stripMarks: Record<Outcome, string> = {
  ok: '▪',
  warn: '▲',
  fail: '✕',
  unknown: '?',
  stale: '?',
  blocked: '-',
  muted: '-',
};

/**
 * Outcomes as one character each, in at most `width` columns (the worst of each): ▪ ok, ▲ warn, ✕ fail, ? unknown,
 * - muted or blocked, · not measured.
 */
export function outcomeStrip(strip: readonly (Outcome | null)[], width: number): string {
  const columns = columnsOf(strip, width, (slice) => outcomes.find((outcome) => slice.includes(outcome)));
  return columns.map((outcome) => (outcome === undefined ? '·' : stripMarks[outcome])).join('');
}

function columnsOf<T, C>(items: readonly T[], width: number, merge: (slice: readonly T[]) => C): C[] {
  const columns = Math.min(width, items.length);
  return Array.from({ length: columns }, (_, column) => {
    const start = Math.floor((column * items.length) / columns);
    const end = Math.floor(((column + 1) * items.length) / columns);
    return merge(items.slice(start, end));
  });
}
