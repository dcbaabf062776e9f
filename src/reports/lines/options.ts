import { z } from 'zod';
import { identifier } from '../../config/schema/scalars.ts';

const named = z
  .union([identifier, z.array(identifier).min(1).max(100)])
  .transform((ids) => ({ kind: 'checks' as const, ids: Array.isArray(ids) ? ids : [ids] }));

const condition = z
  .strictObject({
    check: identifier.describe('the id of the check whose facts it reads'),
    when: z.string().trim().min(1).max(500).describe('true = ok: `p95_ms < 500`'),
  })
  .transform(({ check, when }) => ({ kind: 'condition' as const, check, when }));

/** A line of the operator's own. */
export const ownLine = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .describe(
      '`{api.p95_ms}` = a fact, `{api.p95_ms:1}` with so many digits, `{api.p95_ms:unit}` with its unit, `{api}` = its state, `{ok}` = ✓ or ✗',
    ),
  ok: z
    .union([named, condition])
    .optional()
    .describe('what decides: a check, a group, `all`, a list of them, or `{check, when}` with a condition')
    .meta({ title: 'an id, a list of ids, or a map of `check`, `when`' }),
  else: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .optional()
    .describe('what it says when it is not ok; `{reasons}` = why, `{failing}` of `{total}` = how many'),
});
export type OwnLine = z.output<typeof ownLine>;

export const ownLines = z.strictObject({
  title: z.string().trim().min(1).max(80).describe('its few words; `{ok}` becomes ✅, ⚠️, ❌ or ⚪'),
  lines: z.array(ownLine).min(1).max(40).describe('each `{text, ok, else}`, in their order'),
  brief: z.string().trim().min(1).max(100).optional().describe('its words on a quiet day, with `{…}` as in a line'),
});
