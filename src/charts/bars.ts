import { ink } from './colours.ts';
import { framed, headerHeight, side, sizes, width } from './frame.ts';
import type { BarChart } from './model.ts';
import { fitText, round, textSvg } from './text.ts';

export const mostBars = 12;
const plotHeight = 240;
const widest = 72;

/** A bar for each name, from nought, with its value above it; one without a value is a gap that says so. */
export function barsSvg(chart: BarChart): string {
  const bars = chart.bars.slice(-mostBars);
  const top = headerHeight + 34;
  const bottom = top + plotHeight;
  const band = (width - 2 * side) / Math.max(1, bars.length);
  // Twelve names and values have 60 px each.
  const size = bars.length > 8 ? 15 : sizes.body;
  const most = Math.max(0, ...bars.map(({ value }) => value ?? 0));
  const parts = bars.map(({ label, value, shown }, index) => {
    const middle = side + band * (index + 0.5);
    const name = fitText(label, size, band - 4);
    const below = textSvg(name, { x: middle, y: bottom + 28, size, fill: ink.quiet, anchor: 'middle' });
    // A value of nought is a line on the ground, none at all is not.
    const height = value === null ? 0 : Math.max(2, most > 0 ? (value / most) * plotHeight : 2);
    const words = fitText(value === null ? '–' : shown, size, band - 2);
    const above = { x: middle, y: bottom - height - 9, size, fill: ink.text, anchor: 'middle' } as const;
    const wide = Math.min(widest, band * 0.62);
    const bar = `<rect x="${round(middle - wide / 2)}" y="${round(bottom - height)}" width="${round(wide)}" height="${round(height)}" fill="${ink.line}"/>`;
    return (value === null ? '' : bar) + textSvg(words, above) + below;
  });
  const ground = `<path d="M${side} ${bottom}H${width - side}" stroke="${ink.edge}" stroke-width="1.5"/>`;
  return framed(parts.join('') + ground, { ...chart, height: bottom + 52 });
}
