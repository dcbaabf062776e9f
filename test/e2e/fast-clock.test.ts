import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBot } from '../../src/bot.ts';
import { Closing } from '../../src/closing.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { PlayClock } from '../../src/play-clock.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { memoryLog } from '../support/memory-log.ts';
import { askHealth, shownText } from '../support/slack-bot.ts';
import { embeddedFolder } from '../support/store.ts';

const hour = 3_600_000;

/** A service that can be broken. */
const service = { broken: false, asked: 0 };
const server = createServer((_, response) => {
  service.asked += 1;
  response.writeHead(service.broken ? 503 : 200).end();
});
let port: number;
beforeAll(async () => {
  port = await listenOn(server);
});
afterAll(() => void server.close());

let dataDir: string;
let configDir: string;
let closing: Closing;
beforeEach(async () => {
  service.broken = false;
  closing = new Closing();
  dataDir = await embeddedFolder();
  configDir = await mkdtemp(join(tmpdir(), 'rounds-fast-'));
  await writeFile(
    join(configDir, 'ops.yml'),
    `
team: { name: Test, zone: Europe/Berlin }
slack: { alerts: "#alerts" }
roles: { responder: ["@oncall"] }
defaults: { every: 1m, timeout: 2s, attempts: 1 }
checks:
  - { id: api, http: { url: "http://127.0.0.1:${port}/" }, fail: ["status != 200"] }
  - { id: held, http: { url: "http://127.0.0.1:${port}/" }, fail: [], warn: ["status == 200"], held_for: 5m }
`,
  );
});
afterEach(async () => {
  await closing.closeAll(memoryLog());
  await rm(configDir, { recursive: true, force: true });
});

/** The whole bot in this process, beside a workspace whose clock is the bot's. */
async function playing() {
  const log = memoryLog();
  const clock = new PlayClock({ dataDir, log });
  closing.defer('the clock', () => clock.close());
  const workspace = await startWorkspace({ clock });
  closing.defer('the workspace', () => workspace.close());
  const variables = { DATA_DIR: dataDir, OPS_CONFIG: join(configDir, 'ops.yml'), PORT: '0', HOST: '127.0.0.1' };
  const environment = readEnvironment(variables, { face: 'bot' });
  const { botToken, appToken, apiUrl } = workspace;
  const slack = { kind: 'socket' as const, botToken, appToken, apiUrl };
  const onOpened = ({ team }: { team: { zone: string } }) => clock.begin(team.zone);
  await startBot({ environment, variables, log, slack, closing, clock, onOpened });
  return { clock, workspace, log };
}

type Playing = Awaited<ReturnType<typeof playing>>;

const alerts = (workspace: Workspace) => workspace.messages('alerts').map(({ text }) => text);

/** Breaks the service and waits for its alert; how long that took, ms. */
async function alerted({ workspace }: Playing): Promise<number> {
  service.broken = true;
  const brokenAtMs = performance.now();
  await workspace.waitFor(() => alerts(workspace).find((text) => text.includes('api')), {
    timeoutMs: 20_000,
    what: 'the alert',
  });
  return performance.now() - brokenAtMs;
}

/** Mutes the check for an hour, by the button under its alert. */
async function muted({ workspace }: Playing): Promise<void> {
  const alert = () => workspace.messages('alerts').find(({ text }) => text.includes('api'))!;
  await workspace.waitFor(() => JSON.stringify(alert()).includes('health.mute1h'), { what: 'the button' });
  await workspace.user('anna').click(alert(), 'health.mute1h');
  await workspace.waitFor(() => shownText(alert()).includes(' until '), { timeoutMs: 10_000, what: 'the mute' });
}

/** The mute is over, and people are told that it is still so; how long that took, ms. */
async function unmuted({ workspace }: Playing, timeoutMs: number): Promise<number> {
  const sinceMs = performance.now();
  await workspace.waitFor(() => alerts(workspace).some((text) => text.includes('no longer muted')), {
    timeoutMs,
    what: 'the end of the mute',
  });
  return performance.now() - sinceMs;
}

/** Nobody was told, nor the log, that anything was late or out of order. */
function expectNothingLate({ workspace, log }: Playing): void {
  expect(alerts(workspace).filter((text) => text.includes('kept only at'))).toEqual([]);
  const warned = log.lines.filter(({ level }) => level === 'warn' || level === 'error');
  const beforeSlack = ({ fields }: (typeof warned)[number]) => JSON.stringify(fields).includes('not connected yet');
  expect(warned.filter((line) => line.message !== ofTheDay && !beforeSlack(line))).toEqual([]);
}

/** What a bot without a key says each day at 06:00, which a clock may pass that jumps or runs fast. */
const ofTheDay = 'the audit has no signed head: set AUDIT_SIGNING_KEY';

const answer = async ({ workspace }: Playing, line: string) => shownText((await askHealth(workspace, line)).message);

/** `HH:MM` in Berlin, so long from now by this clock. */
function wallClockIn(clock: PlayClock, ms: number): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });
  return format.format(new Date(clock.now().getTime() + ms));
}

describe('a clock that somebody moves, through the whole bot', () => {
  it('that runs fast: runs go on, nothing goes stale, an alert opens after two runs, deadlines are kept in time', async () => {
    const play = await playing();
    play.clock.setSpeed(60);
    expect(await alerted(play)).toBeLessThan(10_000);
    expect(await answer(play, '/ops health')).not.toMatch(/stale|no result/i);
    play.clock.setSpeed(600);
    await muted(play);
    const asked = service.asked;
    const lastedMs = await unmuted(play, 20_000);
    expect(lastedMs).toBeGreaterThan(4_000);
    expect(lastedMs).toBeLessThan(9_000);
    expect(service.asked - asked).toBeGreaterThan(4);
    expect(await answer(play, '/ops health')).not.toMatch(/stale|no result/i);
    const held = () => alerts(play.workspace).some((text) => text.includes('held'));
    await play.workspace.waitFor(held, { timeoutMs: 20_000, what: 'the alert of what must hold for 5 min' });
    expectNothingLate(play);
  });

  it('that jumps, and a restart: what was jumped over is not late, what was measured not stale nor in the future', async () => {
    const play = await playing();
    play.clock.setSpeed(60);
    await alerted(play);
    play.clock.setSpeed(1);
    await muted(play);
    play.clock.jump(wallClockIn(play.clock, 5 * hour));
    expect(play.clock.aheadMs).toBeGreaterThan(4.9 * hour);
    expect(await unmuted(play, 20_000)).toBeLessThan(5_000);
    expect(await answer(play, '/ops health')).not.toMatch(/stale|no result/i);
    expectNothingLate(play);
    await closing.closeAll(play.log);
    const shownMs = play.clock.now().getTime();

    service.broken = false;
    const again = await playing();
    expect(again.clock.now().getTime()).toBeGreaterThanOrEqual(shownMs);
    expect(await answer(again, '/ops health')).toContain('2 ok');
    expect(await answer(again, '/ops health held')).not.toMatch(/ahead of the clock|stale/);
    expectNothingLate(again);
  });
});

describe("a try-out's process, its terminal and its doctor", () => {
  it('go on from where the clock was left, until --reset', async () => {
    const home = await makeHome('checks: [{ id: nobody, tcp: { host: 127.0.0.1, port: 9 } }]', {
      WORKSPACE_PORT: '0',
      DEMO_PORT: '0',
    });
    const file = join(home.dir, 'data', 'clock.json');
    const aheadMs = async () => {
      const { checks } = JSON.parse((await rounds(home, ['health', '--json'])).stdout);
      return new Date(checks[0].at).getTime() - Date.now();
    };
    await mkdir(join(home.dir, 'data'), { mode: 0o700 });
    await writeFile(file, JSON.stringify({ saved_at: new Date(), ahead_ms: 8 * hour, speed: 1 }));
    const bot = await startBotProcess(home);
    await bot.logged(({ msg }) => msg.includes("this try-out's clock was moved: it is 8 h"));
    expect(Math.abs((await aheadMs()) - 8 * hour)).toBeLessThan(60_000);
    const { stdout } = await rounds(home, ['doctor']);
    expect(stdout).toMatch(/the workspace's clock was moved: it is 8 h ahead/);
    expect(stdout).not.toMatch(/this machine's clock is .* (behind|ahead)/);
    expect(await bot.stop()).toBe(0);
    expect(Math.abs((await aheadMs()) - 8 * hour)).toBeLessThan(60_000);

    const again = await startBotProcess(home, {}, 'Rounds is ready', ['--reset']);
    expect(existsSync(file)).toBe(false);
    expect(Math.abs(await aheadMs())).toBeLessThan(60_000);
    expect(await again.stop()).toBe(0);
    await home.remove();
  }, 180_000);
});
