import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, launch, makeHome, type RunningBot, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { startPostgres } from '../support/postgres.ts';
import { askHealth, shownText, socketMode, startHttpBot } from '../support/slack-bot.ts';

const target = { hang: false, asked: 0, waiting: new Set<() => void>() };
const server = createServer((_req, res) => {
  target.asked += 1;
  for (const tell of target.waiting) tell();
  if (!target.hang) res.end('{"status": "healthy"}');
});
const askedAgain = () =>
  new Promise<void>((resolve) => {
    const tell = () => {
      target.waiting.delete(tell);
      resolve();
    };
    target.waiting.add(tell);
  });

let home: BotHome;
let workspace: Workspace;
const bots: RunningBot[] = [];

async function start(env: NodeJS.ProcessEnv = socketMode(workspace)): Promise<RunningBot> {
  const bot = await startBotProcess(home, env);
  bots.push(bot);
  return bot;
}

beforeEach(async () => {
  target.hang = false;
  const port = server.listening ? (server.address() as { port: number }).port : await listenOn(server);
  home = await makeHome(
    `version: 1\ndefaults: {every: 30m, timeout: 5s, attempts: 1}\nchecks: [{id: api, http: {url: "http://127.0.0.1:${port}/"}}]\n`,
  );
  workspace = await startWorkspace();
});

afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  await workspace.close();
  await home.remove();
  server.closeAllConnections();
});

describe('starting', () => {
  it('names every problem of the environment and of ops.yml, and exits with 3', async () => {
    const environment = await rounds(home, ['start'], {
      PORT: 'http',
      SLACK_BOT_TOKEN: 'xapp-wrong',
      LOG_LEVEL: 'loud',
    });
    expect(environment.code).toBe(3);
    for (const name of ['PORT', 'SLACK_BOT_TOKEN', 'LOG_LEVEL']) expect(environment.stderr).toContain(name);
    expect(environment.stderr).not.toContain('xapp-wrong');
    const config = await rounds(home, ['start'], {
      ...socketMode(workspace),
      OPS_CONFIG: join(home.dir, 'missing.yml'),
    });
    expect([config.code, config.stderr]).toEqual([3, expect.stringContaining('missing.yml')]);
  });

  it('in production insists on Slack and on a database server', async () => {
    const { code, stderr } = await rounds(home, ['start'], { NODE_ENV: 'production' });
    expect(code).toBe(3);
    expect(stderr).toContain('SLACK_BOT_TOKEN');
    expect(stderr).toContain('ALLOW_EMBEDDED=1');
  });

  it('says that the port is in use', async () => {
    const first = await start();
    const second = await rounds(home, ['start'], {
      ...socketMode(workspace),
      PORT: String(first.port),
      DATA_DIR: join(home.dir, 'other'),
    });
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringMatching(`Port ${first.port} on 127.0.0.1 is in use\n.*PORT`),
    ]);
  });

  it('refuses a second process on the same folder, and a terminal asks the first', async () => {
    await start();
    const second = await rounds(home, ['start'], socketMode(workspace));
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('DATABASE_URL')]);
    const asked = await rounds(home, ['health']);
    expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining('1 ok')]);
  });

  it('says which token Slack refuses', async () => {
    const { code, stderr } = await rounds(home, ['start'], { ...socketMode(workspace), SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/SLACK_BOT_TOKEN.*invalid_auth/s)]);
    expect(stderr).not.toContain('xoxb-wrong');
  });
});

describe('a terminal beside the bot', () => {
  it('exits with 3 and prints no verdict when it is interrupted', async () => {
    expect((await rounds(home, ['health'])).code).toBe(0);
    target.hang = true;
    const asked = askedAgain();
    const terminal = launch(home, ['health', '--json'], {});
    let stdout = '';
    terminal.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    await asked;
    terminal.kill('SIGINT');
    const [code] = await once(terminal, 'close');
    expect([code, stdout]).toEqual([3, '']);
  });

  it('is told when the bot watches another config', async () => {
    const bot = await start();
    const other = join(home.dir, 'other.yml');
    await writeFile(other, 'version: 1\nchecks: [{id: b, tcp: {host: 127.0.0.1, port: 9}}]\n');
    const { code, stderr } = await rounds(home, ['health'], { OPS_CONFIG: other });
    expect([code, stderr]).toEqual([3, expect.stringContaining(`not ${other}`)]);
    expect(bot.child.exitCode).toBeNull();
  });
});

describe('running', () => {
  it('ends with 0 when told to, also in the middle of a sweep', async () => {
    const bot = await start();
    target.hang = true;
    const asked = askedAgain();
    await workspace.user('anna').command('#ops', '/ops health');
    await asked;
    expect(await bot.stop()).toBe(0);
  });

  it('answers over HTTP as over Socket Mode', async () => {
    bots.push(await startHttpBot(home, workspace));
    const { outcome, message } = await askHealth(workspace);
    expect(outcome.ok).toBe(true);
    expect(shownText(message)).toContain('🟢 *1 ok*');
  });

  it('goes on when its token is revoked, says so, and works with it again', async () => {
    const bot = await start();
    workspace.revokeToken(workspace.botToken);
    await workspace.user('anna').command('#ops', '/ops health');
    await bot.logged((line) => line.level >= 40 && JSON.stringify(line).includes('token_revoked'));
    const ready = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('token_revoked')]);
    expect((await rounds(home, ['health'])).code).toBe(0);
    expect(bot.child.exitCode).toBeNull();
  });

  it('killed in the middle of a sweep, it starts again with its history whole', async () => {
    const first = await start();
    expect((await rounds(home, ['health'])).code).toBe(0);
    target.hang = true;
    const asked = askedAgain();
    const typed = workspace.user('anna').command('#ops', '/ops health');
    await asked;
    await first.kill();
    await typed;
    target.hang = false;
    await start();
    const { stdout, code } = await rounds(home, ['health', 'api']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/uptime 100 % since /);
    expect(stdout).not.toMatch(/fail|unknown/i);
  });

  it('measures and answers while its database is away, and says that nothing is saved', async () => {
    const postgres = await startPostgres();
    try {
      const bot = await start({ ...socketMode(workspace), DATABASE_URL: await postgres.createDatabase() });
      expect(shownText((await askHealth(workspace)).message)).toContain('🟢 *1 ok*');
      await postgres.kill();
      const { outcome, message } = await askHealth(workspace);
      expect(outcome.ok).toBe(true);
      expect(shownText(message)).toMatch(/🟢 \*1 ok\*[\s\S]*not saved/);
      expect((await fetch(`http://127.0.0.1:${bot.port}/readyz`)).status).toBe(503);
      await postgres.restart();
      expect(shownText((await askHealth(workspace)).message)).not.toMatch(/not saved/);
      expect((await fetch(`http://127.0.0.1:${bot.port}/readyz`)).status).toBe(200);
    } finally {
      await Promise.all(bots.splice(0).map((bot) => bot.stop()));
      await postgres.stop();
    }
  });
});
