import { ink } from './colours.ts';
import { framed, headerHeight, legendSvg, side, sizes, width } from './frame.ts';
import { cellSvg } from './marks.ts';
import type { GridChart, Level } from './model.ts';
import { fitText, round, textSvg, widthOf } from './text.ts';
import { ticksOf } from './ticks.ts';

export const mostRows = 30;
const pitch = 30;
const labelMost = 250;

const half = (px: number) => Math.round(px * 2) / 2;

/** A row of cells for each thing, with the axis of time below and a legend of what is there. */
export function gridSvg(chart: GridChart): string {
  const rows = chart.rows.slice(0, mostRows);
  const labelWidth = Math.min(labelMost, Math.max(60, ...rows.map(({ label }) => widthOf(label, sizes.body))));
  const left = side + labelWidth + 12;
  const right = width - side;
  const xOf = (atMs: number) => left + ((atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * (right - left);
  const bottom = headerHeight + rows.length * pitch;
  const parts: string[] = [];
  for (const [index, row] of rows.entries()) {
    const y = headerHeight + index * pitch;
    const label = fitText(row.label, sizes.body, labelWidth, 'middle');
    parts.push(textSvg(label, { x: side, y: y + 21, size: sizes.body, fill: ink.text }));
    for (const [at, slotMs] of chart.slotsMs.entries()) {
      // On whole pixels: sharp edges, and half the bytes.
      const x = half(xOf(slotMs));
      const end = half(xOf(chart.slotsMs[at + 1] ?? chart.toMs));
      parts.push(cellSvg(row.cells[at] ?? null, { x, y: y + 2, width: end - x - 1.5, height: pitch - 5 }));
    }
  }
  parts.push(axisSvg(chart, { xOf, right, y: bottom }));
  const more = chart.more === undefined ? 0 : 30;
  if (chart.more !== undefined) {
    parts.push(textSvg(chart.more, { x: side, y: bottom + 64, size: sizes.body, fill: ink.quiet }));
  }
  const foot = bottom + 68 + more;
  parts.push(legendSvg(legendOf(rows), foot));
  return framed(parts.join(''), { ...chart, height: Math.round(foot + 24) });
}

function axisSvg(chart: GridChart, axis: { xOf: (atMs: number) => number; right: number; y: number }): string {
  let free = Number.NEGATIVE_INFINITY;
  return ticksOf(chart.fromMs, chart.toMs, chart.zone)
    .map(({ atMs, label }) => {
      const x = axis.xOf(atMs);
      const half = widthOf(label, sizes.body) / 2;
      const at = Math.min(x, axis.right - half);
      const line = `<path d="M${round(x)} ${axis.y + 1}v6" stroke="${ink.quiet}"/>`;
      if (at - half < free) return line;
      free = at + half + 10;
      return line + textSvg(label, { x: at, y: axis.y + 28, size: sizes.body, fill: ink.quiet, anchor: 'middle' });
    })
    .join('');
}

const order: (Level | null)[] = ['fail', 'warn', 'unknown', 'quiet', 'ok', null];

function legendOf(rows: GridChart['rows']): { level: Level | null }[] {
  const present = new Set(rows.flatMap(({ cells }) => cells));
  return order.filter((level) => present.has(level)).map((level) => ({ level }));
}
