import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BotHome, launch, makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';

const opsYml = `version: 1\nchecks: [{id: nobody, tcp: {host: 127.0.0.1, port: 9}}]\n`;
const tryOut = { WORKSPACE_PORT: '0', DEMO_PORT: '0' };
let home: BotHome;

beforeEach(async () => {
  home = await makeHome(opsYml, tryOut);
});
afterEach(() => home.remove());

describe('start --reset', () => {
  it('is refused while a bot runs, and takes nothing from it', async () => {
    const bot = await startBotProcess(home);
    const before = JSON.parse((await rounds(home, ['health', '--json'])).stdout);
    expect(bot.log.map(({ msg }) => msg)).toContainEqual(
      expect.stringMatching(/ops\.yml .*: write there \d+ for 3002, /),
    );
    const authority = () => readFile(join(home.dir, 'data/demo-ca.pem'), 'utf8').catch(() => '');
    await expect.poll(authority, { timeout: 20_000 }).toContain('BEGIN CERTIFICATE');
    const its = await authority();
    const second = await rounds(home, ['start', '--reset']);
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('another Rounds uses')]);
    expect(await authority()).toBe(its);
    expect(await bot.stop()).toBe(0);
    const again = await startBotProcess(home);
    const after = JSON.parse((await rounds(home, ['health', '--json'])).stdout);
    expect(after.checks[0].since).toBe(before.checks[0].since);
    expect(await again.stop()).toBe(0);
  });

  it('is refused for a team: with a database server, or with Slack tokens', async () => {
    const server = await rounds(home, ['start', '--reset'], { DATABASE_URL: 'postgres://127.0.0.1:1/x' });
    expect([server.code, server.stderr]).toEqual([3, expect.stringContaining('DATABASE_URL is set')]);
    const slack = await rounds(home, ['start', '--reset'], { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' });
    expect([slack.code, slack.stderr]).toEqual([3, expect.stringContaining('SLACK_BOT_TOKEN is set')]);
  });
});

it('a try-out is refused on a database server, which is not even asked', async () => {
  const { server, asked } = silence();
  const DATABASE_URL = `postgres://127.0.0.1:${await listenOn(server)}/x`;
  const { code, stderr } = await Promise.race([
    rounds(home, ['start'], { DATABASE_URL }),
    asked.then(() => Promise.reject(new Error('it asks the database'))),
  ]);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/^DATABASE_URL is set, .*\n→ Set Slack's tokens, or /)]);
  server.close();
});

it('says that Rounds runs already when somebody types it twice', async () => {
  const first = await startBotProcess(home);
  const { msg } = await first.logged((line) => line.msg.startsWith('open http'));
  const port = /:(\d+) /.exec(msg)?.[1] ?? '';
  const second = await rounds(home, ['start'], { WORKSPACE_PORT: port });
  expect([second.code, second.stderr]).toEqual([
    3,
    expect.stringContaining(`Rounds runs here already: open http://127.0.0.1:${port}`),
  ]);
  expect(await first.stop()).toBe(0);
});

describe('what start takes', () => {
  it('is told by help', async () => {
    const own = await rounds(home, ['start', '--help']);
    expect([own.code, own.stdout]).toEqual([0, expect.stringMatching(/^rounds start \[--reset\]\n/)]);
    expect((await rounds(home, ['help'])).stdout).toContain('rounds start [--reset]');
    expect((await rounds(home, ['strat'])).stderr).toContain('Did you mean "rounds start"?');
  });

  it('help NAME shows that command alone, or the nearest; --version the version', async () => {
    const one = await rounds(home, ['help', 'health']);
    expect([one.code, one.stdout]).toEqual([0, expect.stringMatching(/^rounds health /)]);
    expect(one.stdout).not.toContain('rounds audit');
    expect((await rounds(home, ['help', 'start'])).stdout).toMatch(/^rounds start \[--reset\]\n/);
    const none = await rounds(home, ['help', 'helth']);
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('Did you mean "rounds help health"?')]);
    expect((await rounds(home, ['--version'])).stdout).toMatch(/^rounds \d+\.\d+\.\d+\n$/);
  });

  it.each([['--rest'], ['now'], ['--json']])('is not %s', async (word) => {
    const { code, stderr } = await rounds(home, ['start', word]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(`does not take ${word}\n→ `)]);
  });
});

describe('a place that can not be had is named with its remedy', () => {
  it.each([
    ['WORKSPACE_PORT', /Port \d+ on 127.0.0.1 is in use\n→ .*WORKSPACE_PORT/],
    ['DEMO_PORT', /Port \d+ on 127.0.0.1 is in use\n→ .*DEMO_PORT/],
    ['PORT', /Port \d+ on 127.0.0.1 is in use\n→ .* PORT/],
  ])('%s', async (name, words) => {
    const server = createServer();
    const port = await listenOn(server);
    const { code, stderr } = await rounds(home, ['start'], { [name]: String(port) });
    expect([code, stderr]).toEqual([3, expect.stringMatching(words)]);
    server.close();
  });

  it('HOST', async () => {
    const { code, stderr } = await rounds(home, ['start'], { HOST: '192.0.2.1' });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/192.0.2.1 is no address of this machine\n→ .*HOST/)]);
  });
});

/** Resolves when a server gets its first connection, and holds it without a word. */
function silence() {
  const asked = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    asked.resolve();
  });
  return { server, asked: asked.promise };
}

describe('a start that is told to end ends at once with 0', () => {
  it.each([
    ['database', 'SIGTERM', (port: number) => ({ DATABASE_URL: `postgres://127.0.0.1:${port}/x` })],
    ['Slack', 'SIGINT', (port: number) => ({ SLACK_API_URL: `http://127.0.0.1:${port}/api/` })],
  ] as const)('while its %s does not answer', async (_, signal, env) => {
    const { server, asked } = silence();
    const port = await listenOn(server);
    const bot = launch(home, ['start'], { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', ...env(port) });
    bot.stdout?.resume();
    await asked;
    const startedAt = performance.now();
    bot.kill(signal);
    expect(await once(bot, 'close')).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    server.close();
  });

  it('while Socket Mode does not connect', async () => {
    const asked = Promise.withResolvers<void>();
    const api = createHttpServer((req, res) => {
      const identity = { ok: true, team_id: 'T1', bot_id: 'B1', user_id: 'U1', user: 'rounds' };
      if (req.url?.endsWith('/auth.test')) res.end(JSON.stringify(identity));
      else asked.resolve();
    });
    const env = { SLACK_API_URL: `http://127.0.0.1:${await listenOn(api)}/api/` };
    const bot = launch(home, ['start'], { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', ...env });
    bot.stdout?.resume();
    await asked.promise;
    const startedAt = performance.now();
    bot.kill('SIGTERM');
    expect(await once(bot, 'close')).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    api.close();
  });
});
