import { z } from 'zod';
import { identifier } from './scalars.ts';

const slackHelp = 'a user group or person in quotes such as "@devops", or an id such as U012ABCDEF';
const phoneHelp = 'a phone number in quotes with its country such as "+1-555-0101"';
const pagerDutyId = z
  .string({ error: 'an id of PagerDuty such as PABC123, from the address of its page' })
  .regex(/^[A-Z0-9]{4,40}$/, 'an id of PagerDuty such as PABC123, from the address of its page');

export const contactEntry = z
  .strictObject({
    slack: z
      .string({ error: slackHelp })
      .regex(/^(@[\p{L}\p{N}._-]+|[UWS][A-Z0-9]{2,})$/u, slackHelp)
      .refine((name) => !['@channel', '@here', '@everyone'].includes(name), slackHelp)
      .optional()
      .describe('who is mentioned: `"@group"`, `S012ABCDEF` or `U012ABCDEF`'),
    email: z.email('an e-mail address').max(254).optional().meta({ title: 'e-mail address' }).describe('for e-mails'),
    phone: z
      .string({ error: phoneHelp })
      .regex(/^\+[0-9][0-9 ().-]{5,24}$/, phoneHelp)
      .optional()
      .meta({ title: 'phone number in quotes' })
      .describe('for text messages and calls; shown when nobody was paged'),
    backup: identifier.optional().describe('whom to call after them: the name of another contact'),
    pagerduty: z
      .strictObject({
        policy: pagerDutyId.optional().describe('those on call by this escalation policy'),
        schedule: pagerDutyId.optional().describe('those on call by this schedule'),
        level: z
          .int('a whole number from 1 to 20')
          .min(1)
          .max(20)
          .default(1)
          .describe("the policy's level; 2 is paged after 1"),
      })
      .optional()
      .describe('whoever is on call in PagerDuty: `{policy: PABC123, level: 2}` or `{schedule: PXYZ789}`'),
  })
  .refine(
    (contact) => Object.keys(contact).length > 0,
    'at least one way to reach them: slack, email, phone, pagerduty',
  );

export const contactsSection = z.record(identifier, contactEntry);
