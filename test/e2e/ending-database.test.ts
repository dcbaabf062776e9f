import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, makeHome, type RunningBot, startBotProcess } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { memoryLog } from '../support/memory-log.ts';
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
afterEach(() => postgres.resume());
afterAll(async () => {
  await postgres.stop();
  await workspace.close();
  await home.remove();
});

async function endsWell(bot: RunningBot): Promise<void> {
  const startedMs = performance.now();
  expect(await bot.stop()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(9_000);
  expect(bot.log.filter(({ msg }) => / hangs: exiting|could not close/.test(msg))).toEqual([]);
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
});

it('ends in time when its start waits for the database', async () => {
  const DATABASE_URL = await postgres.createDatabase();
  await (await openStore({ databaseUrl: DATABASE_URL, dataDir: home.dir, log: memoryLog() })).close();
  const other = new pg.Client({ connectionString: DATABASE_URL });
  await other.connect();
  await other.query('begin; lock table schedule_state in access exclusive mode');
  const bot = await startBotProcess(home, { ...socketMode(workspace), DATABASE_URL }, 'listening');
  await eventually(async () => {
    const { rows } = await other.query(
      `select from pg_locks where relation = 'schedule_state'::regclass and not granted`,
    );
    expect(rows).toHaveLength(1);
  });
  await endsWell(bot);
  await other.end();
});
