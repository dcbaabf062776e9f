import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import followup from '../../../commands/followup.ts';
import incident from '../../../commands/incident.ts';
import postmortem from '../../../commands/postmortem.ts';
import stats from '../../../commands/stats.ts';
import { createCharts } from '../../../src/charts/charts.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { Command, CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { opsOf } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { ben, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
const style = { colour: false, width: 80, zone: 'UTC' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

function servicesOf({ incidents, ports }: Room): Services {
  const services = { incidents, severities: ports.severities.all, ops: opsOf([]), charts: createCharts() };
  return services as unknown as Services;
}

/** The bot's Slack side over the room's workspace, with the commands of incidents. */
async function botOf(room: Room, access = everything as typeof viewersOnly) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const log = memoryLog();
  const bot = await connectSlack<Services>({
    ...{ commands: [incident, postmortem, followup, stats], services: servicesOf(room), store, clock: room.clock, log },
    ...{ graceMs: 200, onFatal: () => {}, onDenied: () => {}, access: () => access },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
}

async function typed(
  room: Room,
  command: Command<Services>,
  line: string,
  { face = 'terminal' as const, may = everything as typeof viewersOnly } = {},
): Promise<Reply> {
  const actor = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' };
  const ctx: CommandContext<Services> = {
    services: servicesOf(room),
    ...{ actor, face, request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf(may, actor),
  };
  return (await command.run(ctx, line.split(' ').filter(Boolean))) as Reply;
}

async function declared(room: Room, over = {}) {
  const by = { by: ben, request: 'R' };
  await room.incidents.declare(by, { key: 'k', severity: 'P0', title: 'API is down', ...over });
  await room.queue.finish();
  return room.workspace.messages('#alerts').find(({ bot_id }) => bot_id)!;
}

function dialog({ workspace }: Room) {
  const shown = () => workspace.views('anna').find((view) => shownText(view).includes('What resolved it?'));
  return workspace.waitFor(shown, { what: 'the dialog' });
}

describe('the dialog that resolves', () => {
  it('opens from the button, which resolves nothing by itself; one submit delivered twice ends it once', async () => {
    const room = await roomOf(store);
    const message = await declared(room);
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').click(message, 'incident.resolve');
    const view = await dialog(room);
    expect(shownText(view)).toContain('INC-1 P0 Critical: API is down');
    expect((await room.incident(1)).resolved).toBeUndefined();
    room.clock.move(hour);
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').submit(view, { words: 'rolled back', cause: 'a deploy' });
    await eventually(async () => expect((await room.incident(1)).resolved).toBeDefined());
    await workspace.deliverAgain();
    await room.queue.finish();
    expect((await room.incident(1)).resolved).toMatchObject({ words: 'rolled back', cause: 'a deploy' });
    expect(room.said().filter((text) => text.includes('Cause: a deploy'))).toHaveLength(1);
    expect(room.pages()).toMatchObject([{ status: 'resolved' }]);
  });

  it('opens from the words without any, and asks again for what resolved it', async () => {
    const room = await roomOf(store);
    await declared(room);
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').command('#ops', '/ops incident resolve inc-1');
    const view = await dialog(room);
    const errors = await workspace.user('anna').submit(view, { cause: 'x' });
    expect(JSON.stringify(errors)).toContain('What resolved it');
    await workspace.user('anna').submit(view, { how: ['false-alarm'] });
    await eventually(async () => expect((await room.incident(1)).resolved?.falseAlarm).toBe(true));
  });

  it('says of one that is over that it is', async () => {
    const room = await roomOf(store);
    const message = await declared(room);
    await room.incidents.resolve({ by: ben, request: 'R' }, { id: 1, words: 'x' });
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').click(message, 'incident.resolve');
    await workspace.waitFor(() => workspace.views('anna').find((view) => shownText(view).includes('is over already')), {
      what: 'the words',
    });
  });

  it('where none opens there is a button for it; with words it is resolved at once', async () => {
    const room = await roomOf(store);
    await declared(room);
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').say('#ops', `<@${workspace.identity.botUser}> incident resolve INC-1`);
    const asked = await workspace.waitFor(
      () => workspace.ephemerals('anna').find((each) => JSON.stringify(each.blocks).includes('incident.resolve')),
      { what: 'the button' },
    );
    expect(JSON.stringify(asked.blocks)).toContain('"value":"1"');
    await workspace.user('anna').command('#ops', '/ops incident resolve INC-1 rolled back');
    await eventually(async () => expect((await room.incident(1)).resolved?.words).toBe('rolled back'));
  });

  it('is not for viewers', async () => {
    const room = await roomOf(store);
    const message = await declared(room);
    await botOf(room, viewersOnly);
    const { workspace } = room;
    await workspace.user('anna').click(message, 'incident.resolve');
    await workspace.waitFor(() => workspace.views('anna').find((view) => /responder/.test(shownText(view))), {
      what: 'the denial',
    });
    expect((await room.incident(1)).resolved).toBeUndefined();
  });
});

it('a false alarm is one click, and reopen takes it back', async () => {
  const room = await roomOf(store);
  const message = await declared(room);
  await botOf(room);
  await room.workspace.user('anna').click(message, 'incident.false-alarm');
  await eventually(async () => expect((await room.incident(1)).resolved?.falseAlarm).toBe(true));
  await room.queue.finish();
  expect(room.said()[0]).toContain('Closed as a false alarm');
  await typed(room, incident, 'reopen INC-1');
  expect((await room.incident(1)).resolved).toBeUndefined();
});

describe('follow-ups', () => {
  it('are noted, chased as a direct message, weekly once overdue, and closed by the button in it', async () => {
    const room = await roomOf(store);
    await declared(room, { private: true, title: 'a secret' });
    await botOf(room);
    const owner = { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' };
    const dueAt = new Date(room.clock.now().getTime() + 14 * day);
    const asked = { id: 1, key: 'f', words: 'rotate the *key* <!channel>', owner, dueAt };
    const { followUp } = await room.incidents.after.addFollowUp({ by: ben, request: 'R' }, asked);
    expect((await room.incidents.after.addFollowUp({ by: ben, request: 'R' }, asked)).kind).toBe('known');
    const days: number[] = [];
    const chased = () =>
      room.workspace.state.channels.has('D0ANNA0001')
        ? room.workspace.messages('D0ANNA0001').filter(({ text }) => text.includes('Follow-up F-'))
        : [];
    for (let at = 1; at <= 30; at += 1) {
      const before = chased().length;
      await room.pass(day);
      await room.queue.finish();
      if (chased().length > before) days.push(at);
    }
    expect(days).toEqual([13, 14, 21, 28]);
    const message = chased().at(-1)!;
    expect(JSON.stringify(message)).not.toMatch(/rotate|secret/);
    await room.workspace.user('anna').click(message, 'followup.done');
    await eventually(async () => {
      expect(await room.incidents.after.followUp(followUp.id, 'everything')).toMatchObject({ state: 'done' });
    });
    await room.pass(30 * day);
    await room.queue.finish();
    expect(chased()).toHaveLength(4);
  });

  it('stand when the incident is reopened', async () => {
    const room = await roomOf(store);
    await declared(room);
    await typed(room, followup, 'INC-1 add index on orders @web 14d');
    await room.incidents.resolve({ by: ben, request: 'R' }, { id: 1, words: 'x' });
    await room.incidents.reopen({ by: ben, request: 'R' }, { id: 1, words: '' });
    const { rows } = await store.pool.query(`select key from business_timer where key like '%followup%'`);
    expect(rows).toHaveLength(1);
    // Slack knows who @web is: it reaches her.
    await room.pass(14 * day);
    await room.queue.finish();
    expect(room.workspace.messages('D0ANNA0001').at(-1)?.text).toContain('Follow-up F-');
  });

  it('are listed, done and dropped by their number; for viewers the list alone', async () => {
    const room = await roomOf(store);
    await declared(room);
    const noted = (await typed(room, followup, 'add index on orders 2d')).terminal(style);
    const number = /F-\d+/.exec(noted)?.[0] ?? '';
    expect(noted).toMatch(/F-\d+ {2}INC-1 {2}add index on orders {2}<@U0ANNA0001> {2}due 25 Nov 2026, 17:00 UTC/);
    expect((await typed(room, followup, '')).terminal(style)).toBe(noted);
    await expect(typed(room, followup, `done ${number}`, { may: viewersOnly })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(typed(room, followup, `drop ${number} no`)).rejects.toMatchObject({ code: 'invalid' });
    expect((await typed(room, followup, `drop ${number} the table is gone`)).terminal(style)).toContain(
      'will not be done',
    );
    expect((await typed(room, followup, `done ${number}`)).terminal(style)).toContain('was closed already');
    expect((await typed(room, followup, '')).terminal(style)).toBe('No follow-up is open');
    await expect(typed(room, followup, 'done F-999')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of a private incident are not there for others', async () => {
    const room = await roomOf(store);
    await declared(room, { private: true });
    const owner = { id: ben.id, mention: ben.mention };
    const dueAt = new Date(room.clock.now().getTime() + day);
    const { followUp } = await room.incidents.after.addFollowUp(
      { by: ben, request: 'R' },
      { id: 1, key: 'f', words: 'x', owner, dueAt },
    );
    expect((await typed(room, followup, '')).terminal(style)).toBe('No follow-up is open');
    await expect(typed(room, followup, `done F-${followUp.id}`)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the post-mortem by command', () => {
  it('is printed in a terminal, said to be due, and done', async () => {
    const room = await roomOf(store);
    await declared(room);
    await expect(typed(room, postmortem, 'done INC-1')).rejects.toMatchObject({ code: 'conflict' });
    await room.incidents.resolve({ by: ben, request: 'R' }, { id: 1, words: 'x' });
    expect((await typed(room, postmortem, 'INC-1')).terminal(style)).toContain('# Post-mortem of INC-1');
    expect((await typed(room, postmortem, 'report INC-1')).terminal(style)).toContain('# Report of INC-1');
    expect((await typed(room, postmortem, 'due')).terminal(style)).toBe(
      [
        'INC-1 P0 Critical: incident report due 24 Nov 2026, 09:00 UTC',
        'INC-1 P0 Critical: post-mortem due 26 Nov 2026, 09:00 UTC',
      ].join('\n'),
    );
    const done = await typed(room, postmortem, 'done INC-1 https://wiki.example.com/1');
    expect(done.terminal(style)).toBe('The post-mortem is written: INC-1');
    await typed(room, postmortem, 'report none INC-1 the post-mortem says it all');
    expect((await typed(room, postmortem, 'due')).terminal(style)).toContain('No report');
    await expect(typed(room, postmortem, 'INC-1', { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(typed(room, postmortem, 'of what')).rejects.toMatchObject({ code: 'invalid' });
  });
});

it('figures come with pictures by month', async () => {
  const room = await roomOf(store);
  await declared(room, { systems: 'API <!channel>' });
  await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
  room.clock.move(hour);
  await room.incidents.resolve({ by: ben, request: 'R' }, { id: 1, words: 'x' });
  await botOf(room);
  const { workspace } = room;
  await workspace.user('anna').command('#ops', '/ops stats 90d --chart');
  const pictures = await workspace.waitFor(() => workspace.messages('#ops').find(({ files }) => files.length > 0), {
    what: 'the pictures',
  });
  expect(pictures.files).toMatchObject([
    { name: 'acknowledge-last-90-days.png', alt_txt: expect.stringContaining('Nov 26 0 ms') },
    { name: 'resolve-last-90-days.png', alt_txt: expect.stringContaining('Nov 26 60 min') },
  ]);
  const said = JSON.stringify(workspace.messages('#ops').map(({ blocks }) => blocks));
  expect(said).toContain('1 incident in the last 90 days');
  expect(said).not.toContain('<!channel>');
});
