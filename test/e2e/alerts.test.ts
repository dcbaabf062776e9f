import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { makeHome, startBotProcess } from '../support/bot.ts';
import { socketMode } from '../support/slack-bot.ts';

/** A system that answers with a status that the test sets. */
async function system() {
  const state = { status: 200, url: '', asked: 0 };
  const server = createServer((_, response) => {
    state.asked += 1;
    response.writeHead(state.status).end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return state;
}

test('a system goes down, the bot is killed and comes back, the system recovers: one message, kept true; then a mute', async () => {
  const api = await system();
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const home = await makeHome(`
slack: { alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1, close_after: 1 }
checks:
  - { id: api, owner: anna, http: { url: "${api.url}" } }
`);
  onTestFinished(() => home.remove());
  const inChannel = () =>
    workspace.messages('alerts').filter(({ thread_ts, ts, reply_broadcast }) => {
      return thread_ts === undefined || thread_ts === ts || reply_broadcast === true;
    });
  const shows = (at: number, text: string) =>
    workspace.waitFor(() => inChannel()[at]?.text.includes(text), { timeoutMs: 40_000, what: text });

  const killed = await startBotProcess(home, socketMode(workspace));
  api.status = 503;
  await shows(0, '🔴 FAIL api');
  expect(inChannel()[0]?.text).toContain('<@U0ANNA0001>');
  await killed.kill();

  const bot = await startBotProcess(home, socketMode(workspace));
  onTestFinished(() => bot.kill());
  const asked = api.asked;
  await vi.waitFor(() => expect(api.asked).toBeGreaterThan(asked + 1), { timeout: 40_000 });
  await workspace.user('anna').click(inChannel()[0]!, 'health.measure');
  await workspace.waitFor(() => workspace.messages('alerts').length === 2, { timeoutMs: 20_000, what: 'the answer' });
  expect(workspace.messages('alerts')[1]?.thread_ts).toBe(inChannel()[0]?.ts);
  expect(inChannel()).toHaveLength(1);

  api.status = 200;
  await shows(0, '✅ OK api — not ok for');
  api.status = 500;
  await shows(1, '🔴 FAIL api');
  await workspace.user('anna').click(inChannel()[1]!, 'health.mute1h');
  await shows(1, '🔕 MUTED api until');
  expect(inChannel()).toHaveLength(2);
  expect(await bot.stop()).toBe(0);
}, 180_000);
