import { z } from 'zod';
import { duration, identifier, oneOrMany } from '../config/schema/scalars.ts';
import { scheduleEntry } from '../config/schema/schedule.ts';
import { channel } from '../config/schema/team.ts';
import { evidences } from './model.ts';

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const words = (most: number) => z.string().trim().min(1).max(most);

const ownerHelp = 'a name of the contacts such as cto, or in quotes a group or person such as "@devops"';
const owner = z
  .string({ error: ownerHelp })
  .max(80, ownerHelp)
  .regex(/^(@[\p{L}\p{N}._-]+|[UWS][A-Z0-9]{2,}|[a-z0-9]+(-[a-z0-9]+)*)$/u, ownerHelp)
  .refine((name) => !['@channel', '@here', '@everyone'].includes(name), ownerHelp)
  .meta({ title: 'contact, or `"@group"` or person in quotes' });

const byHelp = 'a time of the day such as "10:00"';

const autoHelp = 'one of {check: ID}, {group: ID} and {type: TYPE}';
const auto = z
  .strictObject({
    check: identifier.optional().describe('the check of this id in ops.yml'),
    group: identifier.optional().describe('all checks of this group, the worst of which counts'),
    type: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .optional()
      .describe('all checks of this type, likewise'),
    when: words(2_000)
      .optional()
      .describe('a condition over the facts of `check` that must hold; default: its outcome is ok'),
    warn: z.enum(['pass', 'fail']).default('fail').describe('whether a check that warns ticks the item'),
  })
  .superRefine(({ check, group, type, when }, context) => {
    const named = [check, group, type].filter((each) => each !== undefined).length;
    if (named !== 1) context.addIssue({ code: 'custom', message: autoHelp });
    else if (when !== undefined && check === undefined)
      context.addIssue({
        code: 'custom',
        path: ['when'],
        message: '`when` with `check` alone: it reads the facts of one',
      });
  });

const itemEntry = z.strictObject({
  id: identifier.describe('its name within the checklist, used once'),
  title: words(150).describe('what is to be done or seen, in a line'),
  how: words(1_000).optional().describe('how it is done and what is good: a line or two'),
  section: words(60).optional().describe('a heading; items with the same one stand together'),
  owner: owner.optional().describe("whose item it is; default: the checklist's"),
  expected: duration(second, 30 * day)
    .optional()
    .describe('how long a person needs for it'),
  evidence: z
    .enum(evidences)
    .default('none')
    .describe('what must stand beside the tick: `note` is a few words, `link` a URL'),
  optional: z.boolean().default(false).describe('the checklist can be done without it'),
  not_applicable: z.boolean().default(true).describe('whether it can be left out, with a reason'),
  auto: auto
    .optional()
    .describe('what ticks it by itself; a check that ops.yml does not have leaves it to a person')
    .meta({ title: '{check: ID}, {group: ID} or {type: TYPE}' }),
});

/** A file `templates/checklists/<id>.yml`. */
export const checklistFile = z.strictObject({
  title: words(100).describe('what people see: `Morning checklist`'),
  summary: words(300).optional().describe('what it is for, in a sentence'),
  owner: owner.optional().describe('who is reminded, and attests at the end; default: any responder attests'),
  channel: channel.optional().describe('where it is posted; default: `checklists.channel` of ops.yml'),
  schedule: oneOrMany(scheduleEntry)
    .default([])
    .describe(
      'when it begins by itself: `Mon-Fri 08:30`, `{at: first Mon 14:00, zone: UTC, holidays: skip}`; default: on demand alone',
    )
    .meta({ title: 'days and time, a map of `at`, `zone` and `holidays`, or a list' }),
  due: z
    .union(
      [
        z.strictObject({ within: duration(minute, 365 * day) }),
        z.strictObject({ by: z.string({ error: byHelp }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, byHelp) }),
      ],
      { error: '{within: 60m}, or {by: "10:00"}' },
    )
    .prefault({ within: '8h' })
    .describe('`{within: 60m}` since its beginning, or `{by: "10:00"}`: the next time the clock says so')
    .meta({ title: '{within: DURATION} or {by: TIME}' }),
  missed: z
    .enum(['latest', 'skip'])
    .default('latest')
    .describe('when Rounds was away at the times of `schedule`: begin the latest of them now, or none'),
  expected: duration(second, 365 * day)
    .optional()
    .describe('how long all of it takes a person who does it by hand; default: the sum of its items'),
  attest: z.boolean().default(true).describe('whether the owner confirms at the end that it was done'),
  chase: z
    .strictObject({
      after: duration(minute, 30 * day)
        .prefault('15m')
        .describe('the second reminder, since it was due; then twice as long each time, up to 24h'),
      hours: z
        .enum(['business', 'always'])
        .default('business')
        .describe('`business`: nobody is reminded outside of `team.business_hours`'),
    })
    .prefault({})
    .describe('how people are reminded of what is overdue'),
  items: z.array(itemEntry).min(1, 'at least one item').max(200).describe('1 to 200 of them, in their order'),
});
export type ChecklistFile = z.output<typeof checklistFile>;

/** What the reference tells of these files. */
export const describedChecklists = {
  name: 'checklist-files',
  path: 'templates/checklists/ID.yml',
  help: 'what people go through, item by item',
  guide: 'checklists',
  schema: checklistFile,
};
