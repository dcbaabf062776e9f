import { z } from 'zod';
import { oneOrMany, timeZone } from './scalars.ts';

const day = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const time = '([01]\\d|2[0-3]):[0-5]\\d';
const businessHours = new RegExp(`^${day}(-${day})?(,${day}(-${day})?)* ${time}-${time}$`);

const date = z.string({ error: 'a date such as 2026-12-25' }).refine(isDate, 'a date such as 2026-12-25');

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  // A day that doesn't exist (30 February) is moved to the next month: it comes back different.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

export const teamSection = z.strictObject({
  name: z.string().trim().min(1).max(80).default('Operations'),
  zone: timeZone.default('UTC'),
  business_hours: z
    .string({ error: 'days and hours such as "Mon-Fri 08:00-18:00"' })
    .regex(businessHours, 'days and hours such as "Mon-Fri 08:00-18:00"')
    .optional(),
  holidays: z.array(date).default([]),
});

const channelHelp = 'a channel in quotes such as "#ops-daily" (an unquoted # starts a comment), or its id';
export const channel = z
  .string({ error: channelHelp })
  .regex(/^(#[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{2,})$/u, channelHelp);

export const slackSection = z.strictObject({
  daily: channel.optional(),
  alerts: channel.optional(),
  incidents: channel.optional(),
  audit: channel.optional(),
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
const members = oneOrMany(member).optional();

export const rolesSection = z.strictObject({
  viewer: members,
  responder: members,
  operator: members,
  approver: members,
  admin: members,
});
