import { beforeAll, expect, it, onTestFinished } from 'vitest';
import command from '../../../commands/incident.ts';
import type { CheckReport } from '../../../src/health/model.ts';
import { declareButton } from '../../../src/health/views/slack.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { checkReport } from '../../support/reports.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { slackPort } from '../../support/slack-port.ts';
import { embeddedStore } from '../../support/store.ts';

const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** A bot that remembers what the test says of its checks, and a message with a check's button. */
async function sceneOf(room: Room, remembered: { of: CheckReport | undefined }) {
  const { workspace, incidents, ports, clock } = room;
  const { botToken, appToken, apiUrl } = workspace;
  const services = {
    ...{ incidents, severities: ports.severities.all, ops: { team: { zone: 'UTC' } } },
    health: { remembered: () => remembered.of },
  } as unknown as Services;
  const bot = await connectSlack<Services>({
    ...{ commands: [command], services, store, clock, log: memoryLog(), graceMs: 200 },
    ...{ onFatal: () => {}, access: () => everything, slack: { kind: 'socket', botToken, appToken, apiUrl } },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  const post = { text: 'api fails', blocks: [{ type: 'actions', elements: [declareButton('api')] }] };
  await slackPort(workspace, stopped).post({ channel: '#alerts', key: 'k', post });
  const message = workspace.messages('#alerts').find(({ bot_id }) => bot_id)!;
  const anna = workspace.user('anna');
  return { anna, press: () => anna.click(message, 'incident.declare') };
}

it('the button of a failing check opens the dialog with it; the incident keeps what was seen then', async () => {
  const room = await roomOf(store);
  const since = new Date(room.clock.now().getTime() - 8 * 60_000);
  const report = checkReport('api', { outcome: 'fail', reason: '503 (want 200)', since });
  const remembered: { of: CheckReport | undefined } = { of: report };
  const { anna, press } = await sceneOf(room, remembered);
  await press();
  const view = await dialog(room.workspace, 'anna', 'How bad is it?');
  const begun = JSON.stringify(view);
  expect(begun).toContain('"initial_value":"api: 503 (want 200)"');
  expect(begun).toContain('Check api is FAIL since 08:52 UTC: 503 (want 200)');
  // It recovers while the dialog is open.
  remembered.of = checkReport('api', { outcome: 'ok', reason: '200' });
  await anna.submit(view, { severity: 'p1' });
  await eventually(async () => expect(await room.incidents.list(5, 'everything')).toHaveLength(1));
  expect(await room.incident(1)).toMatchObject({
    ...{ title: 'api: 503 (want 200)', systems: 'api', known: expect.stringContaining('since 08:52') },
    origin: { kind: 'check', id: 'api', outcome: 'fail', reason: '503 (want 200)', since: since.toISOString() },
  });
});

it('of a check that this process knows nothing of yet opens it all the same', async () => {
  const room = await roomOf(store);
  const { press } = await sceneOf(room, { of: undefined });
  await press();
  const view = await dialog(room.workspace, 'anna', 'How bad is it?');
  expect(JSON.stringify(view)).toContain('"initial_value":"api: "');
  expect(shownText(view)).toContain('P0 Critical');
});
