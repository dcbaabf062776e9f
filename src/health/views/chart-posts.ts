import type { Post, SlackBlock, TerminalStyle } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type Overview, periodWords, type Trend } from '../periods.ts';
import { overviewWords, trendWords } from './chart.ts';
import { chartHint, chartMenu } from './chart-menu.ts';
import { clean } from './clean.ts';
import { section } from './slack.ts';
import { outcomeStrip, sparkline } from './sparkline.ts';
import { faces } from './words.ts';

function chartPost(words: string, what: string, inView: boolean): Post {
  const text = escapeSlack(words);
  const actions: SlackBlock = { type: 'actions', elements: [chartMenu(what)] };
  return { text, blocks: [section(text), inView ? chartHint(what) : actions] };
}

/** What stands above the picture of a check; in a dialog there is none. */
export function trendPost(trend: Trend, inView = false): Post {
  return chartPost(trendWords(trend), `${trend.group}/${trend.id}`, inView);
}

/** What stands above the picture of many checks; `what` = nothing for all, or the group. */
export function overviewPost(overview: Overview, what: string, inView = false): Post {
  return chartPost(overviewWords(overview), what, inView);
}

const COLUMNS = 60;
const seen = 'Slack shows this as a picture: /ops health';

/** The same for a terminal: the line and the strip as text. */
export function trendText(trend: Trend, style: TerminalStyle): string {
  const width = Math.max(20, Math.min(COLUMNS, style.width - 20));
  const drawn = sparkline(
    trend.points.map(({ value }) => value),
    width,
  );
  return [
    `  ${clean(trendWords(trend))}`,
    ...(drawn ? [`  ${drawn}`] : []),
    `  (${seen} ${trend.group}/${trend.id} --chart ${trend.period})`,
  ].join('\n');
}

export function overviewText({ rows, period }: Overview, what: string, style: TerminalStyle): string {
  const names = Math.max(0, ...rows.map(({ id }) => id.length));
  const width = Math.max(20, Math.min(COLUMNS, style.width - names - 12));
  return [
    `${periodWords(period)[0]!.toUpperCase()}${periodWords(period).slice(1)}, oldest on the left:`,
    ...rows.map(
      ({ id, now, outcomes }) => `${faces[now].word.padEnd(7)}  ${id.padEnd(names)}  ${outcomeStrip(outcomes, width)}`,
    ),
    `(${seen}${what && ` ${what}`} --chart ${period})`,
  ].join('\n');
}
