import type { Charts } from '../charts/charts.ts';
import type { Picture } from '../kernel/command.ts';
import { OpsError } from '../kernel/errors.ts';
import { type Overview, type Period, periodWords, type Trend } from './periods.ts';
import { hasLine, overviewChart, overviewWords, trendChart, trendWords } from './views/chart.ts';

interface Drawing {
  charts: Charts;
  /** The team's. */
  zone: string;
  signal: AbortSignal;
}

/** The line of a check. @throws OpsError when it can't be drawn. */
export async function trendPicture(trend: Trend, { charts, zone, signal }: Drawing): Promise<Picture> {
  const [png] = await charts.draw([trendChart(trend, zone)], signal);
  const title = `${trend.id}: ${trend.fact}, ${periodWords(trend.period)}`;
  return { name: fileName(trend.id, trend.period), title, alt: `Line chart. ${trendWords(trend)}`, png: png! };
}

/** The rows of many checks; `title` heads it. @throws OpsError when nothing was measured, or it can't be drawn. */
export async function overviewPicture(
  overview: Overview,
  title: string,
  { charts, zone, signal }: Drawing,
): Promise<Picture> {
  if (!overview.rows.some(({ outcomes }) => outcomes.some((outcome) => outcome !== null))) {
    throw new OpsError('not_found', `Nothing was measured in the ${periodWords(overview.period)}`);
  }
  const [png] = await charts.draw([overviewChart(overview, { title, zone })], signal);
  const name = fileName(title, overview.period);
  const words = overviewWords(overview);
  return {
    name,
    title: `${title}, ${periodWords(overview.period)}`,
    alt: `Chart with a row a check. ${words}`,
    png: png!,
  };
}

/** A check's line, or, when it measures no number, its one row. */
export async function checkPicture(
  { trend, overview }: { trend: Trend; overview: () => Promise<Overview> },
  drawing: Drawing,
): Promise<Picture> {
  return hasLine(trend) ? trendPicture(trend, drawing) : overviewPicture(await overview(), trend.id, drawing);
}

function fileName(what: string, period: Period): string {
  return `${what.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-${period}.png`;
}
