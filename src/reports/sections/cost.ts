import { z } from 'zod';
import type { CheckReport } from '../../health/model.ts';
import { aboutChecks, aboutKeys, attentionFor, notOkWords, openLines, showKey, stateCell } from '../estate/about.ts';
import { costBrief, costValues, servicesOf, unknownCosts } from '../estate/cost.ts';
import { changed, figure, isMeasured, listOf, numberOf, textOf } from '../estate/facts.ts';
import { fewRows } from '../estate/few.ts';
import { defineReportSection } from '../section.ts';

/** What the accounts cost. */
export default defineReportSection({
  name: 'cost',
  summary: 'Costs: the month against its budget, and in the thread the day against its average, and by service',
  options: z.strictObject({ ...aboutKeys, show: showKey }),
  async run(ctx, { checks, groups, show }) {
    const about = await aboutChecks(ctx, { checks, groups }, ({ type }) => type === 'cost');
    const before = ctx.previous?.values ?? {};
    const unknown = [...about.unknown, ...unknownCosts(about.checks)];
    const measured = about.checks.filter(isMeasured);
    return {
      title: 'Costs',
      attention: attentionFor({ ...about, unknown }, show),
      lines: openLines(about.checks, show),
      unknown,
      ...(about.checks.length > 0 && { brief: `${costBrief(about.checks)}${notOkWords(about.checks)}` }),
      tables: [
        ...fewRows(about.checks, {
          title: 'Costs',
          columns: ['Check', 'State', 'Day', 'Cost', 'Average', 'Over', 'Month', 'Budget', 'Forecast', 'Rising'],
          row: costRow,
        }),
        ...fewRows(measured.flatMap(servicesOf), {
          title: 'Costs by service, of the newest whole day',
          columns: ['Service', 'Cost', 'Report before', 'Check'],
          row: ({ key, service, amount, check }) => [
            service,
            changed(amount, before[key]),
            before[key] === undefined ? null : figure(before[key]),
            check,
          ],
        }),
      ],
      values: costValues(measured),
    };
  },
});

function costRow(check: CheckReport): (string | number | null)[] {
  const { id, outcome, reason } = check;
  if (!isMeasured(check)) return [id, stateCell(outcome), ...Array(7).fill('unknown'), reason];
  const amount = (name: string) => (check.facts[name] === undefined ? null : numberOf(check, name));
  const over = numberOf(check, 'over_average_pct');
  return [
    ...[id, stateCell(outcome), textOf(check, 'day'), amount('day_cost'), amount('average_cost')],
    over === null ? null : `${figure(over)} %`,
    ...[amount('month_to_date'), amount('budget'), amount('forecast')],
    listOf(check, 'rising')?.join(', ') || null,
  ];
}
