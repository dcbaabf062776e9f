import { z } from 'zod';
import { attentionOf, checkLine, compared, isOpen } from '../check-line.ts';
import { defineReportSection } from '../section.ts';

/** What was as bad in the report before, oldest first. What is new stands in `changes`. */
export default defineReportSection({
  name: 'open',
  summary: 'What is still open since the report before, oldest first, with its age and owner',
  options: z.strictObject({
    all: z.boolean().default(false).describe('also what is new: for a report without `changes`'),
  }),
  async run(ctx, { all }) {
    const { checks } = await ctx.health();
    const { standing, worse } = compared(checks, { before: ctx.previousChecks, from: ctx.from });
    const open = (all ? checks.filter(isOpen) : standing).toSorted((a, b) => a.since.getTime() - b.since.getTime());
    return {
      title: 'Open',
      attention: attentionOf(open),
      lines: open.map(checkLine),
      // Nothing is open but what is new: that would read as if all were well.
      ...(open.length + worse.length === 0 && { brief: 'nothing open' }),
    };
  },
});
