import { z } from 'zod';
import { duration, identifier, oneOrMany, runbook } from '../config/schema/scalars.ts';
import { parseDuration } from '../kernel/duration.ts';
import { levelWays, type Recipient, type ResponseTime, roleNames, urgencies, ways } from './model.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const words = (most: number) => z.string().trim().min(1).max(most);

const responseHelp = 'a duration from 1 min to 30 d such as 15m, or next business day';
const responseTime = z
  .string({ error: responseHelp })
  .transform((text, context): ResponseTime => {
    if (text === 'next business day') return { kind: 'next_business_day' };
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= minute && ms <= 30 * day) return { kind: 'within', ms };
    context.addIssue({ code: 'custom', message: responseHelp });
    return z.NEVER;
  })
  .meta({ title: 'duration, 1 min to 30 d, or `next business day`' });

const kinds: [kind: Recipient['kind'], shape: RegExp][] = [
  ['contact', /^[a-z0-9]+(-[a-z0-9]+)*$/],
  ['member', /^(@[\p{L}\p{N}._-]+|[UWS][A-Z0-9]{2,})$/u],
  ['channel', /^(#[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{2,})$/u],
  ['email', /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/],
  ['phone', /^\+[0-9][0-9 ().-]{5,24}$/],
];
const recipientHelp =
  'a name such as on-call, or in quotes a group "@devops", a channel "#alerts", an address "anna@example.com" or a number "+1-555-0101"';
const recipient = z
  .string({ error: recipientHelp })
  .max(120, recipientHelp)
  .transform((name, context): Recipient => {
    const kind = ['@channel', '@here', '@everyone'].includes(name)
      ? undefined
      : kinds.find(([, shape]) => shape.test(name))?.[0];
    if (kind !== undefined) return { kind, name };
    context.addIssue({ code: 'custom', message: recipientHelp });
    return z.NEVER;
  });

/** A duration, or `off` for none. */
function orOff(minMs: number, maxMs: number, range: string) {
  return z.union([z.literal('off', { error: 'off' }), duration(minMs, maxMs)]).meta({ title: `${range}, or \`off\`` });
}

const way = z.enum(ways);
const rhythm = duration(5 * minute, 7 * day);

const levelEntry = z.strictObject({
  after: duration(0, day).describe('since the first page or message'),
  way: z.enum(levelWays).describe('how they are reached'),
  to: oneOrMany(recipient)
    .describe(
      'whom: a name of the directory such as `on-call`; in quotes a group or person, a channel, an e-mail address, a phone number',
    )
    .meta({ title: 'one, or a list' }),
});

const stakeholderEntry = z.strictObject({
  who: words(60).describe('who must be told: `Management`'),
  within: duration(minute, 30 * day).describe('since the declaration'),
  how: words(80).optional().describe('`e-mail and phone`, for the person who does it'),
  only_if: z.literal('phi', { error: 'phi' }).optional().describe('only when PHI may be involved'),
  decides: words(60).optional().describe('who decides whether, and what, they are told'),
});

/** A file `templates/incidents/<id>.yml`. */
export const severityFile = z.strictObject({
  label: words(40).describe('what people see: `P0 Critical`; each of its words names it too'),
  rank: z.int('a whole number from 0 to 20').min(0).max(20).describe('lower is worse; each severity has its own'),
  criteria: oneOrMany(words(200))
    .refine((list) => list.length > 0 && list.length <= 20, '1 to 20 sentences')
    .describe('when to choose it: sentences that the declare dialog shows')
    .meta({ title: 'text, or list of text' }),
  response_time: responseTime.describe('how soon somebody must be at work on it'),
  page: z
    .union([way, z.strictObject({ hours: way, off_hours: way })])
    .describe('how people are told, at any hour or by `team.business_hours`: `{hours: page, off_hours: email}`')
    .meta({ title: '`page`, `email` or `slack`, or a map of `hours` and `off_hours`' }),
  urgency: z
    .enum(urgencies)
    .optional()
    .describe("PagerDuty's word for it; default by `response_time`: critical to 15 min, error to 1 h, warning to 4 h"),
  escalation: z
    .strictObject({
      by: z
        .enum(['pagerduty', 'rounds'])
        .optional()
        .describe('who escalates while nobody acknowledges; default: `rounds` with `levels`, else `pagerduty`'),
      levels: z.array(levelEntry).max(20).default([]).describe('the steps of `rounds`, in their order'),
    })
    .prefault({})
    .describe('what follows while nobody acknowledges'),
  roles: z
    .strictObject({
      needed: z
        .array(z.enum(roleNames))
        .optional()
        .describe('which must be filled; default: `[commander]` with a `response_time` up to 1h'),
      nudge_after: duration(minute, day).prefault('5m').describe('when people are asked to fill them'),
    })
    .prefault({})
    .describe('roles of the incident'),
  update_every: z
    .union([z.literal('off', { error: 'off' }), rhythm, z.strictObject({ open: rhythm, recovery: rhythm })])
    .optional()
    .describe('when the next update is due; default: 30m with a `response_time` up to 1h, else off')
    .meta({ title: 'duration, 5 min to 7 d, a map of `open` and `recovery`, or `off`' }),
  stakeholders: z.array(stakeholderEntry).max(20).default([]).describe('who must be told in time'),
  runbooks: oneOrMany(runbook)
    .default([])
    .describe('offered: URLs, or names of files in `templates/runbooks`')
    .meta({ title: 'one, or a list' }),
  checklists: oneOrMany(identifier)
    .default([])
    .describe('offered: names of files in `templates/checklists`')
    .meta({ title: 'one, or a list' }),
  messages: z
    .strictObject({
      notification: identifier.default('notification').describe('of the declaration'),
      update: identifier.default('update').describe('of each update'),
      resolution: identifier.default('resolution').describe('of the end'),
    })
    .prefault({})
    .describe('its texts: names of files in `templates/messages`'),
  report_within: orOff(minute, 365 * day, 'duration, 1 min to 365 d')
    .optional()
    .describe('since the resolution; default: 24h with a `response_time` up to 1h, else off'),
  postmortem_within: orOff(minute, 365 * day, 'duration, 1 min to 365 d')
    .optional()
    .describe('since the resolution; default: 72h with a `response_time` up to 1h, else off'),
  archive_after: orOff(60 * minute, 365 * day, 'duration, 1 h to 365 d')
    .prefault('7d')
    .describe('its channel is archived so long after the resolution'),
});
export type SeverityFile = z.output<typeof severityFile>;

/** What the reference tells of these files. */
export const describedSeverities = {
  name: 'severities',
  path: 'templates/incidents/ID.yml',
  help: 'how bad an incident is, and what follows',
  guide: 'severities',
  schema: severityFile,
};
