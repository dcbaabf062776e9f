import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { makeHome, startBotProcess } from '../support/bot.ts';
import { shownText, socketMode } from '../support/slack-bot.ts';

test('the bot shows App Home, follows what it measures, and answers the shortcut in a dialog', async () => {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  let status = 200;
  const api = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(api, 'listening');
  onTestFinished(() => void api.close());
  const ops = `team: {name: Clinic, zone: UTC}
checks:
  - id: api
    owner: "@anna"
    every: 5s
    timeout: 2s
    attempts: 1
    http: {url: "http://127.0.0.1:${(api.address() as AddressInfo).port}/"}
`;
  const home = await makeHome(ops);
  onTestFinished(() => home.remove());
  const bot = await startBotProcess(home, socketMode(workspace));
  onTestFinished(async () => void (await bot.stop()));
  const anna = workspace.user('anna');
  const page = (text: string) =>
    workspace.waitFor(
      () => {
        const view = workspace.home('anna');
        return view && shownText(view).includes(text) ? view : undefined;
      },
      { timeoutMs: 40_000, what: `App Home with "${text}"` },
    );
  await bot.logged(({ msg }) => msg === 'Rounds is ready');
  await anna.openHome();
  await anna.click(await page('Run again'), 'health.again');
  await page('🟢 *1 ok*');
  status = 503;
  const failing = shownText(await page('FAIL api'));
  expect(failing.indexOf('Yours')).toBeLessThan(failing.indexOf('FAIL api'));
  await anna.shortcut('health.now');
  const dialog = await workspace.waitFor(
    () => workspace.views('anna').find((view) => shownText(view).includes('Run again')),
    { timeoutMs: 20_000, what: 'the answer in the dialog' },
  );
  expect(shownText(dialog)).toContain('FAIL api');
}, 90_000);
