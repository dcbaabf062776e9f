import { z } from 'zod';
import { duration, hitsOf, identifier, oneOrMany, owner, percent, runbook, staleAfter } from './scalars.ts';
import { channel } from './team.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

/** What a check and the `defaults` section have in common: when it runs and when it counts. */
const timing = {
  // The schedule looks every five seconds for what is due.
  every: duration(5 * second, 31 * day).optional(),
  timeout: duration(100, hour).optional(),
  attempts: z.int('a whole number from 1 to 10').min(1).max(10).optional(),
  retry_delay: duration(0, 10 * 60 * second).optional(),
  open_after: hitsOf.optional(),
  close_after: z.int('a whole number from 1 to 100').min(1).max(100).optional(),
  stale_after: staleAfter.optional(),
};

export const defaultsSection = z.strictObject(timing);
export type Timing = z.output<typeof defaultsSection>;

const ruleHelp = 'a condition such as "latency_ms > 500"';
const rule = z.union([
  z.string({ error: ruleHelp }).trim().min(1, ruleHelp).max(2_000),
  z.strictObject({
    when: z.string({ error: ruleHelp }).trim().min(1, ruleHelp).max(2_000),
    say: z.string().trim().min(1).max(500).optional(),
  }),
]);
const rules = oneOrMany(rule.transform((raw) => (typeof raw === 'string' ? { when: raw } : raw))).optional();

// YAML 1.2 reads `off` as text, YAML 1.1 as false: both mean the same here.
const off = z.union([z.literal('off'), z.literal(false)]).transform(() => 'off' as const);
const limit = z.union([z.number(), off], { error: 'a number, or off' }).optional();
const limits = z.union([off, z.strictObject({ warn: limit, fail: limit, clear: limit })], {
  error: 'off, or new limits such as {warn: 70, fail: 90}',
});
export type FactOverride = z.output<typeof limits>;

/** Everything an operator may write in a check beside the parameters of its type. */
export const checkFields = z.strictObject({
  id: identifier.optional(),
  group: identifier.optional(),
  owner: owner.optional(),
  runbook: runbook.optional(),
  hint: z.string().trim().min(1).max(500).optional(),
  ...timing,
  held_for: duration(0, day).optional(),
  depends_on: oneOrMany(identifier).optional(),
  fail: rules,
  warn: rules,
  clear: rules,
  defaults: z
    .union([off, z.literal('on').transform(() => 'on' as const), z.literal(true).transform(() => 'on' as const)], {
      error: 'off (to drop the default rules of the type), or on',
    })
    .optional(),
  override: z.record(z.string(), limits).optional(),
});
export type CheckFields = z.output<typeof checkFields>;
export const checkFieldNames = Object.keys(checkFields.shape);

const group = z.strictObject({
  owner: owner.optional(),
  runbook: runbook.optional(),
  channel: channel.optional(),
  slo: percent.optional(),
});
/** `data:` with nothing behind it is a group without an owner. */
export const groupsSection = z.record(
  identifier,
  z.union([group, z.null().transform((): z.output<typeof group> => ({}))]),
);
