import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { type Gate, startGate } from '../support/balancer-gate.ts';
import { type BotHome, makeHome, type RunningBot, startBotProcess } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { listenOn } from '../support/listen.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { askHealth, shownText, socketMode } from '../support/slack-bot.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** An outside watchdog: counts the beats. */
async function watchdog() {
  const beats = { count: 0, url: '' };
  const server = createServer((_, res) => {
    beats.count += 1;
    res.end('OK');
  });
  beats.url = `http://127.0.0.1:${await listenOn(server)}/ping`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return beats;
}

const opsYml = `
slack: { alerts: "#alerts" }
roles: { operator: [U0ANNA0001] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1 }
heartbeat: { url: { secret: HEARTBEAT_URL } }
checks: [{ id: gone, tcp: { host: 127.0.0.1, port: 9 } }]
`;

/** A whole bot's surroundings: a workspace behind a gate, a database behind another. */
async function surroundings(shut: { slack?: boolean } = {}) {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const toSlack = await startGate({ to: Number(new URL(workspace.url).port), shut: shut.slack ?? false });
  const toDatabase = await startGate({ to: postgres.port });
  onTestFinished(() => [toSlack, toDatabase].forEach((gate: Gate) => void gate.close()));
  const direct = await postgres.createDatabase();
  const pool = new pg.Pool({ connectionString: direct, max: 1 });
  onTestFinished(() => pool.end());
  const database = new URL(direct);
  database.port = String(toDatabase.port);
  const beats = await watchdog();
  const home: BotHome = await makeHome(opsYml, {
    ...socketMode(workspace),
    SLACK_API_URL: `http://127.0.0.1:${toSlack.port}/api/`,
    DATABASE_URL: database.href,
    HEARTBEAT_URL: beats.url,
  });
  onTestFinished(() => home.remove());
  const start = async (until?: 'listening') => {
    const bot = await startBotProcess(home, {}, until);
    onTestFinished(async () => void (await bot.stop()));
    return bot;
  };
  return { workspace, toSlack, toDatabase, beats, start, pool };
}

async function probe(bot: RunningBot, path: string) {
  const answer = await fetch(`http://127.0.0.1:${bot.port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

it('a bot that starts while Slack is away measures and records; what it found is told, and the heart beats, once Slack is there', async () => {
  const { workspace, toSlack, beats, start, pool } = await surroundings({ slack: true });
  const bot = await start('listening');
  await bot.logged(({ msg }) => msg === 'Slack is away: trying again');
  expect(await probe(bot, '/healthz')).toMatchObject({ status: 200 });
  await eventually(async () => {
    const { rows } = await pool.query(`select outcome from check_result where check_id = 'gone'`);
    expect(rows.length).toBeGreaterThan(0);
  });
  const ready = await probe(bot, '/readyz');
  expect([ready.status, ready.text]).toEqual([
    503,
    expect.stringMatching(/^database: ok\nqueue: ok\nschedules: ok\nslack: Slack can't be/),
  ]);
  expect(beats.count).toBe(0);

  toSlack.open();
  await workspace.waitFor(() => workspace.messages('alerts')[0]?.text.includes('gone'), {
    timeoutMs: 150_000,
    what: 'the alert',
  });
  await eventually(() => expect(beats.count).toBe(1));
  expect(await probe(bot, '/readyz')).toMatchObject({ status: 200 });
  expect(bot.log.filter(({ msg }) => msg.startsWith('no heartbeat'))).toEqual([]);
}, 180_000);

it('connections to the database that are half-open are noticed within 30 s, and the bot goes on', async () => {
  const { toDatabase, start, pool } = await surroundings();
  const bot = await start();
  const newest = async () => (await pool.query<{ at: Date }>('select max(at) as at from check_result')).rows[0]!.at;
  await eventually(async () => expect(await newest()).toBeInstanceOf(Date));
  toDatabase.freeze();
  const frozenAt = performance.now();
  const before = await newest();
  // The network works again at once; what was connected stays dead.
  await bot.logged(({ error }) => error === 'the database was silent for 25 s');
  expect(performance.now() - frozenAt).toBeLessThan(30_000);
  await expect.poll(newest, { timeout: 20_000, interval: 100 }).not.toEqual(before);
  await eventually(async () => expect(await probe(bot, '/readyz')).toMatchObject({ status: 200 }));
}, 90_000);

it('a fault is told with a reference that the log has too; what is refused has the same one in log and audit', async () => {
  const { workspace, start, pool } = await surroundings();
  const bot = await start();
  await askHealth(workspace);
  await pool.query('alter table silence rename to silence_gone');
  const posted = workspace.messages('#ops').length;
  await workspace.user('anna').command('#ops', '/ops maintenance gone 10m patches');
  const told = () => [...workspace.messages('#ops').slice(posted), ...workspace.ephemerals('anna')];
  const words = /Something went wrong \(ref ([0-9A-F]{6})\)/;
  await eventually(() => expect(told().map(shownText).join('\n')).toMatch(words));
  const reference = words.exec(told().map(shownText).join('\n'))![1]!;
  const line = await bot.logged(({ msg }) => msg === `something went wrong (ref ${reference})`);
  expect(line).toMatchObject({ request: reference, command: 'maintenance', actor: 'slack:U0ANNA0001' });
  await pool.query('alter table silence_gone rename to silence');

  const audited = async (action: string) => {
    const { rows } = await pool.query<{ payload: string }>('select payload from audit_detail where action = $1', [
      action,
    ]);
    return rows.map(({ payload }) => JSON.parse(payload) as { request: string });
  };
  await workspace.user('ben').command('#ops', '/ops maintenance gone 10m patches');
  const denied = await bot.logged(({ msg }) => msg === 'denied');
  await eventually(async () => expect(await audited('access.denied')).toMatchObject([{ request: denied.request }]));
  await workspace.user('anna').command('#ops', '/ops maintenance gone 10m patches');
  await eventually(async () => {
    const { rows } = await pool.query<{ request: string }>('select request from silence');
    expect(rows).toHaveLength(1);
    expect(await audited('maintenance.begin')).toMatchObject(rows);
  });
});

it('the page for operators names every metric of ours, and no other; its rules are YAML over metrics that are there', async () => {
  const { start } = await surroundings();
  const { text } = await probe(await start(), '/metrics');
  const given = [...text.matchAll(/^# TYPE (rounds_\w+) (\w+)$/gm)];
  const own = given.map(([, name]) => name!).filter((name) => !/^rounds_(process|nodejs)_/.test(name));
  const page = await readFile(join(import.meta.dirname, '../../docs/operating.md'), 'utf8');
  const told = [...page.matchAll(/^\| `(rounds_\w+)` \|/gm)].map(([, name]) => name!);
  expect(told.toSorted()).toEqual(own.toSorted());
  const rules = parse(/```yaml\n(groups:[\s\S]*?)```/.exec(page)![1]!) as { groups: { rules: { expr: string }[] }[] };
  const histograms = given
    .filter(([, , type]) => type === 'histogram')
    .flatMap(([, name]) => [`${name}_count`, `${name}_bucket`]);
  for (const { expr } of rules.groups[0]!.rules) {
    for (const [name] of expr.matchAll(/rounds_\w+/g)) expect([...own, ...histograms]).toContain(name);
  }
});
