import type { Level } from './model.ts';

/** A calm light card: it sits well in Slack, light and dark. */
export const ink = {
  card: '#fbfcfd',
  edge: '#d5dae1',
  text: '#1d2733',
  quiet: '#566272',
  grid: '#e6eaef',
  line: '#1f5fa8',
  band: '#9cc0e8',
  paper: '#ffffff',
};

/**
 * Red and green alone tell nothing to one man in twelve: the levels differ in lightness (ok light, fail dark), and all but
 * ok carry a mark. `strong` is for lines and words on the card, 4.5:1 at least.
 */
export const faces: Record<Level, { fill: string; mark: string; strong: string; word: string; wash: number }> = {
  ok: { fill: '#a9dcbf', mark: '#1c6b40', strong: '#1c6b40', word: 'ok', wash: 0 },
  warn: { fill: '#f5a623', mark: '#4a2c00', strong: '#9a5a00', word: 'warn', wash: 0.2 },
  fail: { fill: '#b3202c', mark: '#ffffff', strong: '#b3202c', word: 'fail', wash: 0.2 },
  unknown: { fill: '#6b5b95', mark: '#ffffff', strong: '#5d4d87', word: 'unknown', wash: 0.2 },
  quiet: { fill: '#cfd6de', mark: '#566272', strong: '#566272', word: 'muted or blocked', wash: 0.35 },
};
