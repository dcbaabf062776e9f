import { cp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../src/registry.ts';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { type BotHome, type Ended, makeHome, type RunningBot, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { socketMode } from '../support/slack-bot.ts';

const ops = `
slack: { alerts: "#alerts" }
roles: { operator: ["os:anna"] }
checks:
  - id: port
    tcp: { host: 127.0.0.1, port: 1 }
`;

const homes: BotHome[] = [];
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await Promise.all(homes.splice(0).map((home) => home.remove()));
});

async function homeWith(opsYml = ops, env: NodeJS.ProcessEnv = {}): Promise<BotHome> {
  const home = await makeHome(opsYml, env);
  homes.push(home);
  return home;
}

async function started(home: BotHome, env: NodeJS.ProcessEnv = {}): Promise<RunningBot> {
  const bot = await startBotProcess(home, env);
  closing.push(() => bot.stop());
  return bot;
}

/** Lines by part: `config` → its signs in order. */
function signsOf({ stdout }: Ended, part: string): string {
  const lines = stdout.split('\n').filter((line) => line.slice(2).startsWith(`${part}: `));
  return lines.map(([sign]) => sign).join('');
}

// Each test starts processes that make a database of their own: on a busy machine that takes a while.
describe('rounds doctor', { timeout: 90_000 }, () => {
  it('of a fresh try-out, with no bot and no database yet, finds everything fine', async () => {
    const home = await homeWith();
    const ended = await rounds(home, ['doctor']);
    expect(ended.stdout.split('\n')[0]).toMatch(/^✓ \d+ of \d+ fine$/);
    expect(ended.stdout).toContain('✓ bot: none runs here');
    expect([ended.code, ended.stderr]).toEqual([0, '']);
  });

  it('asks the bot that runs, which knows whether it is connected', async () => {
    const workspace = await startWorkspace();
    closing.push(() => workspace.close());
    const home = await homeWith(ops, socketMode(workspace));
    await started(home);
    const ended = await rounds(home, ['doctor']);
    expect(ended.stdout).toContain('✓ slack: the bot is connected');
    expect(ended.stdout).toContain('✓ channels: the bot is in #alerts (slack.alerts)');
    expect(signsOf(ended, 'bot')).toBe('');
    expect(signsOf(ended, 'queue') + signsOf(ended, 'database')).toBe('✓✓✓✓');
    expect(ended.code).not.toBe(3);
  });

  it('prints JSON for scripts', async () => {
    const home = await homeWith();
    const { stdout, code } = await rounds(home, ['doctor', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'ok', counts: { problem: 0 }, findings: expect.any(Array) });
    expect(code).toBe(0);
  });

  it('with a broken config tells each mistake, and looks at what it still can', async () => {
    const workspace = await startWorkspace();
    closing.push(() => workspace.close());
    const broken = ops.replace('tcp:', 'tpc:');
    const ended = await rounds(await homeWith(broken, socketMode(workspace)), ['doctor']);
    expect(ended.stdout).toMatch(/✗ config: .*ops\.yml:\d+ .*checks\[0\]/);
    expect(signsOf(ended, 'slack')).toBe('✓✓');
    expect(ended.stdout).toContain('? checks: not looked at: the configuration has mistakes');
    expect([ended.code, ended.stderr]).toEqual([2, '']);
  });

  it('with a config that broke after the bot had started says so, through the bot', async () => {
    const home = await homeWith();
    const workspace = await startWorkspace();
    closing.push(() => workspace.close());
    await started(home, socketMode(workspace));
    await writeFile(join(home.dir, 'ops.yml'), 'checks: [');
    const ended = await rounds(home, ['doctor']);
    expect(signsOf(ended, 'config')).toContain('✗');
    expect(ended.code).toBe(2);
  });

  it('with a database that can not be reached says so soon, and looks at what it still can', async () => {
    const server = createServer();
    const port = await listenOn(server);
    await new Promise((resolve) => server.close(resolve));
    const password = 'a-password-not-to-be-shown';
    const home = await homeWith(ops, { DATABASE_URL: `postgres://rounds:${password}@127.0.0.1:${port}/rounds` });
    const ended = await rounds(home, ['doctor']);
    expect(ended.stdout).toMatch(
      /✗ database: cannot reach the database at 127\.0\.0\.1:\d+\/rounds: connection refused\n {2}→ /,
    );
    expect(ended.stdout).toContain("? queue: not looked at: the database can't be used");
    expect(signsOf(ended, 'config')).toBe('✓');
    expect(ended.stdout + ended.stderr).not.toContain(password);
    expect(ended.code).toBe(2);
  });

  it('with mistakes in the environment tells each, never its value, and goes on without them', async () => {
    const home = await homeWith(ops, {
      SLACK_BOT_TOKEN: 'xoxp-a-user-token-not-to-be-shown',
      SLACK_APP_TOKEN: 'xapp-1-not-to-be-shown',
      DATABASE_URL: 'mysql://rounds:hunter2222@db/rounds',
      PORT: 'many',
    });
    const ended = await rounds(home, ['doctor']);
    expect(signsOf(ended, 'environment')).toBe('✗✗✗');
    expect(ended.stdout).toContain('? database: not looked at: DATABASE_URL has a mistake');
    expect(ended.stdout).toContain('? slack: not looked at: SLACK_BOT_TOKEN has a mistake');
    expect(signsOf(ended, 'config')).toBe('✓');
    expect(ended.stdout + ended.stderr).not.toMatch(/not-to-be-shown|hunter2222/);
    expect(ended.code).toBe(2);
  });

  it('looks at Slack with the tokens of the environment when no bot runs', async () => {
    const workspace = await startWorkspace();
    closing.push(() => workspace.close());
    const home = await homeWith(ops, { ...socketMode(workspace), SLACK_BOT_TOKEN: workspace.issueToken('bot', []) });
    const ended = await rounds(home, ['doctor']);
    expect(ended.stdout).toMatch(/✗ slack: SLACK_BOT_TOKEN of @rounds in T\w+ lacks .*chat:write/);
    expect(ended.code).toBe(2);
  });

  it('tells of a bot that is stuck, and does not wait for its database for ever', async () => {
    const workspace = await startWorkspace();
    closing.push(() => workspace.close());
    const home = await homeWith(ops, socketMode(workspace));
    const bot = await startBotProcess(home);
    bot.child.kill('SIGSTOP');
    const ended = await rounds(home, ['doctor']);
    bot.child.kill('SIGCONT');
    await bot.stop();
    expect(ended.stdout).toContain('✗ bot: the running bot does not answer');
    expect(ended.stdout).toMatch(/✗ database: another Rounds uses /);
    expect(signsOf(ended, 'slack')).toBe('✓✓');
    expect(ended.code).toBe(2);
  });

  it('of the demo as it is shipped finds no problem', async () => {
    const home = await homeWith('');
    for (const name of ['ops.yml', 'checks', 'templates'])
      await cp(join(root, name), join(home.dir, name), { recursive: true });
    await started(home, { WORKSPACE_PORT: '0', DEMO_PORT: '0' });
    const ended = await rounds(home, ['doctor']);
    expect(ended.stdout.split('\n').filter((line) => line.startsWith('✗'))).toEqual([]);
  });
});
