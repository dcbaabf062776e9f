import { z } from 'zod';
import { attentionOf, checkLine, compared } from '../check-line.ts';
import { defineReportSection } from '../section.ts';

/** What is not ok and was not so bad in the report before; what became well since, in the thread. */
export default defineReportSection({
  name: 'changes',
  summary: 'What changed since the report before: what is worse, and in the thread what is well again',
  options: z.strictObject({}),
  async run(ctx) {
    const { checks } = await ctx.health();
    const { worse, well } = compared(checks, { before: ctx.previousChecks, from: ctx.from });
    return {
      title: 'New',
      attention: attentionOf(worse),
      lines: [
        ...worse.map(checkLine),
        ...well.map(({ id, reason, since }) => ({
          ...{ mark: 'ok' as const, text: `${id}: ${reason}`, since: since.toISOString(), threadOnly: true as const },
        })),
      ],
      ...(well.length > 0 && { brief: `${well.length} well again` }),
    };
  },
});
