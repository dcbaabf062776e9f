import { expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import type { ConfigProblem } from '../../../src/config/model.ts';
import { ConfigError } from '../../../src/config/problems.ts';

const bot = { SLACK_BOT_TOKEN: 'xoxb-1-sesame' };
const database = { DATABASE_URL: 'postgres://rounds:sesame@db:5432/rounds' };

function problems(env: NodeJS.ProcessEnv): readonly ConfigProblem[] {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(error.message).not.toContain('sesame');
      return error.problems;
    }
    throw error;
  }
  return [];
}

test('nothing set: the local workspace on loopback, with the embedded store', () => {
  expect(readEnvironment({})).toEqual({
    production: false,
    slack: { kind: 'none' },
    port: 3000,
    host: '127.0.0.1',
    workspacePort: 3001,
    demoPort: 3002,
    databaseUrl: undefined,
    dataDir: './data',
    opsConfig: './ops.yml',
    pagerDuty: {},
    logLevel: 'info',
    allowEmbedded: false,
    notes: [],
  });
});

test('an empty or blank variable is not set', () => {
  expect(readEnvironment({ SLACK_BOT_TOKEN: '', PORT: ' ', DATABASE_URL: '', NODE_ENV: '' })).toEqual(
    readEnvironment({}),
  );
});

test('an app token means Socket Mode, a signing secret HTTP', () => {
  expect(readEnvironment({ ...bot, SLACK_APP_TOKEN: 'xapp-1' }).slack).toEqual({
    kind: 'socket',
    botToken: bot.SLACK_BOT_TOKEN,
    appToken: 'xapp-1',
  });
  const http = readEnvironment({ ...bot, SLACK_SIGNING_SECRET: 's', SLACK_API_URL: 'http://127.0.0.1:9/api' });
  expect(http.slack).toEqual({
    kind: 'http',
    botToken: bot.SLACK_BOT_TOKEN,
    signingSecret: 's',
    apiUrl: 'http://127.0.0.1:9/api/',
  });
  expect(http.notes).toEqual([]);
});

test('with both, Socket Mode wins and the log says so', () => {
  const both = readEnvironment({ ...bot, SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 's' });
  expect(both.slack.kind).toBe('socket');
  expect(both.notes).toEqual(['SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode is used']);
});

test('a bot token alone is refused with both remedies', () => {
  expect(problems(bot)).toEqual([
    {
      file: 'environment',
      path: 'SLACK_BOT_TOKEN',
      found: 'a bot token, but no way to receive events',
      allowed: 'with it SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)',
    },
  ]);
});

test('an app token without a bot token is refused', () => {
  expect(problems({ SLACK_APP_TOKEN: 'xapp-1' }).map(({ path }) => path)).toEqual(['SLACK_BOT_TOKEN']);
});

test('swapped tokens are named by their kind, never by their value', () => {
  const swapped = problems({ SLACK_BOT_TOKEN: 'xapp-1-sesame', SLACK_APP_TOKEN: 'xoxb-1-sesame' });
  expect(swapped.map(({ path, found }) => [path, found])).toEqual([
    ['SLACK_BOT_TOKEN', 'a token that starts with xapp-'],
    ['SLACK_APP_TOKEN', 'a token that starts with xoxb-'],
  ]);
});

test('all problems come at once, without a secret in them', () => {
  const all = problems({
    SLACK_BOT_TOKEN: 'sesame',
    PORT: '70000',
    WORKSPACE_PORT: 'three',
    DATABASE_URL: 'mysql://rounds:sesame@db/rounds',
    PAGERDUTY_FROM: 'nobody',
    PAGERDUTY_API_URL: 'https://api.pagerduty.com/v2',
    PAGERDUTY_EVENTS_URL: 'https://me:sesame@events.pagerduty.com',
    LOG_LEVEL: 'debgu',
    ALLOW_EMBEDDED: 'yes',
    NODE_ENV: 'prod',
  });
  expect(all.map(({ path }) => path).sort()).toEqual([
    'ALLOW_EMBEDDED',
    'DATABASE_URL',
    'LOG_LEVEL',
    'NODE_ENV',
    'PAGERDUTY_API_URL',
    'PAGERDUTY_EVENTS_URL',
    'PAGERDUTY_FROM',
    'PORT',
    'SLACK_BOT_TOKEN',
    'SLACK_BOT_TOKEN',
    'WORKSPACE_PORT',
  ]);
  expect(all.find(({ path }) => path === 'LOG_LEVEL')?.allowed).toContain('did you mean debug?');
});

test('origins lose their slash and refuse a path', () => {
  const { pagerDuty } = readEnvironment({ PAGERDUTY_API_URL: 'https://api.eu.pagerduty.com/' });
  expect(pagerDuty.apiUrl).toBe('https://api.eu.pagerduty.com');
  expect(problems({ PAGERDUTY_EVENTS_URL: 'https://events.pagerduty.com/v2/enqueue' })[0]).toMatchObject({
    path: 'PAGERDUTY_EVENTS_URL',
    found: '"https://events.pagerduty.com/v2/enqueue"',
    allowed: expect.stringContaining('no path'),
  });
});

test('production insists on Slack and on a database server', () => {
  expect(problems({ NODE_ENV: 'production' }).map(({ path }) => path)).toEqual(['SLACK_BOT_TOKEN', 'DATABASE_URL']);
  const slack = { ...bot, SLACK_APP_TOKEN: 'xapp-1', NODE_ENV: 'production' };
  expect(problems({ ...slack, ...database })).toEqual([]);
  expect(problems({ ...slack, ALLOW_EMBEDDED: '0' }).map(({ path }) => path)).toEqual(['DATABASE_URL']);
  expect(readEnvironment({ ...slack, ALLOW_EMBEDDED: '1' })).toMatchObject({ production: true, allowEmbedded: true });
});

test('a terminal needs no Slack tokens, but the same store', () => {
  const { DATABASE_URL } = database;
  expect(readEnvironment({ NODE_ENV: 'production', DATABASE_URL }, { face: 'terminal' }).databaseUrl).toBe(
    DATABASE_URL,
  );
  expect(() => readEnvironment({ NODE_ENV: 'production' }, { face: 'terminal' })).toThrow(/DATABASE_URL/);
  expect(() => readEnvironment({ PORT: 'x' }, { face: 'terminal' })).toThrow(/PORT/);
});
