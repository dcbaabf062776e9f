import { z } from 'zod';
import { readPrivateKey } from '../../kernel/ed25519.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port from 0 to 65535');

/** An address without a path, since the paths of the API are appended to it. */
const origin = z.string().transform((text, context) => {
  const url = httpUrl(text);
  if (url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '') return url.origin;
  context.addIssue({
    code: 'custom',
    message: 'an origin such as https://api.pagerduty.com: no path, no user (paths are appended)',
  });
  return z.NEVER;
});

/** Ends in a slash, as Slack's client wants it. */
const apiUrl = z.string().transform((text, context) => {
  const url = httpUrl(text);
  if (url !== undefined && url.search === '' && url.hash === '') return url.href.replace(/\/?$/, '/');
  context.addIssue({ code: 'custom', message: 'a URL such as https://slack.com/api/: no user, no query' });
  return z.NEVER;
});

function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

const flag = z.enum(['0', '1', 'false', 'true']).transform((value) => value === '1' || value === 'true');

function startingWith(prefix: string, what: string) {
  return z.string().refine((value) => value.startsWith(prefix), `${what} that starts with ${prefix}`);
}

/** One schema a variable; all are text, and an empty one counts as not set. */
export const environmentVariables = z.object({
  SLACK_BOT_TOKEN: startingWith('xoxb-', 'a bot token').optional(),
  SLACK_APP_TOKEN: startingWith('xapp-', 'an app token').optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: apiUrl.optional(),
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url), 'a URL such as postgres://HOST:5432/NAME')
    .optional(),
  DATA_DIR: z.string().default('./data'),
  OPS_CONFIG: z.string().default('./ops.yml'),
  PAGERDUTY_API_TOKEN: z.string().optional(),
  PAGERDUTY_ROUTING_KEY: z.string().optional(),
  PAGERDUTY_FROM: z.email('the e-mail address of a PagerDuty user').optional(),
  PAGERDUTY_API_URL: origin.optional(),
  PAGERDUTY_EVENTS_URL: origin.optional(),
  AUDIT_SIGNING_KEY: z
    .string()
    .refine((text) => readPrivateKey(text) !== undefined, 'an Ed25519 private key: `npx rounds audit key` makes one')
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ALLOW_EMBEDDED: flag.default(false),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  WORKSPACE_PORT: port.default(3001),
  DEMO_PORT: port.default(3002),
});
export type EnvironmentVariables = z.output<typeof environmentVariables>;
export type VariableName = keyof EnvironmentVariables;

/** Never shown in a message; each may come from the file that NAME_FILE names. */
export const secretVariables: readonly VariableName[] = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'DATABASE_URL',
  'PAGERDUTY_API_TOKEN',
  'PAGERDUTY_ROUTING_KEY',
  'AUDIT_SIGNING_KEY',
];
