import { expect, it } from 'vitest';
import { makeHome, startBotProcess } from '../../support/bot.ts';
import { socketMode } from '../../support/slack-bot.ts';
import { closeLater, workspaceOf } from './setup.ts';

it('a SIGTERM ends the process while Socket Mode connects again to a Slack that hangs', async () => {
  const workspace = await workspaceOf();
  const home = await makeHome('version: 1\nchecks: [{id: api, every: 30m, http: {url: "http://127.0.0.1:9/"}}]\n');
  closeLater(() => home.remove());
  const bot = await startBotProcess(home, socketMode(workspace));
  closeLater(() => bot.kill());
  workspace.fault('apps.connections.open', { kind: 'delay', ms: 8_000 }, 5);
  workspace.sockets.drop();
  await bot.logged(({ msg }) => msg.includes('connecting again'));
  const startedMs = performance.now();
  expect(await bot.stop()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
