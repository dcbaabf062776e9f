import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { type BotHome, launch, makeHome, type RunningBot, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { startPostgres } from '../support/postgres.ts';
import { socketMode } from '../support/slack-bot.ts';

let answer: RequestListener;
const target = createServer((req, res) => answer(req, res));
let home: BotHome;
const bots: RunningBot[] = [];

async function start(env: NodeJS.ProcessEnv = {}): Promise<RunningBot> {
  const bot = await startBotProcess(home, env);
  bots.push(bot);
  return bot;
}

beforeEach(async () => {
  answer = (_req, res) => res.end('{"status": "healthy"}');
  const port = await listenOn(target);
  home = await makeHome(
    `version: 1\ndefaults: {every: 30m, timeout: 9s, attempts: 1}\nchecks: [{id: api, http: {url: "http://127.0.0.1:${port}/"}}]\n`,
    { WORKSPACE_PORT: '0', DEMO_PORT: '0' },
  );
});
afterEach(async () => {
  for (const bot of bots) bot.child.kill('SIGCONT');
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  target.closeAllConnections();
  target.close();
  await once(target, 'close');
  await home.remove();
});

describe('terminals without a bot', () => {
  it('wait for each other', async () => {
    // Makes the database, which on a busy machine takes longer than a terminal waits.
    await rounds(home, ['health']);
    const answers = await Promise.all([1, 2].map(() => rounds(home, ['health'])));
    for (const { code, stdout, stderr } of answers) {
      expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('1 ok'), '']);
    }
  });

  it('end at once with 3 when they are interrupted while the database does not answer', async () => {
    const asked = Promise.withResolvers<void>();
    const silent = createServer().on('connection', () => asked.resolve());
    const DATABASE_URL = `postgres://127.0.0.1:${await listenOn(silent)}/x`;
    const terminal = launch(home, ['health'], { DATABASE_URL });
    let stderr = '';
    terminal.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    await asked.promise;
    const startedAt = performance.now();
    terminal.kill('SIGINT');
    expect(await once(terminal, 'close')).toEqual([3, null]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(stderr).toBe('Interrupted before everything was measured.\n');
    silent.closeAllConnections();
    silent.close();
  });
});

describe('a terminal beside a bot', () => {
  it('waits for one that is just starting', async () => {
    const workspace = await startWorkspace();
    // A bot that waits for Slack has its database already, and no socket yet.
    workspace.fault('auth.test', { kind: 'delay', ms: 2_000 });
    const starting = start(socketMode(workspace));
    await vi.waitUntil(() => existsSync(join(home.dir, 'data', 'lock')), { timeout: 20_000 });
    const { code, stdout, stderr } = await rounds(home, ['health']);
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('1 ok'), '']);
    expect(await (await starting).stop()).toBe(0);
    await workspace.close();
  });

  it('says that a stopped one does not answer', async () => {
    const bot = await start();
    bot.child.kill('SIGSTOP');
    const { code, stdout, stderr } = await rounds(home, ['health']);
    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining('the running bot does not answer')]);
  });

  it('is told when the bot stops in the middle of its answer', async () => {
    answer = () => {};
    const bot = await start();
    const asking = request({ socketPath: join(home.dir, 'data', 'rounds.sock'), path: '/', method: 'POST' });
    asking.end(JSON.stringify({ command: 'health', args: [], user: 'anna', colour: false, width: 80, json: false }));
    // The answer's head comes when the bot is at work on it.
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const [said, code] = await Promise.all([json(response), bot.stop()]);
    expect([said, code]).toEqual([{ problem: expect.stringContaining('Interrupted'), exitCode: 3 }, 0]);
  });

  it('asks the database server, not the bot: several bots may have one folder', async () => {
    const postgres = await startPostgres();
    const workspace = await startWorkspace();
    try {
      const DATABASE_URL = await postgres.createDatabase();
      await start({ ...socketMode(workspace), DATABASE_URL });
      await start({ ...socketMode(workspace), DATABASE_URL });
      expect(existsSync(join(home.dir, 'data', 'rounds.sock'))).toBe(false);
      const { code, stdout } = await rounds(home, ['health'], { DATABASE_URL });
      expect([code, stdout]).toEqual([0, expect.stringContaining('1 ok')]);
    } finally {
      await Promise.all(bots.splice(0).map((bot) => bot.stop()));
      await Promise.all([postgres.stop(), workspace.close()]);
    }
  });
});
