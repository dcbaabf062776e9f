import { z } from 'zod';
import { plainOrSecret, secretRef } from '../../kernel/secret.ts';

/** Where an API of a monitoring system is; a prefix of a proxy may belong to it. */
export const apiUrl = z
  .string()
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'a URL that starts with http:// or https://')
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'a URL without a user name or password: put them into basic: {user, password: {secret: NAME}}',
  )
  .refine(
    (text) => !URL.canParse(text) || !/\/api(\/v\d)?\/?$/.test(new URL(text).pathname),
    'what stands before /api: https://prometheus.internal:9090',
  );

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a header name such as x-scope-orgid');

/** How it is asked: the same for all monitoring systems with an HTTP API. */
export const access = {
  bearer: secretRef.optional().describe('a token, sent as `authorization: Bearer …`'),
  basic: z
    .strictObject({
      user: z.string().min(1).describe('user name'),
      password: secretRef.describe('its password'),
    })
    .optional()
    .describe('user and password; this or `bearer`'),
  headers: z.record(headerName, plainOrSecret).default({}).describe('more headers: `{x-scope-orgid: shop}`'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file, relative to ops.yml, of the authorities to trust instead of the public ones'),
  insecure_tls: z.boolean().default(false).describe('true = any certificate will do, also a forged one'),
};

const accessShape = z.strictObject(access);
export type Access = z.output<typeof accessShape>;

/** For `superRefine`: one way to log in, not two. */
export function oneLogin({ bearer, basic, headers }: Access, ctx: z.RefinementCtx): void {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if ([bearer !== undefined, basic !== undefined, own].filter(Boolean).length < 2) return;
  ctx.addIssue({ code: 'custom', path: ['basic'], message: 'only one of bearer, basic and headers.authorization' });
}
