import { z } from 'zod';
import { countOutcomes, verdictOf } from '../../health/model.ts';
import { countsLine, faces } from '../../health/views/words.ts';
import { defineReportSection } from '../section.ts';

/** The head says it; this adds how each group is, for the thread. */
export default defineReportSection({
  name: 'verdict',
  summary: 'How the systems are: in the head of the report, and by group in its thread',
  options: z.strictObject({}),
  async run(ctx) {
    const { checks, verdict } = await ctx.health();
    const groups = [...new Set(checks.map(({ group }) => group))].map((group) => {
      const counts = countOutcomes(checks.filter((check) => check.group === group));
      return { group, counts, face: faces[verdictOf(counts)] };
    });
    return {
      title: 'Systems',
      attention: verdict === 'ok' ? 'none' : verdict === 'fail' ? 'act' : 'look',
      lines: [],
      tables: [
        {
          title: 'By group',
          columns: ['Group', 'State', 'Checks'],
          rows: groups.map(({ group, counts, face }) => [group, `${face.mark} ${face.word}`, countsLine(counts)]),
        },
      ],
    };
  },
});
