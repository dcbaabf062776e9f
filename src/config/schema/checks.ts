import { z } from 'zod';
import { duration, hitsOf, identifier, oneOrMany, owner, percent, runbook, staleAfter } from './scalars.ts';
import { channel } from './team.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

/** What a check and the `defaults` section have in common: when it runs and when it counts. */
const timing = {
  // The schedule looks every five seconds for what is due.
  every: duration(5 * second, 31 * day)
    .optional()
    .meta({ description: 'how often it is measured', fallback: '5m' }),
  timeout: duration(100, hour).optional().meta({
    description: 'for one attempt; above 10 s it is measured on its own, apart from the others',
    fallback: '5s',
  }),
  attempts: z.int('a whole number from 1 to 10').min(1).max(10).optional().meta({
    description: 'a failure, or no answer, is tried again before it is believed; all must fit into `every`',
    fallback: 2,
  }),
  retry_delay: duration(0, 10 * 60 * second)
    .optional()
    .meta({ description: 'between two attempts', fallback: '500ms' }),
  open_after: hitsOf.optional().meta({ description: 'bad results until people are told', fallback: '2 of 3' }),
  close_after: z.int('a whole number from 1 to 100').min(1).max(100).optional().meta({
    description: 'good results in a row until people are told that it is over',
    fallback: 2,
  }),
  stale_after: staleAfter.optional().meta({ description: 'a result older than this is stale', fallback: '3x' }),
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
const rules = oneOrMany(rule.transform((raw) => (typeof raw === 'string' ? { when: raw } : raw)))
  .optional()
  .meta({ title: 'condition, or a list' });
const ruleWords = 'beside the default rules of the type; with words of your own: `{when: CONDITION, say: WORDS}`';

// YAML 1.2 reads `off` as text, YAML 1.1 as false: both mean the same here.
const off = z.union([z.literal('off'), z.literal(false)]).transform(() => 'off' as const);
const limit = z.union([z.number(), off], { error: 'a number, or off' }).optional();
const limits = z.union([off, z.strictObject({ warn: limit, fail: limit, clear: limit })], {
  error: 'off, or new limits such as {warn: 70, fail: 90}',
});
export type FactOverride = z.output<typeof limits>;

/** Everything an operator may write in a check beside the parameters of its type. */
export const checkFields = z.strictObject({
  id: identifier.optional().describe('required; its name in answers and commands, used once'),
  group: identifier.optional().meta({ description: 'a group of the section `groups`', fallback: 'general' }),
  owner: owner.optional().describe("whom to turn to; default: the group's"),
  runbook: runbook
    .optional()
    .describe(
      "default: the group's; `api-down` is `templates/runbooks/api-down.md` beside the file, else the one that comes with Rounds",
    ),
  hint: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe("what to do first, in a sentence; shown when it isn't ok"),
  ...timing,
  held_for: duration(0, day)
    .optional()
    .meta({ description: 'how long a condition must be true before it counts', fallback: '0s' }),
  depends_on: oneOrMany(identifier)
    .optional()
    .meta({ title: 'id, or a list of ids', description: "checks without which this one can't be well" }),
  fail: rules.describe(`it fails when one is true; ${ruleWords}`),
  warn: rules.describe(`it warns when one is true; ${ruleWords}`),
  clear: rules.describe('all must be true before it is ok again'),
  defaults: z
    .union([off, z.literal('on').transform(() => 'on' as const), z.literal(true).transform(() => 'on' as const)], {
      error: 'off (to drop the default rules of the type), or on',
    })
    .optional()
    .meta({
      title: '`on` or `off`',
      description: '`off` drops the default rules of the type; then it needs rules of its own',
      fallback: 'on',
    }),
  override: z.record(z.string(), limits).optional().meta({
    title: 'map of facts',
    description: 'new limits for default rules, or none: `{status: {fail: 204}, crashing: off}`',
  }),
});
export type CheckFields = z.output<typeof checkFields>;
export const checkFieldNames = Object.keys(checkFields.shape);

export const group = z.strictObject({
  owner: owner.optional().describe('of its checks that name none'),
  runbook: runbook.optional().describe('of its checks that name none'),
  channel: channel.optional().describe('where alerts of its checks go; default: `slack.alerts`'),
  slo: percent
    .optional()
    .describe(
      'how much of a month none of its checks may fail: `99.9%`; the report section `slo` tells its error budget',
    ),
});
/** `data:` with nothing behind it is a group without an owner. */
export const groupsSection = z.record(
  identifier,
  z.union([group, z.null().transform((): z.output<typeof group> => ({}))]),
);
