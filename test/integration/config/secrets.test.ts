import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnvironment, withDotEnv } from '../../../src/config/environment.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { isSet, makeReveal } from '../../../src/config/secrets.ts';
import { Unmeasured } from '../../../src/kernel/check.ts';
import { Secret } from '../../../src/kernel/secret.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rounds-secrets-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a secret comes from its variable, else from its file, read at each use', async () => {
  const path = await file('token', 'first\n');
  const reveal = makeReveal({ TOKEN_FILE: path, OTHER: 'direct', OTHER_FILE: path, EMPTY: '', EMPTY_FILE: path });
  const token = new Secret('TOKEN');
  expect(reveal(token)).toBe('first');
  await file('token', '  second\n');
  expect(reveal(token)).toBe('second');
  expect(reveal(new Secret('OTHER'))).toBe('direct');
  expect(reveal(new Secret('EMPTY'))).toBe('second');
  expect(reveal('plain')).toBe('plain');
});

test('a secret without a value says how to set it', async () => {
  const empty = await file('empty', '\n');
  for (const env of [{}, { TOKEN: ' ' }, { TOKEN_FILE: empty }]) {
    const error = thrown(() => makeReveal(env)(new Secret('TOKEN')));
    expect(error).toBeInstanceOf(Unmeasured);
    expect(error).toMatchObject({
      reason: 'no_credentials',
      message: 'secret TOKEN is not set',
      next: 'set TOKEN, or TOKEN_FILE to a file that holds it',
    });
    expect(isSet('TOKEN', env)).toBe(false);
  }
});

test('a secret whose file is gone is not set, and says why', () => {
  const env = { TOKEN_FILE: join(dir, 'gone') };
  expect(thrown(() => makeReveal(env)(new Secret('TOKEN')))).toMatchObject({
    reason: 'no_credentials',
    message: "secret TOKEN: its file can't be read (ENOENT)",
  });
  expect(isSet('TOKEN', env)).toBe(false);
});

test("the bot's own tokens may come from files", async () => {
  const env = {
    SLACK_BOT_TOKEN_FILE: await file('bot', 'xoxb-1\n'),
    SLACK_SIGNING_SECRET_FILE: await file('signing', 'shh\n'),
    DATABASE_URL_FILE: await file('database', 'postgres://rounds:pw@db/rounds\n'),
  };
  expect(readEnvironment(env)).toMatchObject({
    slack: { kind: 'http', botToken: 'xoxb-1', signingSecret: 'shh' },
    databaseUrl: 'postgres://rounds:pw@db/rounds',
  });
});

test('an unreadable token file is a problem of its own', () => {
  const error = thrown(() => readEnvironment({ SLACK_BOT_TOKEN_FILE: join(dir, 'gone') }));
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).problems).toEqual([
    {
      file: 'environment',
      path: 'SLACK_BOT_TOKEN_FILE',
      found: "a file that can't be read (ENOENT)",
      allowed: 'the path of a file that holds the value',
    },
  ]);
});

test('.env fills what the real environment leaves out', async () => {
  const path = await file('.env', '# comment\nPORT=4000\nHOST="0.0.0.0"\nLOG_LEVEL=debug\n');
  const env: NodeJS.ProcessEnv = { PORT: '5000', LOG_LEVEL: '' };
  expect(readEnvironment(withDotEnv(env, path))).toMatchObject({ port: 5000, host: '0.0.0.0', logLevel: 'info' });
});

test('no .env is fine, one that is a folder is not', () => {
  const env = {};
  expect(withDotEnv(env, join(dir, 'none'))).toBe(env);
  expect(env).toEqual({});
  expect(thrown(() => withDotEnv({}, dir))).toBeInstanceOf(ConfigError);
});
