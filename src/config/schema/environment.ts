import { z } from 'zod';
import { readPrivateKey } from '../../kernel/ed25519.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port from 0 to 65535')
  .meta({ title: 'port' });

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
  SLACK_BOT_TOKEN: startingWith('xoxb-', 'a bot token')
    .optional()
    .describe('`xoxb-…`; without any Slack token the bot starts its own local workspace'),
  SLACK_APP_TOKEN: startingWith('xapp-', 'an app token')
    .optional()
    .describe('`xapp-…`: Socket Mode, no public address needed; wins when the signing secret is set as well'),
  SLACK_SIGNING_SECRET: z.string().optional().describe('HTTP mode: Slack posts to `https://YOUR-HOST/slack/events`'),
  SLACK_API_URL: apiUrl
    .optional()
    .describe("another Slack-compatible server, such as `http://127.0.0.1:3001/api/`; default: Slack's"),
  PORT: port
    .prefault('3000')
    .describe("of the bot's HTTP server: `/slack/events`, `/healthz`, `/readyz`, `/metrics`; 0 = any free one"),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address it listens on; `0.0.0.0` = all (so in the image): whoever reaches the port then gets answers'),
  DATABASE_URL: z
    .string()
    .refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url), 'a URL such as postgres://HOST:5432/NAME')
    .optional()
    .describe(
      '`postgres://USER:PASSWORD@HOST:5432/NAME`, PostgreSQL 13 or newer; without it an embedded database, for one process',
    ),
  DATA_DIR: z
    .string()
    .default('./data')
    .describe(
      "folder of the embedded database, of the socket through which the terminal asks the bot, of incidents that wait for the database, and of a try-out's clock, workspace and demo certificate",
    ),
  OPS_CONFIG: z.string().default('./ops.yml').describe('the file of the first half of this page'),
  PAGERDUTY_API_TOKEN: z
    .string()
    .optional()
    .describe('of the REST API, read only will do: who is on call, and whether a page was acknowledged'),
  PAGERDUTY_ROUTING_KEY: z
    .string()
    .optional()
    .describe(
      'the Integration Key of an Events API v2 integration: incidents page through it; without it nobody is paged',
    ),
  PAGERDUTY_FALLBACK_ROUTING_KEY: z
    .string()
    .optional()
    .describe(
      'the Integration Key of another service: an incident whose page is not confirmed in time is sent through it as well',
    ),
  PAGERDUTY_ESCALATION_POLICY: z
    .string()
    .regex(/^[A-Z0-9]{4,40}$/, 'an id such as PABC123, from the address of its page')
    .optional()
    .describe(
      'the id of the escalation policy behind the routing key: who is on call is asked of it; without it of all policies',
    ),
  PAGERDUTY_WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe('of a webhook v3 subscription to `/hooks/pagerduty`: acknowledgements in PagerDuty arrive at once'),
  PAGERDUTY_FROM: z
    .email('the e-mail address of a PagerDuty user')
    .optional()
    .meta({ title: 'e-mail address', description: 'of a user of this PagerDuty account; checked by the doctor' }),
  PAGERDUTY_API_URL: origin
    .optional()
    .describe("origin without a path, for PagerDuty's EU region: `https://api.eu.pagerduty.com`; default: PagerDuty's"),
  PAGERDUTY_EVENTS_URL: origin.optional().describe("origin without a path; default: PagerDuty's"),
  SMTP_URL: z
    .string()
    .refine(
      (text) => ['smtp:', 'smtps:'].includes(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.hostname !== '',
      'a URL such as smtps://USER:PASSWORD@mail.example.com:465',
    )
    .optional()
    .describe(
      '`smtp://USER:PASSWORD@HOST:587`, or `smtps://…:465`: the server that takes e-mails; without it none is sent',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]{1,80} )?<?[^\s@<>]+@[^\s@<>]+>?$/, 'an address such as Rounds <rounds@example.com>')
    .optional()
    .meta({ title: 'e-mail address' })
    .describe('whom e-mails are from: `Rounds <rounds@example.com>`; required with `SMTP_URL`'),
  TWILIO_URL: origin
    .optional()
    .describe("origin without a path, of another server with Twilio's API; default: Twilio's"),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{3,64}$/, 'an account such as AC0123…')
    .optional()
    .describe('with `TWILIO_AUTH_TOKEN` and `TWILIO_FROM`: text messages and calls of escalations leave through it'),
  TWILIO_AUTH_TOKEN: z.string().optional().describe('of that account'),
  TWILIO_FROM: z
    .string()
    .regex(/^\+[1-9][0-9]{5,14}$/, 'a phone number such as +15550100')
    .optional()
    .meta({ title: 'phone number' })
    .describe('the number that texts and calls'),
  ALERTMANAGER_WEBHOOK_TOKEN: z
    .string()
    .min(16, 'at least 16 characters')
    .optional()
    .describe(
      'what Alertmanager brings as a bearer token (`http_config.authorization`) to `/hooks/alertmanager`: its alerts are proposed as incidents',
    ),
  AUDIT_SIGNING_KEY: z
    .string()
    .refine((text) => readPrivateKey(text) !== undefined, 'an Ed25519 private key: `npx rounds audit key` makes one')
    .optional()
    .describe('Ed25519 private key that signs the end of the audit once a day; `npx rounds audit key` makes one'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('the least important of what is logged'),
  ALLOW_EMBEDDED: flag
    .prefault('0')
    .describe("the embedded database will do in production, though it doesn't survive a power loss"),
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('`production` insists on Slack tokens and on `DATABASE_URL`'),
  WORKSPACE_PORT: port
    .prefault('3001')
    .describe("of the local workspace's page and API, on 127.0.0.1, when there are no Slack tokens"),
  DEMO_PORT: port
    .prefault('3002')
    .describe(
      'of the demo system beside it, on 127.0.0.1: its API here, its database on the next port, TLS on the one after; the `ops.yml` that comes with Rounds names 3002 to 3004',
    ),
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
  'PAGERDUTY_FALLBACK_ROUTING_KEY',
  'PAGERDUTY_WEBHOOK_SECRET',
  'SMTP_URL',
  'TWILIO_AUTH_TOKEN',
  'ALERTMANAGER_WEBHOOK_TOKEN',
  'AUDIT_SIGNING_KEY',
];
