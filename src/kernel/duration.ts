const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitsMs;

const shape = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** `500ms`, `2s`, `5m`, `1h30m`, `7d` → milliseconds (whole); undefined when it isn't a duration. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40 || !shape.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(part)) ms += Number(amount) * unitsMs[unit as Unit];
  return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : undefined;
}

const names: [label: string, ms: number][] = [
  ['d', unitsMs.d],
  ['h', unitsMs.h],
  ['min', unitsMs.m],
  ['s', unitsMs.s],
];

/** Milliseconds as people read them, two units at most: `500 ms`, `2 s`, `5 min`, `1 h 20 min`, `7 d`. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size < 999.5) return `${sign}${Math.round(size)} ms`;
  if (size < 9_950) return `${sign}${Number((size / 1_000).toFixed(1))} s`;
  // Rounded to the smaller of the two units first, so that 59.9 s reads 1 min and never 60 s.
  const at = names.findIndex(([, unitMs], index) => roundTo(size, names[index + 1]?.[1] ?? unitMs) >= unitMs);
  const [label, unitMs] = names[at]!;
  const next = names[at + 1];
  if (next === undefined) return `${sign}${Math.round(size / unitMs)} ${label}`;
  const rounded = roundTo(size, next[1]);
  const rest = (rounded % unitMs) / next[1];
  return `${sign}${Math.floor(rounded / unitMs)} ${label}${rest === 0 ? '' : ` ${rest} ${next[0]}`}`;
}

function roundTo(value: number, step: number): number {
  return Math.round(value / step) * step;
}
