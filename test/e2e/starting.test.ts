import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BotHome, makeHome, rounds, startBotProcess } from '../support/bot.ts';

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
    const second = await rounds(home, ['start', '--reset']);
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('another Rounds uses')]);
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
