import * as echarts from 'echarts/dist/echarts.esm.min.mjs';
import { faces, ink } from './colours.ts';
import { framed, headerHeight, legendSvg, side, sizes, width } from './frame.ts';
import { axisLabels, extentOf, shownLimits } from './line-scale.ts';
import { markSvg } from './marks.ts';
import type { Level, LineChart } from './model.ts';
import { cleanText, family, widthOf } from './text.ts';
import { ticksOf } from './ticks.ts';

const plotTop = headerHeight + 18;
const plotBottom = plotTop + 260;
const axisHeight = 48;
const legendHeight = 36;

/** One number over time with its limits; ECharts draws the plot, the card around it is ours. */
export function lineSvg(chart: LineChart): string {
  const extent = extentOf(chart);
  const labels = axisLabels(extent, chart.unit && cleanText(chart.unit));
  const left = Math.min(width / 3, side + Math.max(...labels.map(({ label }) => widthOf(label, sizes.body))) + 10);
  const plot = { left, right: width - side, top: plotTop, bottom: plotBottom };
  const height = plotBottom + axisHeight + (chart.stretches.length > 0 ? legendHeight : 0);
  const ticks = spaced(ticksOf(chart.fromMs, chart.toMs, chart.zone), plot, chart);
  echarts.setPlatformAPI({
    measureText: (text: string, font?: string) => ({
      width: widthOf(text, Number.parseFloat(font?.match(/[\d.]+px/)?.[0] ?? '12')),
    }),
  });
  const drawing = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    drawing.setOption(optionOf(chart, { extent, labels, ticks, plot, height }));
    const inner = drawing.renderToSVGString();
    const stretches = chart.stretches.map(({ level, fromMs, toMs }) =>
      stretchMark(chart, plot, { level, fromMs, toMs }),
    );
    const legend = legendSvg(legendOf(chart), height - 22);
    return framed(`${inner}${stretches.join('')}${legend}`, { ...chart, height });
  } finally {
    drawing.dispose();
  }
}

interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Layout {
  extent: { min: number; max: number };
  labels: { value: number; label: string }[];
  ticks: { atMs: number; label: string }[];
  plot: Plot;
  height: number;
}

function optionOf(chart: LineChart, { extent, labels, ticks, plot, height }: Layout): Record<string, unknown> {
  const text = { fontFamily: family, fontSize: sizes.body, color: ink.quiet };
  const byTime = new Map(ticks.map(({ atMs, label }) => [atMs, label]));
  const byValue = new Map(labels.map(({ value, label }) => [value, label]));
  const banded = chart.points.some(({ low, high }) => low !== undefined && high !== undefined && high > low);
  return {
    animation: false,
    textStyle: text,
    grid: { left: plot.left, right: width - plot.right, top: plot.top, bottom: height - plot.bottom },
    xAxis: {
      type: 'value',
      min: chart.fromMs,
      max: chart.toMs,
      axisLine: { onZero: false, lineStyle: { color: ink.edge } },
      axisTick: { show: true, customValues: ticks.map(({ atMs }) => atMs), lineStyle: { color: ink.quiet } },
      axisLabel: {
        ...text,
        customValues: ticks.map(({ atMs }) => atMs),
        formatter: (atMs: number) => byTime.get(atMs) ?? '',
        hideOverlap: false,
        showMinLabel: true,
        showMaxLabel: true,
        alignMaxLabel: null,
        margin: 12,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: extent.min,
      max: extent.max,
      interval: labels.length > 1 ? labels[1]!.value - labels[0]!.value : 1,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, formatter: (value: number) => byValue.get(value) ?? nearestLabel(labels, value) },
      splitLine: { lineStyle: { color: ink.grid } },
    },
    series: [
      ...(banded ? bandSeries(chart) : []),
      {
        type: 'line',
        data: chart.points.map(({ atMs, value }, index) => ({
          value: [atMs, value ?? '-'],
          symbol: isAlone(chart.points, index) ? 'circle' : 'none',
        })),
        symbolSize: 7,
        connectNulls: false,
        lineStyle: { color: ink.line, width: 2.5, join: 'round', cap: 'round' },
        itemStyle: { color: ink.line },
        z: 4,
        markArea: {
          silent: true,
          data: chart.stretches.map(({ fromMs, toMs, level }) => [
            { xAxis: fromMs, itemStyle: { color: faces[level].fill, opacity: faces[level].wash } },
            { xAxis: toMs },
          ]),
        },
        markLine: { silent: true, symbol: 'none', animation: false, data: limitLines(chart, extent, plot) },
      },
    ],
  };
}

/** Rounding makes 0.30000000000000004 of 0.3. */
function nearestLabel(labels: Layout['labels'], value: number): string {
  const step = labels.length > 1 ? labels[1]!.value - labels[0]!.value : 1;
  return labels.find((label) => Math.abs(label.value - value) < step / 100)?.label ?? '';
}

function bandSeries({ points }: LineChart): object[] {
  const common = {
    type: 'line',
    symbol: 'none',
    connectNulls: false,
    stack: 'band',
    stackStrategy: 'all',
    silent: true,
  };
  return [
    { ...common, lineStyle: { opacity: 0 }, data: points.map(({ atMs, low }) => [atMs, low ?? '-']) },
    {
      ...common,
      lineStyle: { opacity: 0 },
      areaStyle: { color: ink.band, opacity: 0.55 },
      data: points.map(({ atMs, low, high }) => [atMs, low === undefined || high === undefined ? '-' : high - low]),
    },
  ];
}

function isAlone(points: LineChart['points'], index: number): boolean {
  const known = (at: number) => points[at] !== undefined && points[at].value !== null;
  return !known(index - 1) && !known(index + 1);
}

/** The label stands above a limit that is passed upwards and below one passed downwards, where the bad side is. */
function limitLines(chart: LineChart, extent: Layout['extent'], plot: Plot): object[] {
  return shownLimits(chart, extent, plot.bottom - plot.top).map(({ level, value, label, place, outside }) => ({
    yAxis: value,
    lineStyle: { color: outside ? 'transparent' : faces[level].fill, type: 'dashed', width: 2 },
    label: {
      // A function: in a string, braces would be read.
      formatter: () => cleanText(label),
      position: place,
      fontFamily: family,
      fontSize: sizes.body,
      fontWeight: 600,
      color: faces[level].strong,
      textBorderColor: ink.card,
      textBorderWidth: 4,
      distance: 4,
    },
  }));
}

/** Beside the colour, a mark on the upper edge of the stretch. */
function stretchMark(chart: LineChart, plot: Plot, stretch: LineChart['stretches'][number]): string {
  const xOf = (atMs: number) =>
    plot.left + ((atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * (plot.right - plot.left);
  const from = Math.max(plot.left, xOf(stretch.fromMs));
  const to = Math.min(plot.right, xOf(stretch.toMs));
  const bar = `<rect x="${from}" y="${plot.top - 14}" width="${Math.max(2, to - from)}" height="12" fill="${faces[stretch.level].fill}"/>`;
  return to - from < 9 ? bar : bar + markSvg(stretch.level, (from + to) / 2, plot.top - 8, 7);
}

function spaced(ticks: Layout['ticks'], plot: Plot, chart: LineChart): Layout['ticks'] {
  const xOf = (atMs: number) =>
    plot.left + ((atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * (plot.right - plot.left);
  let free = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ atMs, label }) => {
    const half = widthOf(label, sizes.body) / 2;
    if (xOf(atMs) - half < free || xOf(atMs) + half > width - side / 2) return false;
    free = xOf(atMs) + half + 10;
    return true;
  });
}

const order: Level[] = ['fail', 'warn', 'unknown', 'quiet'];

function legendOf({ stretches }: LineChart): { level: Level; word?: string }[] {
  const present = new Set(stretches.map(({ level }) => level));
  return order.filter((level) => present.has(level)).map((level) => ({ level }));
}
