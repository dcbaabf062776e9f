import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, makeHome, type RunningBot, rounds, startBotProcess } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { shownText, socketMode } from '../support/slack-bot.ts';

const file = `
title: Round of the day
items:
  - { id: port, title: Slack is reached, expected: 5m, auto: { check: port } }
  - { id: eyes, title: Nothing looks odd, expected: 1m }
`;
let workspace: Workspace;
let home: BotHome;
let bot: RunningBot;
const write = (text: string) => writeFile(join(home.dir, 'templates', 'checklists', 'day.yml'), text);

beforeAll(async () => {
  workspace = await startWorkspace();
  const port = new URL(workspace.apiUrl).port;
  home = await makeHome(
    `
slack: { daily: "#ops", alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
checks:
  - { id: port, every: 1m, tcp: { host: 127.0.0.1, port: ${port} } }
`,
    socketMode(workspace),
  );
  await mkdir(join(home.dir, 'templates', 'checklists'), { recursive: true });
  await write(file);
  bot = await startBotProcess(home);
});
afterAll(async () => {
  bot.child.kill('SIGTERM');
  await workspace.close();
  await home.remove();
});

const message = () => workspace.messages('#ops').find(({ bot_id, thread_ts }) => bot_id && thread_ts === undefined);
const text = () => shownText(message() ?? { blocks: [] });

it('begins on demand, ticks what a check knows, is ticked and attested, and its next run has the changed file', async () => {
  await workspace.user('anna').command('#alerts', '/ops checklist day');
  await eventually(() => expect(text()).toContain('*1/2*'));
  expect(text()).toContain('1 min of 6 min left for people');
  await workspace.user('anna').click(message()!, 'checklist.tick');
  await eventually(() => expect(text()).toContain('*2/2*'));
  await workspace.user('anna').click(message()!, 'checklist.attest');
  await eventually(() => expect(text()).toMatch(/attested by <@U0ANNA0001>.*\naudit row \d+ `[0-9a-f]{64}`/));

  await write('title: Round of the day\nitems:\n  - { id: port, titel: Slack }');
  const told = () =>
    workspace
      .messages('#alerts')
      .map((each) => shownText(each))
      .join('\n');
  await eventually(() => expect(told()).toContain('day.yml:3'));
  const { code, stdout } = await rounds(home, ['check-config']);
  expect([code, stdout]).toEqual([3, expect.stringContaining('day.yml:3')]);
  expect((await rounds(home, ['checklist'])).stdout).toContain('day.yml:3');

  await write(`${file}  - { id: more, title: One more }\n`);
  await eventually(async () => expect((await rounds(home, ['checklist', '--json'])).stdout).toContain('One more'));
  const exported = JSON.parse((await rounds(home, ['checklist', 'day', '--history', '--json'])).stdout);
  expect(exported).toMatchObject({
    format: 'rounds-checklist',
    runs: [{ run: 1, state: 'finished', items: [{}, { by: 'slack:U0ANNA0001' }] }],
  });
});
