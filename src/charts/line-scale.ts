import type { LineChart } from './model.ts';

/** What the axis of a line chart reaches over; limits so far away that the line would be flat are left out of it. */
export interface Extent {
  min: number;
  max: number;
  step: number;
}

/** A limit may stretch the axis to this many times what the values alone need. */
const stretchMost = 4;
const steps = 5;

/** Round bounds around the values, and the limits that are near enough to be drawn. Pure. */
export function extentOf({ points, limits, unit }: Pick<LineChart, 'points' | 'limits' | 'unit'>): Extent {
  const values = points.flatMap(({ value, low, high }) =>
    [value, low, high].filter((each) => each !== null && each !== undefined),
  );
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (!Number.isFinite(low)) [low, high] = [0, 1];
  // From 0, so that differences look as large as they are; but not where a limit is so near that nothing could be told.
  const isNear = limits.some(({ value }) => value > low * 0.8 && value < high * 1.2);
  if (low > 0 && (low < high * 0.8 || !isNear)) low = 0;
  const span = Math.max(high - low, Math.abs(high) / 2, 1e-9);
  for (const { value } of limits) {
    if (value > high && value - low <= span * stretchMost) high = value + (value - low) * 0.08;
    if (value < low && high - value <= span * stretchMost) {
      const below = value - (high - value) * 0.08;
      low = value >= 0 ? Math.max(0, below) : below;
    }
  }
  if (high === low) [low, high] = low === 0 ? [0, 1] : low > 0 ? [0, high * 1.25] : [low * 1.25, 0];
  const step = roundStep((high - low) / steps, unit === 'bytes');
  let [min, max] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  if (unit === '%' && low >= 0 && high <= 100) [min, max] = [Math.max(0, min), Math.min(100, max)];
  // The line keeps off the upper edge.
  else if (max - high < step * 0.05 && values.includes(high)) max += step;
  // Room for the label of a limit that is further up.
  if (limits.some(({ value }) => value > max) && max - high < (max - min) / 7) max += step;
  return { min, max, step };
}

/** 1, 2, 2.5 or 5 times a power of ten, of 1024 for bytes. */
function roundStep(rough: number, bytes: boolean): number {
  if (bytes && rough >= 1024) {
    const unit = 1024 ** Math.floor(Math.log(rough) / Math.log(1024));
    return unit * 2 ** Math.ceil(Math.log2(rough / unit));
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 2.5, 5].find((each) => each * power >= rough * 0.999) ?? 10);
}

const byteUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** The numbers of the axis, lowest first; the highest one carries the unit. */
export function axisLabels({ min, max, step }: Extent, unit: string | undefined): { value: number; label: string }[] {
  const count = Math.round((max - min) / step);
  const values = Array.from({ length: count + 1 }, (_, index) => min + index * step);
  const power = unit === 'bytes' ? Math.floor(Math.log(Math.max(1, Math.abs(max), Math.abs(min))) / Math.log(1024)) : 0;
  const scale = 1024 ** Math.min(power, byteUnits.length - 1);
  const shown = unit === 'bytes' ? byteUnits[Math.min(power, byteUnits.length - 1)] : unit;
  return values.map((value, index) => {
    const number = amount(value / scale, step / scale);
    return { value, label: index === values.length - 1 && shown ? `${number} ${shown}` : number };
  });
}

function amount(value: number, step: number): string {
  if (value === 0) return '0';
  // Written out, they would be wider than the picture.
  if (Math.abs(value) >= 1e15 || step < 1e-6) return value.toExponential(1).replace('e+', 'e');
  if (Math.abs(value) >= 1e6) {
    return new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 }).format(value);
  }
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) + (`${step}`.includes('25') && step < 10 ? 1 : 0);
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(value);
}

export interface PlacedLimit {
  level: 'warn' | 'fail';
  value: number;
  label: string;
  /** Beyond the axis: it has no line there, only its label at the edge. */
  outside: boolean;
  place: 'insideEndTop' | 'insideEndBottom' | 'insideStartTop' | 'insideStartBottom';
}

const labelPx = 26;
/** Of a line of text, above and below its letters. */
const marginPx = 3;
const limitsMost = 4;

/**
 * Where each limit's label stands so that none covers another: above its line, below when one stands above it too near, on
 * the left when both are taken; where nothing is free the line alone is drawn. Limits outside the axis stand at its edge, with an arrow. Pure.
 */
export function shownLimits(
  { limits }: Pick<LineChart, 'limits'>,
  { min, max }: Pick<Extent, 'min' | 'max'>,
  heightPx: number,
): PlacedLimit[] {
  const pxOf = (value: number) => ((value - min) / (max - min)) * heightPx;
  const taken: { end: boolean; from: number; to: number }[] = [];
  const isFree = (end: boolean, from: number, to: number) =>
    from >= -2 &&
    to <= heightPx + 2 &&
    !taken.some((box) => box.end === end && from < box.to - marginPx && to > box.from + marginPx);
  return limits.slice(0, limitsMost).map((limit): PlacedLimit => {
    const outside = limit.value > max ? 'above' : limit.value < min ? 'below' : undefined;
    const value = Math.min(max, Math.max(min, limit.value));
    const label = outside === undefined ? limit.label : `${outside === 'above' ? '↑' : '↓'} ${limit.label}`;
    const at = pxOf(value);
    for (const [place, end, from] of [
      ['insideEndTop', true, at],
      ['insideEndBottom', true, at - labelPx],
      ['insideStartTop', false, at],
      ['insideStartBottom', false, at - labelPx],
    ] as const) {
      if (!isFree(end, from, from + labelPx)) continue;
      taken.push({ end, from, to: from + labelPx });
      return { ...limit, value, label, place, outside: outside !== undefined };
    }
    return { ...limit, value, label: '', place: 'insideEndTop', outside: outside !== undefined };
  });
}
