import { z } from 'zod';
import type { CheckReport } from '../../health/model.ts';
import { aboutChecks, aboutKeys, attentionFor, countWords, openLines, showKey, stateCell } from '../estate/about.ts';
import { isMeasured, textOf } from '../estate/facts.ts';
import { fewRows } from '../estate/few.ts';
import { defineReportSection } from '../section.ts';

/** Jobs elsewhere that report their runs. */
export default defineReportSection({
  name: 'heartbeats',
  summary:
    'Jobs that report their runs: how many are well, and in the thread the last run of each and how long it took',
  options: z.strictObject({ ...aboutKeys, show: showKey }),
  async run(ctx, { checks, groups, show }) {
    const about = await aboutChecks(ctx, { checks, groups }, ({ type }) => type === 'heartbeat');
    const good = about.checks.filter(({ outcome }) => outcome === 'ok').length;
    return {
      title: 'Jobs',
      attention: attentionFor(about, show),
      lines: openLines(about.checks, show),
      unknown: about.unknown,
      ...(about.checks.length > 0 && { brief: `jobs ${countWords({ good, of: about.checks.length }, about.checks)}` }),
      tables: fewRows(about.checks, {
        title: 'Jobs',
        columns: ['Job', 'State', 'Last success', 'Ago', 'Took', 'Next due', 'What'],
        row: (check) => [
          check.id,
          stateCell(check.outcome),
          ...['last_ok_at', 'age', 'run_time', 'expected_at'].map((name) => cell(check, name)),
          check.outcome === 'ok' ? null : check.reason,
        ],
      }),
    };
  },
});

function cell(check: CheckReport, fact: string): string | null {
  return isMeasured(check) ? textOf(check, fact) : 'unknown';
}
