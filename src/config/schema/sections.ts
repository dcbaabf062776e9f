import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { checkFields, defaultsSection, group, groupsSection } from './checks.ts';
import { contactEntry, contactsSection } from './contacts.ts';
import { documentEntry } from './documents.ts';
import { cron, duration, identifier, timeZone } from './scalars.ts';
import { channel, rolesSection, slackSection, teamSection } from './team.ts';
import { bridgeSection, ticketSection } from './ticket.ts';

const second = 1_000;
const minute = 60 * second;

const reportsSection = z.strictObject({
  scheduled: z
    .array(identifier)
    .optional()
    .describe(
      'which reports are made by themselves, by the names of their files; default: `morning`, and all of your own `templates/reports`',
    ),
});
export const windowEntry = z.strictObject({
  id: identifier.describe('shown: *muted until 04:45 by patches*'),
  match: z
    .strictObject({
      group: identifier.optional().describe('all checks of this group'),
      check: identifier.optional().describe('this check'),
    })
    .refine(({ group, check }) => group !== undefined || check !== undefined, 'a group or a check: {group: data}')
    .describe('`{group: ID}`, `{check: ID}`, or both'),
  cron: cron.describe('when it begins: minute, hour, day of month, month, day of week'),
  zone: timeZone.optional().describe("of `cron`; default: the team's"),
  for: duration(minute, 24 * 60 * minute).describe('how long it lasts'),
  mode: z
    .enum(['mute', 'skip'])
    .default('mute')
    .describe("`mute`: its checks run and don't count; `skip`: they don't run at all"),
});

const scriptsSection = z.strictObject({
  allow: z
    .array(z.string().trim().min(1))
    .default(['./checks'])
    .describe('folders whose programs may run, relative to the file'),
});

const watchdogHelp = 'the address that an outside watchdog waits to be called at, or {secret: HEARTBEAT_URL}';
const watchdogUrl = z
  .string()
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), watchdogHelp);

const heartbeatSection = z.strictObject({
  url: z
    .union([watchdogUrl, secretRef], { error: watchdogHelp })
    .describe('an outside watchdog, called every minute while Rounds is well'),
});

const emojiHelp = 'the name of an emoji without its colons, such as pushpin';
const timelineSection = z.strictObject({
  flags: z
    .array(z.string({ error: emojiHelp }).regex(/^[\p{L}\p{N}_+'-]{1,100}$/u, emojiHelp))
    .max(20)
    .meta({ title: 'names of emoji' })
    .default(['pushpin', 'round_pushpin', 'star'])
    .describe("reactions that keep a message in an incident's timeline; `[]` = none does"),
});

const contactHelp = 'a member id such as U012ABCDEF, or the id of a user group such as S012ABCDEF';
const breachSection = z.strictObject({
  assess_within: duration(3_600_000, 30 * 24 * 3_600_000)
    .prefault('72h')
    .describe('since PHI was said to be possible: the four factors are answered by then'),
  contact: z
    .string({ error: contactHelp })
    .regex(/^[UWS][A-Z0-9]{2,}$/, contactHelp)
    .optional()
    .describe(
      'who is mentioned when the assessment or a notice is due: `U012ABCDEF`, or `S012ABCDEF` for a user group',
    ),
});

const checklistsSection = z.strictObject({
  channel: channel.optional().describe('where they are posted; default: `slack.daily`, else `slack.alerts`'),
  scheduled: z
    .array(identifier)
    .default([])
    .meta({ title: 'list of ids' })
    .describe(
      'which of the shipped ones begin by their schedule; those in `templates/checklists` beside the file always do',
    ),
});

const regionHelp = 'a region such as eu-west-1';
const awsRegion = z.string({ error: regionHelp }).regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, regionHelp);
const roleHelp = 'the ARN of a role: arn:aws:iam::111122223333:role/rounds-read';
const awsAccount = z.strictObject({
  role: z
    .string({ error: roleHelp })
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, roleHelp)
    .describe('the role that the bot takes to read this account'),
  external_id: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'the external id that the role asks for')
    .optional()
    .describe('the external id that the role asks for'),
  region: awsRegion.optional().describe('of its checks that name none'),
});
const awsSection = z.strictObject({
  region: awsRegion.optional().describe('of checks whose account has none; default: AWS_REGION, or the profile’s'),
  accounts: z
    .record(identifier, awsAccount)
    .default({})
    .describe('other accounts than the one of the bot, each by the name that checks give as `account`; not `own`'),
});

const limitsSection = z.strictObject({
  concurrent: z
    .int('a whole number from 1 to 2000')
    .min(1)
    .max(2_000)
    .default(200)
    .describe('checks that run at the same time, in all'),
  per_lane: z
    .int('a whole number from 1 to 2000')
    .min(1)
    .max(2_000)
    .default(64)
    .describe(
      '… against one host, one AWS API, and of scripts; never more than 2 of `postgres`, `pgbouncer` and `postgres-query` with one DSN',
    ),
  sweep_deadline: duration(second, 10 * minute)
    .prefault('20s')
    .describe("`/ops health` answers after this long; what isn't measured by then is unknown"),
});

/** Every section but `checks`, which is read entry by entry since a check's type is one of its keys. */
export const sections = z.strictObject({
  version: z.literal(1, { error: '1' }).optional().describe('of this format; there is only one'),
  team: teamSection.prefault({}).describe('who it is for'),
  slack: slackSection.prefault({}).describe('its channels'),
  roles: rolesSection.prefault({}).describe('who may do what'),
  contacts: contactsSection
    .prefault({})
    .describe('who is reached when nobody answers; each is named as levels of severities name it'),
  defaults: defaultsSection.prefault({}).describe("of all checks that don't say otherwise"),
  groups: groupsSection.prefault({}).describe('what checks have in common; each is named by its id'),
  maintenance: z.array(windowEntry).default([]).describe('planned windows in which nobody is told'),
  scripts: scriptsSection.prefault({}).describe('which programs may run'),
  heartbeat: heartbeatSection.optional().describe('who watches Rounds'),
  timeline: timelineSection.prefault({}).describe('of incidents'),
  ticket: ticketSection.optional().describe('where incidents get a ticket'),
  bridge: bridgeSection.optional().describe('the call that people meet in'),
  reports: reportsSection.prefault({}).describe('reports that are made by themselves'),
  documents: z
    .array(documentEntry)
    .default([])
    .describe('documents that must be reviewed: the section `documents` of reports tells which are overdue'),
  breach: breachSection.prefault({}).describe('breaches of PHI'),
  checklists: checklistsSection.prefault({}).describe('what people go through, item by item'),
  aws: awsSection.prefault({}).describe('accounts and regions at AWS'),
  limits: limitsSection.prefault({}).describe('how much at the same time'),
  checks: z.unknown().optional().describe('what is watched: required, at least one'),
});
export type Sections = z.output<typeof sections>;

/** What the reference has a table of: the keys of each section, as they are written. */
export const describedSections: readonly { name: keyof Sections; prefix: string; schema: z.ZodType; guide: string }[] =
  [
    { name: 'team', prefix: 'team.', schema: teamSection, guide: 'the-sections' },
    { name: 'slack', prefix: 'slack.', schema: slackSection, guide: 'the-sections' },
    { name: 'roles', prefix: 'roles.', schema: rolesSection, guide: 'roles' },
    { name: 'contacts', prefix: 'contacts.NAME.', schema: contactEntry, guide: 'contacts' },
    { name: 'defaults', prefix: 'defaults.', schema: defaultsSection, guide: 'when-a-check-runs' },
    { name: 'groups', prefix: 'groups.ID.', schema: group, guide: 'the-sections' },
    { name: 'checks', prefix: '', schema: checkFields, guide: 'checks' },
    { name: 'maintenance', prefix: '', schema: windowEntry, guide: 'maintenance' },
    { name: 'scripts', prefix: 'scripts.', schema: scriptsSection, guide: 'scripts' },
    { name: 'heartbeat', prefix: 'heartbeat.', schema: heartbeatSection, guide: 'the-sections' },
    { name: 'timeline', prefix: 'timeline.', schema: timelineSection, guide: 'the-sections' },
    { name: 'ticket', prefix: 'ticket.', schema: ticketSection, guide: 'the-sections' },
    { name: 'bridge', prefix: 'bridge.', schema: bridgeSection, guide: 'the-sections' },
    { name: 'reports', prefix: 'reports.', schema: reportsSection, guide: 'reports' },
    { name: 'documents', prefix: '', schema: documentEntry, guide: 'documents' },
    { name: 'breach', prefix: 'breach.', schema: breachSection, guide: 'the-sections' },
    { name: 'checklists', prefix: 'checklists.', schema: checklistsSection, guide: 'checklists' },
    { name: 'aws', prefix: 'aws.', schema: awsSection, guide: 'several-aws-accounts' },
    { name: 'limits', prefix: 'limits.', schema: limitsSection, guide: 'limits' },
  ];
