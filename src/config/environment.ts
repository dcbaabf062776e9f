import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseLeniently } from './lenient.ts';
import type { ConfigProblem } from './model.ts';
import { ConfigError } from './problems.ts';
import { type EnvironmentVariables, environmentVariables, secretVariables } from './schema/environment.ts';
import { errorCode, readSecret } from './secrets.ts';

/** How the bot reaches Slack; `none` = no tokens: the local workspace. */
type SlackEnvironment =
  | { kind: 'socket'; botToken: string; appToken: string; apiUrl?: string }
  | { kind: 'http'; botToken: string; signingSecret: string; apiUrl?: string }
  | { kind: 'none' };

export interface Environment {
  production: boolean;
  slack: SlackEnvironment;
  port: number;
  host: string;
  /** Of the local workspace. */
  workspacePort: number;
  /** Of the demo system beside it. */
  demoPort: number;
  /** Absent = the embedded store in `dataDir`. */
  databaseUrl?: string;
  dataDir: string;
  opsConfig: string;
  /** The URLs are origins without a trailing slash. */
  pagerDuty: {
    apiToken?: string;
    routingKey?: string;
    /** Of another service, for a page that is not confirmed in time. */
    fallbackKey?: string;
    /** The id of the escalation policy behind the routing key. */
    policy?: string;
    webhookSecret?: string;
    from?: string;
    apiUrl?: string;
    eventsUrl?: string;
  };
  /** Absent = no e-mail is sent. */
  smtp?: { url: string; from: string };
  /** Absent = nobody is texted or called. */
  twilio?: { url?: string; accountSid: string; authToken: string; from: string };
  /** What Alertmanager brings; absent = it is not heard. */
  alertmanagerToken?: string;
  /** An Ed25519 private key, to sign the head of the audit with. */
  auditSigningKey?: string;
  logLevel: EnvironmentVariables['LOG_LEVEL'];
  allowEmbedded: boolean;
  /** What the log should say at start. */
  notes: string[];
}

const file = 'environment';

/**
 * Adds to `env` the variables of a `.env` file that it doesn't have yet (so that vendors' SDKs see them too), and returns
 * it. No such file is fine; an unreadable one throws `ConfigError`.
 */
export function withDotEnv(env: NodeJS.ProcessEnv, path = '.env'): NodeJS.ProcessEnv {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return env;
    const found = `it can't be read (${errorCode(error)})`;
    throw new ConfigError([{ file: path, path: '', found, allowed: 'a readable file of lines NAME=value, or none' }]);
  }
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
  return env;
}

/**
 * The bot's own settings. Throws `ConfigError` with every problem; values of secrets are never in it.
 * Reads the files that NAME_FILE variables name. A terminal doesn't speak to Slack: it asks for no tokens.
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  { face }: { face: 'bot' | 'terminal' } = { face: 'bot' },
): Environment {
  const { given, problems } = collect(env);
  const read = parseLeniently(environmentVariables, given, []);
  problems.push(
    ...read.mistakes.map(({ path, found, allowed }): ConfigProblem => {
      const name = String(path[0]);
      return { file, path: name, found: isSecret(name) ? secretFound(given[name]) : found, allowed };
    }),
    ...(face === 'bot' ? judgeSlack(given) : []),
    ...incomplete(given, ['SMTP_URL', 'MAIL_FROM']),
    ...incomplete(given, ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM']),
    ...judgeStore(given, read.value?.ALLOW_EMBEDDED ?? false),
  );
  if (read.value === undefined || problems.length > 0) throw new ConfigError(problems);
  return assemble(read.value);
}

/** The variables that are set: empty ones left out, secrets read from their files. */
function collect(env: NodeJS.ProcessEnv): { given: Record<string, string>; problems: ConfigProblem[] } {
  const given: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  for (const name of Object.keys(environmentVariables.shape)) {
    try {
      const value = isSecret(name) ? readSecret(name, env) : env[name]?.trim();
      if (value) given[name] = value;
    } catch (error) {
      const found = `a file that can't be read (${errorCode(error)})`;
      problems.push({ file, path: `${name}_FILE`, found, allowed: 'the path of a file that holds the value' });
    }
  }
  return { given, problems };
}

function isSecret(name: string): boolean {
  return secretVariables.some((secret) => secret === name);
}

/** The kind of a Slack token is no secret, and the usual mistake is to swap two of them. */
function secretFound(value: string | undefined): string {
  const kind = /^(xox[a-z]-|xapp-)/.exec(value ?? '')?.[0];
  return kind === undefined ? 'another value (not shown)' : `a token that starts with ${kind}`;
}

/** Slack's tokens must be complete; only outside production may all of them be absent. */
function judgeSlack(given: Readonly<Record<string, string>>): ConfigProblem[] {
  const bot = given.SLACK_BOT_TOKEN !== undefined;
  const transport = given.SLACK_APP_TOKEN !== undefined || given.SLACK_SIGNING_SECRET !== undefined;
  const path = 'SLACK_BOT_TOKEN';
  const remedies = 'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)';
  if (bot && !transport) {
    return [{ file, path, found: 'a bot token, but no way to receive events', allowed: `with it ${remedies}` }];
  }
  if (bot || (!transport && !inProduction(given))) return [];
  const found = transport ? 'nothing, though its companion is set' : 'nothing, in production';
  return [{ file, path, found, allowed: `a bot token (xoxb-…), with ${remedies}` }];
}

/** These belong together: one that is missing would be found out in the worst hour. */
function incomplete(given: Readonly<Record<string, string>>, names: readonly string[]): ConfigProblem[] {
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return [];
  const set = names.filter((name) => given[name] !== undefined).join(' and ');
  return missing.map((path) => ({
    file,
    path,
    found: `nothing, though ${set} is set`,
    allowed: 'all of them, or none',
  }));
}

function judgeStore(given: Readonly<Record<string, string>>, allowEmbedded: boolean): ConfigProblem[] {
  if (!inProduction(given) || allowEmbedded || given.DATABASE_URL !== undefined) return [];
  return [
    {
      file,
      path: 'DATABASE_URL',
      found: 'nothing, in production: the embedded store survives a crash, not a power loss',
      allowed: 'a PostgreSQL URL, or ALLOW_EMBEDDED=1 to accept that',
    },
  ];
}

function inProduction(given: Readonly<Record<string, string>>): boolean {
  return given.NODE_ENV === 'production';
}

function assemble(values: EnvironmentVariables): Environment {
  const slack = slackOf(values);
  const both = slack.kind === 'socket' && values.SLACK_SIGNING_SECRET !== undefined;
  return {
    production: values.NODE_ENV === 'production',
    slack,
    port: values.PORT,
    host: values.HOST,
    workspacePort: values.WORKSPACE_PORT,
    demoPort: values.DEMO_PORT,
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    opsConfig: values.OPS_CONFIG,
    pagerDuty: {
      apiToken: values.PAGERDUTY_API_TOKEN,
      routingKey: values.PAGERDUTY_ROUTING_KEY,
      fallbackKey: values.PAGERDUTY_FALLBACK_ROUTING_KEY,
      policy: values.PAGERDUTY_ESCALATION_POLICY,
      webhookSecret: values.PAGERDUTY_WEBHOOK_SECRET,
      from: values.PAGERDUTY_FROM,
      apiUrl: values.PAGERDUTY_API_URL,
      eventsUrl: values.PAGERDUTY_EVENTS_URL,
    },
    ...reachingOf(values),
    alertmanagerToken: values.ALERTMANAGER_WEBHOOK_TOKEN,
    auditSigningKey: values.AUDIT_SIGNING_KEY,
    logLevel: values.LOG_LEVEL,
    allowEmbedded: values.ALLOW_EMBEDDED,
    notes: both ? ['SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode is used'] : [],
  };
}

function reachingOf(values: EnvironmentVariables): Pick<Environment, 'smtp' | 'twilio'> {
  const { SMTP_URL: url, MAIL_FROM: mailFrom } = values;
  const { TWILIO_URL, TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = values;
  return {
    ...(url && mailFrom && { smtp: { url, from: mailFrom } }),
    ...(accountSid && authToken && from && { twilio: { url: TWILIO_URL, accountSid, authToken, from } }),
  };
}

function slackOf(values: EnvironmentVariables): SlackEnvironment {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const apiUrl = values.SLACK_API_URL;
  if (botToken !== undefined && appToken !== undefined) return { kind: 'socket', botToken, appToken, apiUrl };
  if (botToken !== undefined && signingSecret !== undefined) return { kind: 'http', botToken, signingSecret, apiUrl };
  return { kind: 'none' };
}
