import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, makeHome, type RunningBot, startBotProcess } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { socketMode } from '../support/slack-bot.ts';

vi.setConfig({ testTimeout: 90_000 });

let postgres: Postgres;
let workspace: Workspace;
let home: BotHome;
beforeAll(async () => {
  postgres = await startPostgres();
  workspace = await startWorkspace();
  home = await makeHome(
    'version: 1\ndefaults: {every: 30m, timeout: 5s, attempts: 1}\nchecks: [{id: api, tcp: {host: 127.0.0.1, port: 9}}]\n',
  );
});
afterAll(async () => {
  await postgres.stop();
  await workspace.close();
  await home.remove();
});

async function endsWell(bot: RunningBot): Promise<void> {
  const startedMs = performance.now();
  expect(await bot.stop()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(9_000);
  expect(bot.log.filter(({ msg }) => / hangs|could not close/.test(msg))).toEqual([]);
}

it('ends in time while its database hangs', async () => {
  const DATABASE_URL = await postgres.createDatabase();
  const bot = await startBotProcess(home, { ...socketMode(workspace), DATABASE_URL });
  await postgres.pause();
  await eventually(async () => {
    const ready = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
    expect(await ready.text()).toContain('database: no answer');
  });
  await endsWell(bot);
  postgres.resume();
});

it('ends in time when its database hangs while it starts', async () => {
  const DATABASE_URL = await postgres.createDatabase();
  const bot = await startBotProcess(home, { ...socketMode(workspace), DATABASE_URL }, 'listening');
  await postgres.pause();
  await endsWell(bot);
  postgres.resume();
});
