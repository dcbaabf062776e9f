import { defineReportSection } from '../section.ts';
import { readObjectives } from '../slo/read.ts';
import { budgetTable, byStanding, objectiveLine, standingOf } from '../slo/say.ts';
import { sloOptions } from '../slo/schema.ts';

/** Uptime against what was promised, with the error budget: of the month or week so far, and once of the one before. */
export default defineReportSection({
  name: 'slo',
  summary: 'Uptime and numbers against their objectives, with the error budget used and left',
  options: sloOptions,
  async run(ctx, options) {
    const { read, missing } = await readObjectives(ctx, options);
    const told = read.filter((each) => standingOf(each) !== 'unmeasured').sort(byStanding);
    const standings = told.map(standingOf);
    const unmeasured = read
      .filter((each) => standingOf(each) === 'unmeasured')
      // Nothing was promised to whoever did not measure yet.
      .filter(({ isOver }) => !isOver)
      .map(({ label, period }) => `${label}: nothing was measured in ${period.name}: see /ops health`);
    const unknown = [...missing, ...unmeasured];
    const kept = standings.filter((standing) => standing === 'kept').length;
    return {
      title: 'SLO',
      attention: standings.includes('missed') ? 'act' : kept < told.length ? 'look' : 'none',
      lines: told.map((each) => objectiveLine(each, { zone: ctx.zone, consequence: options.consequence })),
      ...(told.length > 0 && { brief: `SLO ${kept}/${told.length}` }),
      ...(unknown.length > 0 && { unknown }),
      tables: budgetTable(told),
      values: Object.fromEntries(
        told.flatMap(({ label, period, found }) =>
          found.kind === 'uptime' && found.budget.uptime !== undefined
            ? [[`${label}, ${period.name}`, found.budget.uptime]]
            : [],
        ),
      ),
    };
  },
});
