import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseLeniently } from './lenient.ts';
import type { ConfigProblem } from './model.ts';
import { ConfigError } from './problems.ts';
import { type EnvironmentVariables, environmentVariables, secretVariables } from './schema/environment.ts';
import { errorCode, readSecret } from './secrets.ts';

/** How the bot reaches Slack; `none` = no tokens: the local workspace. */
export type SlackEnvironment =
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
  /** Absent = the embedded store in `dataDir`. */
  databaseUrl?: string;
  dataDir: string;
  opsConfig: string;
  /** The URLs are origins without a trailing slash. */
  pagerDuty: { apiToken?: string; routingKey?: string; from?: string; apiUrl?: string; eventsUrl?: string };
  logLevel: EnvironmentVariables['LOG_LEVEL'];
  allowEmbedded: boolean;
  /** What the log should say at start. */
  notes: string[];
}

const file = 'environment';

/** Adds the variables of a `.env` file that `env` doesn't have yet. No such file is fine; an unreadable one throws `ConfigError`. */
export function addDotEnv(env: NodeJS.ProcessEnv, path = '.env'): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    const found = `it can't be read (${errorCode(error)})`;
    throw new ConfigError([{ file: path, path: '', found, allowed: 'a readable file of lines NAME=value, or none' }]);
  }
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
}

/**
 * The bot's own settings. Throws `ConfigError` with every problem; values of secrets are never in it.
 * Reads the files that NAME_FILE variables name.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const { given, problems } = collect(env);
  const read = parseLeniently(environmentVariables, given, []);
  problems.push(
    ...read.mistakes.map(({ path, found, allowed }): ConfigProblem => {
      const name = String(path[0]);
      return { file, path: name, found: isSecret(name) ? secretFound(given[name]) : found, allowed };
    }),
    ...judge(new Set(Object.keys(given)), given.NODE_ENV === 'production', read.value?.ALLOW_EMBEDDED ?? false),
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

/** What must be set together, and what production insists on. */
function judge(given: ReadonlySet<string>, production: boolean, allowEmbedded: boolean): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const bot = given.has('SLACK_BOT_TOKEN');
  const transport = given.has('SLACK_APP_TOKEN') || given.has('SLACK_SIGNING_SECRET');
  const remedies = 'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)';
  if (bot && !transport) {
    const found = 'a bot token, but no way to receive events';
    problems.push({ file, path: 'SLACK_BOT_TOKEN', found, allowed: `with it ${remedies}` });
  } else if (!bot && (transport || production)) {
    const found = transport ? 'nothing, though its companion is set' : 'nothing, in production';
    problems.push({ file, path: 'SLACK_BOT_TOKEN', found, allowed: `a bot token (xoxb-…), with ${remedies}` });
  }
  if (production && !given.has('DATABASE_URL') && !allowEmbedded) {
    problems.push({
      file,
      path: 'DATABASE_URL',
      found: 'nothing, in production: the embedded store survives a crash, not a power loss',
      allowed: 'a PostgreSQL URL, or ALLOW_EMBEDDED=1 to accept that',
    });
  }
  return problems;
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
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    opsConfig: values.OPS_CONFIG,
    pagerDuty: {
      apiToken: values.PAGERDUTY_API_TOKEN,
      routingKey: values.PAGERDUTY_ROUTING_KEY,
      from: values.PAGERDUTY_FROM,
      apiUrl: values.PAGERDUTY_API_URL,
      eventsUrl: values.PAGERDUTY_EVENTS_URL,
    },
    logLevel: values.LOG_LEVEL,
    allowEmbedded: values.ALLOW_EMBEDDED,
    notes: both ? ['SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode is used'] : [],
  };
}

function slackOf(values: EnvironmentVariables): SlackEnvironment {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const apiUrl = values.SLACK_API_URL;
  if (botToken !== undefined && appToken !== undefined) return { kind: 'socket', botToken, appToken, apiUrl };
  if (botToken !== undefined && signingSecret !== undefined) return { kind: 'http', botToken, signingSecret, apiUrl };
  return { kind: 'none' };
}
