import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { defaultApiUrl } from '../../paging/rest.ts';
import { duration } from '../aws/params.ts';

const id = z
  .string()
  .regex(/^[A-Z0-9]{3,20}$/, 'an id of PagerDuty such as PIJ90N7 (it is in the address of its page)');

export const pagerDutyParams = z.strictObject({
  token: secretRef.describe('a REST API key; a read-only one suffices'),
  api_url: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:\/\/[^/?#@]+\/?$/.test(text),
      'an origin such as https://api.eu.pagerduty.com',
    )
    .transform((text) => text.replace(/\/$/, ''))
    .prefault(defaultApiUrl)
    .describe('`https://api.eu.pagerduty.com` in the EU'),
  services: z.array(id).max(20).default([]).describe('ids of services; default: all that the key may read'),
  teams: z.array(id).max(20).default([]).describe('ids of teams; default: all'),
  since: duration.prefault('24h').describe('how far back resolved incidents and pages count'),
  ack_within: duration.prefault('15m').describe('a high-urgency incident that nobody acknowledged for longer fails'),
  pages: z.boolean().default(true).describe('read the log for who was paged; false = fewer questions'),
});

export type PagerDutyTarget = z.output<typeof pagerDutyParams>;
