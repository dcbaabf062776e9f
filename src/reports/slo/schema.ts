import { z } from 'zod';
import { identifier, owner, percent } from '../../config/schema/scalars.ts';
import { target } from '../metrics/options.ts';

const words = z.string().trim().min(1).max(200);

/** What was promised of a check or group: `uptime`, or a `fact` within its `target`. */
export const objective = z
  .strictObject({
    check: identifier.optional().describe('a check of `ops.yml`'),
    group: identifier.optional().describe('a group: down while any of its checks fails'),
    uptime: percent.optional().describe('of the measured time: `99.95%`; warn counts as up, muted time is left out'),
    fact: z.string().min(1).max(200).optional().describe('a number of the check, with `target`'),
    target: target.optional().describe('what its mean over the period should be: `< 500`'),
    share: percent
      .optional()
      .describe(
        'in how many of its hours the mean should be within the target; quantiles of single measurements are not kept: name a fact that is one, such as `p95_ms`',
      ),
    period: z.enum(['month', 'week']).default('month').describe("by the calendar of the report's zone"),
    label: z.string().trim().min(1).max(60).optional().describe('what it is called; default: the id'),
    unit: z.string().trim().max(10).optional().describe('shown behind numbers; default: the unit of the fact'),
    owner: owner.optional().describe("who is turned to; default: the check's or the group's"),
    consequence: words.optional().describe('what follows when it is missed: `no releases until it is kept again`'),
  })
  .superRefine(({ check, group, uptime, fact, target: wanted, share }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if ((check === undefined) === (group === undefined)) refuse('either `check` or `group`');
    if ((uptime === undefined) === (fact === undefined)) refuse('either `uptime`, or `fact` with `target`');
    if ((fact === undefined) !== (wanted === undefined)) refuse('`fact` and `target` together');
    if (fact !== undefined && group !== undefined) refuse('the `check` whose `fact` it is, no group');
    if (share !== undefined && fact === undefined) refuse('`share` with a `fact` alone');
  });
export type Objective = z.output<typeof objective>;

export const sloOptions = z.strictObject({
  objectives: z.array(objective).max(100).default([]).describe('what was promised, besides `groups.ID.slo`'),
  groups: z.boolean().default(true).describe('whether the groups of `ops.yml` that have a `slo` are told of'),
  before: z.boolean().optional().describe('also the period before; default: in the first report after its end'),
  consequence: words.optional().describe('what follows when one is missed that names nothing itself'),
});
export type SloOptions = z.output<typeof sloOptions>;
