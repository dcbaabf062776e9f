import { z } from 'zod';
import { aboutChecks, aboutKeys, attentionFor, notOkWords, openLines, showKey, stateCell } from '../estate/about.ts';
import { certificatesOf, leftWords } from '../estate/certificates.ts';
import { fewRows } from '../estate/few.ts';
import { defineReportSection } from '../section.ts';

const types = ['tls', 'acm'];

/** Certificates, soonest first. */
export default defineReportSection({
  name: 'certificates',
  summary: 'Certificates by the days that are left: the fewest, and in the thread each with its end, soonest first',
  options: z.strictObject({ ...aboutKeys, show: showKey }),
  async run(ctx, { checks, groups, show }) {
    const about = await aboutChecks(ctx, { checks, groups }, ({ type }) => types.includes(type));
    const { known, unknown } = certificatesOf(about.checks);
    const [soonest] = known;
    const dated = new Set(known.map(({ check }) => check.id));
    return {
      title: 'Certificates',
      attention: attentionFor({ ...about, unknown: [...about.unknown, ...unknown] }, show),
      lines: openLines(about.checks, show),
      unknown: [...about.unknown, ...unknown],
      ...(about.checks.length > 0 && {
        brief: `certificates ${soonest ? leftWords(soonest.days) : 'unknown'}${notOkWords(about.checks)}`,
      }),
      tables: fewRows([...known, ...about.checks.filter(({ id }) => !dated.has(id))], {
        title: 'Certificates',
        columns: ['Certificate', 'Days left', 'Ends', 'Check', 'State', 'What'],
        row: (each) =>
          'days' in each
            ? [each.name, Math.floor(each.days), each.ends, each.check.id, stateCell(each.check.outcome), each.more]
            : [each.id, 'unknown', null, each.id, stateCell(each.outcome), each.reason],
      }),
      ...(soonest && { values: { soonest_days: soonest.days } }),
    };
  },
});
