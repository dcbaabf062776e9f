import type { BarChart } from './charts/model.ts';
import type { Statistics } from './incidents/stats/stats.ts';
import type { CommandContext, Picture } from './kernel/command.ts';
import { formatDuration } from './kernel/duration.ts';
import { OpsError } from './kernel/errors.ts';
import type { Services } from './services.ts';

const drawn = [
  { what: 'acknowledge', title: 'Time to acknowledge' },
  { what: 'resolve', title: 'Time to resolve' },
] as const;

/** How long it took by month, a picture each. @throws OpsError when there is nothing to draw, or it can't be drawn. */
export async function statsPictures(
  stats: Statistics,
  { services, signal }: CommandContext<Services>,
): Promise<Picture[]> {
  if (!stats.all) throw new OpsError('not_found', `No incident in ${stats.period.words} to draw`);
  const charts = drawn.map((each) => statsChart(stats, each));
  const pngs = await services.charts.draw(charts, signal);
  return charts.map((chart, index) => ({
    name: `${drawn[index]!.what}-${stats.period.words.replaceAll(' ', '-')}.png`,
    title: `${chart.title}, ${stats.period.words}`,
    alt: `Bar chart. ${chart.title}, median by month: ${chart.bars.map(({ label, value, shown }) => `${label} ${value === null ? 'none' : shown}`).join(', ')}`,
    png: pngs[index]!,
  }));
}

/** Medians by month. Pure. */
export function statsChart({ months, period }: Statistics, { what, title }: (typeof drawn)[number]): BarChart {
  const bars = months.map((month) => {
    const median = 'label' in month ? month[what].median : null;
    return { label: monthName(month.key), value: median, shown: median === null ? '' : shortDuration(median) };
  });
  return { kind: 'bars', title, subtitle: `Median by month of declaration · ${period.words}`, bars };
}

/** `2026-10` → `Oct 26`. */
function monthName(key: string): string {
  const day = new Date(`${key}-01T00:00:00Z`);
  return day.toLocaleDateString('en-US', { timeZone: 'UTC', month: 'short', year: '2-digit' });
}

/** One unit alone, to fit above a bar: `1.5 h`. */
function shortDuration(ms: number): string {
  if (ms >= 36 * 3_600_000) return `${(ms / 86_400_000).toFixed(1)} d`;
  if (ms >= 90 * 60_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : formatDuration(ms);
}
