import { z } from 'zod';
import { parseDuration } from '../../kernel/duration.ts';
import { secretRef } from '../../kernel/secret.ts';
import { baseUrl } from '../network/json-api.ts';
import { mostIssues } from './read.ts';

/** Sentry puts it into addresses. */
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'a slug as in its address, such as my-shop');

export const sentryParams = z.strictObject({
  url: baseUrl.prefault('https://sentry.io').describe('where Sentry is, for one of your own'),
  organization: slug.describe('slug of the organisation'),
  projects: z
    .array(slug)
    .min(1)
    .max(50)
    .optional()
    .describe('slugs of the projects; default: all that the token can see'),
  token: secretRef.describe('an auth token with the scopes `org:read`, `project:read` and `event:read`, no others'),
  environment: z
    .string()
    .regex(/^[^\s/"]{1,64}$/, 'a name such as production')
    .optional()
    .describe('count issues of this one only; events are counted over all'),
  window: z
    .string()
    .refine((text) => parseDuration(text) !== undefined, 'a duration such as 90m, 24h or 7d')
    .transform((text) => parseDuration(text) ?? 0)
    .meta({ title: 'duration such as 5m' })
    .prefault('24h')
    .describe('how far back an issue counts as new'),
  max_new: z
    .int()
    .min(0)
    .max(mostIssues - 1)
    .default(0)
    .describe('with more new issues than this: warn'),
});

export type SentryTarget = z.output<typeof sentryParams>;
