import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import subscribe from '../../../commands/subscribe.ts';
import toldCommand from '../../../commands/told.ts';
import unsubscribe from '../../../commands/unsubscribe.ts';
import update from '../../../commands/update.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { Command, CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { eventually } from '../../support/eventually.ts';
import { asker, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';
import { homed, told } from '../../support/updates.ts';

const style = { colour: false, width: 80, zone: 'America/New_York' };
const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
const minute = 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function declared(over: Partial<Parameters<Room['incidents']['declare']>[1]> = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down', ...over });
  await homed(room);
  await room.queue.finish();
  return room;
}

function servicesOf({ incidents, ports }: Room): Services {
  return { incidents, severities: ports.severities.all } as unknown as Services;
}

interface How {
  command?: Command<Services>;
  may?: typeof viewersOnly;
  who?: string;
  channel?: string;
}

async function typed(
  room: Room,
  line: string,
  { command = update, may = everything, who = 'U0ANNA0001', channel }: How = {},
) {
  const actor = { id: `slack:${who}`, name: who, mention: `<@${who}>` };
  const ctx: CommandContext<Services> = {
    services: servicesOf(room),
    ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf(may, actor),
    ...(channel !== undefined && { channel }),
  };
  return (await command.run(ctx, line.split(' ').filter(Boolean))) as Reply;
}

async function botOf(room: Room, access: typeof viewersOnly = everything) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const bot = await connectSlack<Services>({
    ...{
      commands: [update, toldCommand, subscribe, unsubscribe],
      services: servicesOf(room),
      store,
      clock: room.clock,
    },
    ...{ log: memoryLog(), graceMs: 200, onFatal: () => {}, onDenied: () => {}, access: () => access },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
}

describe('a line', () => {
  it('writes an update of the incident that is named, or whose channel it is', async () => {
    const room = await declared();
    expect((await typed(room, 'INC-1 we rolled back')).terminal(style)).toBe(
      'INC-1: Update 1 is written. Next one due 2026-11-23 04:15',
    );
    const channel = room.workspace.channel('#inc-home').id;
    await room.incidents.declare(asker, { key: 'k2', severity: 'P0', title: 'Another' });
    await typed(room, 'no change', { channel });
    expect((await typed(room, 'list', { channel })).terminal(style)).toMatch(
      /2 {2}.*No change\n.*1 {2}.*we rolled back/,
    );
    await expect(typed(room, 'which one')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('puts the reminder off, or stops it', async () => {
    const room = await declared();
    expect((await typed(room, 'snooze 10')).terminal(style)).toContain('Nobody is reminded for 10 min');
    expect((await typed(room, 'snooze 10m')).terminal(style)).toContain('10 min');
    await expect(typed(room, 'snooze 0')).rejects.toMatchObject({ code: 'invalid' });
    expect((await typed(room, 'INC-1 stop')).terminal(style)).toContain('Nobody is reminded until');
    expect((await typed(room, 'stop working on the cache')).terminal(style)).toContain('Update 1 is written');
  });

  it('of an incident that is over says so', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    expect(await typed(room, 'INC-1 hm')).toMatchObject({ exitCode: 3 });
  });

  it.each(['INC-1 x', 'no change', 'snooze 5', 'stop'])('of a viewer changes nothing: %s', async (line) => {
    const room = await declared();
    await expect(typed(room, line, { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(typed(room, 'INC-1 management', { command: toldCommand, may: viewersOnly })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await room.incidents.updates.list(1)).toEqual([]);
  });

  it('of a private incident is there for those in it alone', async () => {
    const room = await declared({ private: true });
    for (const command of [update, toldCommand, subscribe, unsubscribe])
      await expect(typed(room, 'INC-1', { command, who: 'U0BEN00001' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('shows who must be told, and writes down that they were', async () => {
    const room = await declared();
    expect((await typed(room, '', { command: toldCommand })).terminal(style)).toContain(
      'Management by 2026-11-23 04:15',
    );
    await typed(room, 'INC-1 management: by phone: they know', { command: toldCommand });
    room.clock.move(40 * minute);
    expect((await typed(room, 'INC-1', { command: toldCommand })).terminal(style)).toMatch(
      /TOLD .*Management, .*by phone: they know\n.*OVERDUE.*Customers/,
    );
  });

  it('subscribes, lists, and ends it', async () => {
    const room = await declared();
    await typed(room, 'INC-1', { command: subscribe });
    expect((await typed(room, 'list', { command: subscribe })).terminal(style)).toContain('INC-1 P0 Critical');
    expect((await typed(room, 'INC-1', { command: unsubscribe })).terminal(style)).toContain('You get no more of it');
    expect((await typed(room, 'list', { command: subscribe })).terminal(style)).toContain('no incident');
  });
});

describe('in Slack', () => {
  it('the dialog begins with what the last update said, and one submit is one update', async () => {
    const room = await declared();
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Rolled back', next: 'Watch <it>' });
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').command('#ops', '/ops update INC-1');
    const view = await dialog(workspace, 'anna', 'How do things stand?');
    expect(JSON.stringify(view.blocks)).toMatch(/"initial_value":"Rolled back".*"initial_value":"Watch <it>"/);
    expect(shownText(view)).toContain('As usual: in 15 min');
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').submit(view, { status: 'Fine <!channel>', due: '3600000', mitigated: ['yes'] });
    await dialog(workspace, 'anna', 'Update 2 is written');
    await workspace.deliverAgain();
    expect(await room.incidents.updates.list(1)).toMatchObject([{ n: 2, status: 'Fine <!channel>' }, { n: 1 }]);
    const incident = await room.incident(1);
    expect(incident.mitigated).toBeDefined();
    expect(incident.nextUpdateAt).toEqual(new Date(room.clock.now().getTime() + 60 * minute));
  });

  it('the buttons of a reminder write "no change" once, put it off, and stop it', async () => {
    const room = await declared();
    await botOf(room);
    const { workspace } = room;
    await room.pass(12 * minute);
    await room.queue.finish();
    const reminder = workspace.messages('#inc-home').find(({ blocks }) => JSON.stringify(blocks).includes('⏰'))!;
    await workspace.user('ben').click(reminder, 'update.snooze');
    await eventually(async () => expect((await room.incidents.show(1)).events.at(-1)?.words).toContain('put off'));
    await workspace.user('ben').click(reminder, 'update.unchanged');
    await workspace.user('anna').click(reminder, 'update.unchanged');
    await eventually(() =>
      expect(workspace.messages('#inc-home').map(shownText).join()).toMatch(
        /Update 1 is written\..*Update 1 is written already/s,
      ),
    );
    expect(await room.incidents.updates.list(1)).toMatchObject([{ n: 1, unchanged: true }]);
    await workspace.user('anna').click(reminder, 'update.stop');
    await eventually(async () => expect((await room.incident(1)).nextUpdateAt).toBeUndefined());
    await workspace.user('anna').click(reminder, 'update.write');
    await dialog(workspace, 'anna', 'How do things stand?');
  });

  it('"Done" asks how they were told, and its message says who did', async () => {
    const room = await declared();
    await botOf(room);
    const { workspace } = room;
    await room.pass(15_000);
    await room.queue.finish();
    const board = () =>
      workspace.messages('#inc-home').find(({ blocks }) => JSON.stringify(blocks).includes('who must be told'))!;
    await workspace.user('ben').click(board(), 'told.done');
    const view = await dialog(workspace, 'ben', 'How, and what was said?');
    await workspace.user('ben').submit(view, { note: 'by phone' });
    await dialog(workspace, 'ben', 'Management was told');
    await room.queue.finish();
    expect(shownText(board())).toMatch(/✅ \*Management\* told .*<@U0BEN00001>: by phone/);
  });

  it('the button of an update subscribes, that of a direct message ends it', async () => {
    const room = await declared();
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Rolled back' });
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const post = workspace.messages('#inc-home').find(({ blocks }) => JSON.stringify(blocks).includes('update 1'))!;
    await workspace.user('ben').click(post, 'subscribe.on');
    await workspace.waitFor(() => workspace.ephemerals('ben').at(-1), { what: 'the answer' });
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P1', words: '' });
    await room.queue.finish();
    expect(told(room, 'U0BEN00001')).toHaveLength(1);
    const dm = workspace.messages('D0BEN00001').at(-1)!;
    await workspace.user('ben').click(dm, 'subscribe.off');
    await eventually(async () =>
      expect(await room.incidents.subscriptions.mine({ id: 'slack:U0BEN00001' })).toEqual([]),
    );
  });

  it('one who is not in a private incident presses in vain', async () => {
    const room = await declared({ private: true });
    await room.incidents.updates.write(asker, { id: 1, key: 'w', status: 'Rolled back' });
    await room.pass(15_000);
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const post = workspace.messages('#inc-home').find(({ blocks }) => JSON.stringify(blocks).includes('update 1'))!;
    await workspace.user('ben').click(post, 'subscribe.on');
    const answer = await workspace.waitFor(() => workspace.ephemerals('ben').at(-1), { what: 'the answer' });
    expect(shownText(answer)).toContain('There is no INC-1');
  });
});
