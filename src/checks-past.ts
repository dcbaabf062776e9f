import type { Charts } from './charts/charts.ts';
import type { Health } from './health/health.ts';
import { type Period, periods } from './health/periods.ts';
import { trendPicture } from './health/pictures.ts';
import { hasLine } from './health/views/chart.ts';
import type { ChecksPast } from './incidents/ports.ts';
import { OpsError } from './kernel/errors.ts';

const most = 4;
const lengthsMs: Record<Period, number> = { '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 };

/** What incidents ask of the history of checks. */
export function checksPastOf(
  health: Pick<Health, 'between' | 'trend'>,
  { charts, zone }: { charts: Charts; zone: string },
): ChecksPast {
  return {
    notOk: (from, to) => health.between(from, to),
    async pictures(ids, { from, to }, signal) {
      const period = periods.find((each) => lengthsMs[each] >= to.getTime() - from.getTime()) ?? '30d';
      const pictures = [];
      for (const id of ids) {
        if (pictures.length === most) break;
        const trend = await health.trend(id, period, to).catch(ifThere);
        if (trend && hasLine(trend)) pictures.push(await trendPicture(trend, { charts, zone, signal }));
      }
      return pictures;
    },
  };
}

/** Its check may not be configured any more. */
function ifThere(error: unknown): undefined {
  if (!(error instanceof OpsError) || error.code !== 'not_found') throw error;
}
