import { z } from 'zod';
import { identifier } from '../../config/schema/scalars.ts';
import { readTarget } from './target.ts';

/** Where a number should be. */
export const target = z
  .string()
  .transform((text, context) => {
    const read = readTarget(text);
    if (read) return read;
    context.addIssue({ code: 'custom', message: 'a bound such as "< 500" or ">= 99.9"' });
    return z.NEVER;
  })
  .meta({ title: 'a bound: `"< 500"`, `"<= 1"`, `"> 95"`, `">= 99.9"`' });

/** One metric that the operator names. */
export const shownMetric = z.strictObject({
  check: identifier.describe('the id of its check'),
  fact: z
    .string()
    .max(200)
    .optional()
    .describe('which number: `p95_ms`, `json.database.latency`; default: what its chart draws'),
  label: z.string().trim().min(1).max(60).optional().describe("its name; default: the check's and the fact's"),
  target: target.optional().describe("where it should be; default: from the check's rules"),
  unit: z.string().max(20).optional().describe("behind the value; default: the fact's"),
  of: z
    .union([z.number(), z.string().max(200)])
    .optional()
    .describe('what it is out of, for `12/25`: a number, or another fact of the check')
    .meta({ title: 'number, or a fact' }),
  digits: z.int().min(0).max(6).optional().describe('digits behind the point; default: up to 3'),
});
/** One whose past is told: of numbers within other facts none is kept. */
export const pastMetric = shownMetric.omit({ of: true, digits: true });
export type PastMetric = z.output<typeof pastMetric>;
export type ShownMetric = z.output<typeof shownMetric>;
