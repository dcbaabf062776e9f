import { isPeriod, statsPeriod } from '../src/incidents/stats/period.ts';
import { type Shown, statsPost, statsText } from '../src/incidents/stats/views.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';
import { statsPictures } from '../src/stats-charts.ts';

const usual = '90d';
const hint = 'usage: stats [30d | 90d | 2026-10 | 2026] [severity | system | month] [--chart]';

export default defineCommand<Services>({
  name: 'stats',
  summary: 'Show how many incidents there were, and how long it took to acknowledge, mitigate and resolve them',
  usage: '[30d | 90d | 2026-10 | 2026] [severity | system | month] [--chart]',
  examples: ['stats', 'stats 30d', 'stats 2026-10 system', 'stats 2026 --chart'],
  role: 'viewer',
  async run(ctx, args) {
    const { incidents, ops } = ctx.services;
    const { period: word, shown, chart } = wordsOf(args);
    const period = statsPeriod(word, ctx.clock.now(), ops.team.zone);
    const stats = await incidents.statistics({ period, viewer: ctx.actor });
    return {
      place: stats.confidential ? 'asker' : 'channel',
      slack: () => statsPost(stats, shown),
      terminal: () => statsText(stats, shown),
      json: () => stats,
      ...(chart && { pictures: { asked: true, draw: () => statsPictures(stats, ctx) } }),
    };
  },
});

function wordsOf(args: readonly string[]): { period: string; shown: Shown; chart: boolean } {
  let period: string | undefined;
  let shown: Shown;
  let chart = false;
  for (const word of args.map((each) => each.toLowerCase())) {
    if (word === '--chart') chart = true;
    else if (period === undefined && isPeriod(word)) period = word;
    else if (shown === undefined && (word === 'severity' || word === 'system' || word === 'month')) shown = word;
    else throw new OpsError('invalid', `"${echo(word)}" is not understood here`, { hint });
  }
  return { period: period ?? usual, shown, chart };
}
