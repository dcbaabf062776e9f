import { z } from 'zod';
import { date, oneOrMany, timeZone } from './scalars.ts';

const day = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const time = '([01]\\d|2[0-3]):[0-5]\\d';
const businessHours = new RegExp(`^${day}(-${day})?(,${day}(-${day})?)* ${time}-${time}$`);

export const teamSection = z.strictObject({
  name: z.string().trim().min(1).max(80).default('Operations').describe('read and checked; nothing uses it yet'),
  zone: timeZone.default('UTC').describe('of times in the terminal and in alerts, and of maintenance windows'),
  business_hours: z
    .string({ error: 'days and hours such as "Mon-Fri 08:00-18:00"' })
    .regex(businessHours, 'days and hours such as "Mon-Fri 08:00-18:00"')
    .optional()
    .describe(
      '`Mon-Fri 08:00-18:00`, `Mon,Wed-Fri 09:00-17:00`: when severities that tell people by the hour do so as `page.hours` says; default: always',
    ),
  holidays: z.array(date).default([]).describe('`[2026-12-25]`: days without business hours'),
});

const channelHelp = 'a channel in quotes such as "#ops-daily" (an unquoted # starts a comment), or its id';
export const channel = z
  .string({ error: channelHelp })
  .regex(/^(#[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{2,})$/u, channelHelp)
  .meta({ title: '`"#name"` in quotes, or id' });

export const slackSection = z.strictObject({
  daily: channel
    .optional()
    .describe('the channel of the day: of reports, checklists, and the signed head, when they name no other'),
  alerts: channel.optional().describe('where alerts go'),
  incidents: channel.optional().describe('where incidents are announced; default: `slack.alerts`'),
  audit: channel
    .optional()
    .describe(
      'where the signed head of the audit goes every morning at 06:00; default: `slack.daily`, else `slack.alerts`',
    ),
});

const memberHelp =
  'a user group such as "@platform", a user or group id such as U012ABCDEF, or os:NAME for the terminal';
const member = z
  .string({ error: memberHelp })
  .regex(/^(@[\p{L}\p{N}._-]+|[UWS][A-Z0-9]{2,}|os:[\w.@\\-]+)$/u, memberHelp)
  .refine(
    (text) => !['@channel', '@here', '@everyone'].includes(text),
    'a user group: @channel, @here and @everyone are none',
  );
const members = oneOrMany(member).optional().meta({ title: 'one, or a list' });
const who = '`"@group"`, `S012ABCDEF`, `U012ABCDEF` or `os:NAME`';

export const rolesSection = z.strictObject({
  viewer: members.describe(`may look; when nobody is named, every full member may: ${who}`),
  responder: members.describe(`may react, as by muting a check: ${who}`),
  operator: members.describe(`may change what runs: ${who}`),
  approver: members.describe(`may allow what an operator asks for: ${who}`),
  admin: members.describe(`may do everything: ${who}`),
});
