import { z } from 'zod';
import { plainOrSecret } from '../../kernel/secret.ts';
import { onTimeout } from '../network/silence.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a header name such as authorization');

const url = z
  .string()
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'a URL that starts with http:// or https://')
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'a URL without a user name or password: put them into headers: {authorization: {secret: NAME}}',
  );

export const httpParams = z
  .strictObject({
    url: url.describe('what is asked'),
    method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('a HEAD answer has no body, so no `json`'),
    headers: z
      .record(headerName, plainOrSecret)
      .default({})
      .describe('sent as they are: a secret for `authorization` holds `Bearer …` as a whole'),
    body: plainOrSecret.optional().describe('with method POST only'),
    redirects: z
      .int()
      .min(0)
      .max(10)
      .default(0)
      .describe('how many to follow; with 0 the 3xx itself is what is seen; headers stay with the first server'),
    redirects_to_http: z
      .boolean()
      .default(false)
      .describe('true = also follow one from https to http, which anybody on the way can read and forge'),
    ca: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file, relative to ops.yml, of the authorities to trust instead of the public ones'),
    insecure_tls: z.boolean().default(false).describe('true = any certificate will do, also a forged one'),
    max_bytes: z.int().min(1).max(16_777_216).default(1_048_576).describe('a larger answer makes the check unknown'),
    on_timeout: onTimeout,
  })
  .refine((target) => target.body === undefined || target.method === 'POST', {
    path: ['body'],
    message: 'a body goes with method: POST only',
  });

export type HttpTarget = z.output<typeof httpParams>;
