import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';
import { shownText, socketMode } from '../support/slack-bot.ts';

test('a bot writes down what is typed, flagged and measured, and a terminal prints it with names', async () => {
  const api = { status: 503 };
  const server = createServer((_, response) => void response.writeHead(api.status).end('hello'));
  const port = await listenOn(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  const workspace = await startWorkspace({ eventTypes: ['app_mention', 'reaction_added'] });
  onTestFinished(() => workspace.close());
  const home = await makeHome(`
slack: { alerts: "#alerts", incidents: "#incidents" }
roles: { responder: [U0ANNA0001] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1, close_after: 1 }
timeline: { flags: [eyes] }
checks:
  - { id: api, http: { url: "http://127.0.0.1:${port}/" } }
`);
  onTestFinished(() => home.remove());
  const bot = await startBotProcess(home, socketMode(workspace));
  onTestFinished(() => bot.stop().then(() => {}));
  const wait = <T>(probe: () => T | undefined | false, what: string) =>
    workspace.waitFor(probe, { timeoutMs: 40_000, what });
  const anna = workspace.user('anna');
  await wait(() => workspace.messages('#alerts').some(({ text }) => text.includes('FAIL api')), 'the alert');

  await anna.command('#ops', '/ops incident declare');
  const view = await wait(() => workspace.views('anna').at(-1), 'the dialog');
  await anna.submit(view, { title: 'API is down', severity: 'p0', systems: 'api' });
  const root = await wait(
    () => workspace.messages('#incidents').find((message) => shownText(message).includes('API is down')),
    'the message',
  );
  const { message } = await workspace.user('ben').say('#incidents', 'the disk is full', { threadTs: root.ts });
  await anna.react(message, 'eyes');
  await wait(() => JSON.stringify(workspace.ephemerals('anna')).includes('Added to the timeline'), 'the flag');
  await anna.command('#ops', '/ops incident ack INC-1');
  api.status = 200;
  await wait(() => workspace.messages('#alerts')[0]?.text.includes('OK'), 'that it is over');

  const { stdout, code } = await rounds(home, ['timeline', 'INC-1', '--markdown']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\*\*Declared\*\* · Anna · P0 Critical: API is down/);
  expect(stdout).toMatch(/\*\*Message\*\* · Ben · the disk is full/);
  expect(stdout).toMatch(/\*\*Command\*\* · Anna · \/ops incident ack INC-1/);
  expect(stdout).toMatch(/\*\*Check\*\* · Rounds · api OK/);
  expect(stdout).toMatch(/## Checks meanwhile\n\n- .* · api · .*fail/);
  const json = JSON.parse((await rounds(home, ['timeline', '--json'])).stdout);
  expect(json).toMatchObject({ format: 'rounds-timeline', incident: { id: 'INC-1' } });
});
