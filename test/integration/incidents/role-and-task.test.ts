import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import incident from '../../../commands/incident.ts';
import role from '../../../commands/role.ts';
import task from '../../../commands/task.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { dialog, shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const style = { colour: false, width: 80, zone: 'UTC' };
const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
const commands = { incident, role, task };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const servicesOf = ({ incidents, ports }: Room) =>
  ({ incidents, severities: ports.severities.all }) as unknown as Services;

async function declared(over = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P1', title: 'API is down', ...over });
  await room.queue.finish();
  return room;
}

async function typed(
  room: Room,
  line: string,
  { may = everything as typeof viewersOnly, user = 'anna', id = 'U0ANNA0001' } = {},
): Promise<Reply> {
  const [name, ...words] = line.split(' ').filter(Boolean);
  const actor = { id: `slack:${id}`, name: user, mention: `<@${id}>` };
  const ctx: CommandContext<Services> = {
    services: servicesOf(room),
    ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog(), channel: 'C0SOMEWHERE' },
    signal: new AbortController().signal,
    ...permissionsOf(may, actor),
  };
  return (await commands[name as keyof typeof commands].run(ctx, words)) as Reply;
}
const insideOf = async (room: Room) => room.workspace.messages((await room.incident(1)).home!.channel);
const bens = { user: 'ben', id: 'U0BEN00001' };
const said = (reply: Reply) => reply.terminal(style);

async function botOf(room: Room): Promise<void> {
  const { botToken, appToken, apiUrl } = room.workspace;
  const bot = await connectSlack<Services>({
    ...{ commands: [incident, role, task], services: servicesOf(room), store, clock: room.clock },
    ...{ log: memoryLog(), graceMs: 200, onFatal: () => {}, access: () => everything },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
}

describe('a line', () => {
  it('takes a role, says who has it, hands it over and gives it up', async () => {
    const room = await declared();
    expect(said(await typed(room, 'role'))).toContain('Commander       nobody, needed');
    expect(said(await typed(room, 'role commander'))).toContain('You are commander: INC-1');
    expect(said(await typed(room, 'role commander'))).toContain('You are commander already');
    const taken = await typed(room, 'role ic INC-1', bens);
    expect(taken.place).toBe('asker');
    expect(taken.slack().text).toContain(
      '<@U0ANNA0001> is commander already: to take it over, `/ops role commander me`',
    );
    expect(said(await typed(room, 'role hand over commander @ben it is the pool'))).toContain('is commander now');
    expect((await room.incident(1)).roles.commander).toMatchObject(ben);
    expect(said(await typed(room, 'role give up commander', bens))).toContain('Nobody is commander now');
    expect(said(await typed(room, 'role'))).toContain('Commander       nobody, needed');
  });

  it('adds a task, gives it to somebody, ends it and lists it', async () => {
    const room = await declared();
    expect(said(await typed(room, 'task'))).toBe('No tasks');
    expect(said(await typed(room, 'task restart the pool @ben 30m'))).toContain('Added: OPEN');
    expect(await room.incidents.tasks.of(1)).toMatchObject([{ what: 'restart the pool', assignee: ben }]);
    await typed(room, 'task look at the log');
    expect(said(await typed(room, 'task T2 me', bens))).toContain('Changed');
    expect(said(await typed(room, 'task T2 me', bens))).toContain('It is so already');
    expect(said(await typed(room, 'task done T1'))).toContain('DONE');
    expect(said(await typed(room, 'task'))).toBe(
      'OPEN     T2   look at the log  (<@U0BEN00001>)\nDONE     T1   restart the pool',
    );
    expect(said(await typed(room, 'incident INC-1'))).toContain('OPEN     T2   look at the log');
    expect(said(await typed(room, 'incident'))).toContain('(just now, commander nobody, update in 30 min, ');
  });

  it.each([
    'role king',
    'role commander ben',
    'role give up',
    'task done',
    'task done T9',
    'role commander @nobody-here',
  ])('that means nothing says what would: %s', async (line) => {
    const room = await declared();
    await expect(typed(room, line)).rejects.toMatchObject({ name: 'OpsError', hint: expect.any(String) });
  });

  it.each(['role commander', 'role commander @ben', 'role give up commander', 'task x', 'task done T1', 'task T1 me'])(
    'of a viewer changes nothing: %s',
    async (line) => {
      const room = await declared();
      const { version } = await room.incident(1);
      await expect(typed(room, line, { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
      expect(await room.incident(1)).toMatchObject({ version, roles: {} });
      expect(await room.incidents.tasks.of(1)).toEqual([]);
    },
  );

  it('about a private incident is for the asker alone, and for others it is not there', async () => {
    const room = await declared({ private: true });
    for (const line of ['role', 'task', 'incident', 'incident INC-1'])
      expect([line, (await typed(room, line)).place]).toEqual([line, 'asker']);
    for (const line of ['role INC-1', 'task INC-1', 'incident INC-1', 'role commander INC-1', 'task done T1 INC-1'])
      await expect(typed(room, line, bens)).rejects.toMatchObject({ code: 'not_found' });
    const list = await typed(room, 'incident', bens);
    expect([list.place, said(list)]).toEqual(['channel', 'No incidents']);
    expect(JSON.stringify((await typed(room, 'incident INC-1')).slack())).toContain('API is down');
  });

  it('where PHI may be involved tells others in the channel it was asked in nothing of what is known', async () => {
    const room = await declared({ phi: true });
    await typed(room, 'task call the patient');
    for (const line of ['role', 'task', 'incident INC-1'])
      expect([line, (await typed(room, line)).place]).toEqual([line, 'asker']);
    const list = await typed(room, 'incident');
    expect(list.place).toBe('channel');
    expect(JSON.stringify(list.slack())).not.toMatch(/API is down|patient/);
  });
});

describe('in Slack', () => {
  it('the button takes the role; a second press is told who has it', async () => {
    const room = await declared();
    await room.pass(300_000);
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const nudge = (await insideOf(room)).find((message) => shownText(message).includes('has nobody for'))!;
    await workspace.user('ben').click(nudge, 'role.claim.1');
    await eventually(async () => expect((await room.incident(1)).roles.commander).toMatchObject(ben));
    await workspace.user('anna').click(nudge, 'role.claim.1');
    const refusal = await workspace.waitFor(() => workspace.ephemerals('anna').at(-1), { what: 'who has it' });
    expect(shownText(refusal)).toContain('<@U0BEN00001> is commander already');
  });

  it('the dialog hands a role over, once it knows whose it is', async () => {
    const room = await declared();
    await room.incidents.roles.claim(asker, { id: 1, role: 'commander' });
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const message = workspace.messages('D0ANNA0001').at(-1)!;
    await workspace.user('anna').click(message, 'role.handover');
    const view = await dialog(workspace, 'anna', 'Now: <@U0ANNA0001>');
    await workspace.user('anna').submit(view, { who: 'U0BEN00001', note: 'it is the pool' });
    await eventually(async () => expect((await room.incident(1)).roles.commander).toMatchObject(ben));
    await room.queue.finish();
    expect(room.said('D0BEN00001')).toEqual([expect.stringContaining('it is the pool')]);
  });

  it('the dialog adds a task once, however often it arrives; its message ends it', async () => {
    const room = await declared();
    await room.incidents.declare(asker, { key: 'k2', severity: 'P2', title: 'IVR is deaf' });
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').command('#ops', '/ops task new');
    const view = await dialog(workspace, 'anna', 'Of which incident?');
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').submit(view, { incident: 'INC-1', what: 'restart the pool', who: 'U0BEN00001' });
    await eventually(async () => expect(await room.incidents.tasks.of(1)).toHaveLength(1));
    await workspace.deliverAgain();
    await room.queue.finish();
    expect(await room.incidents.tasks.of(1)).toHaveLength(1);
    const message = (await insideOf(room)).find((each) => shownText(each).includes('*T1*'))!;
    await workspace.user('ben').click(message, 'task.done');
    await eventually(async () => expect(await room.incidents.tasks.openTasks(1)).toEqual([]));
  });

  it('the dialog changes a task, beginning with what it is, and leaves it with whoever took it meanwhile', async () => {
    const room = await declared();
    await room.incidents.tasks.add(asker, { id: 1, key: 't1', what: 'restart the pool', assignee: ben });
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const message = (await insideOf(room)).find((each) => shownText(each).includes('*T1*'))!;
    await workspace.user('anna').click(message, 'task.change');
    const view = await dialog(workspace, 'anna', 'Due at no time');
    expect(JSON.stringify(view.blocks)).toContain('"initial_value":"restart the pool"');
    await room.incidents.tasks.change(asker, { id: 1, n: 1, change: { assignee: anna } });
    await workspace.user('anna').submit(view, { due: '1800000' });
    await eventually(async () =>
      expect(await room.incidents.tasks.of(1)).toMatchObject([
        { what: 'restart the pool', assignee: anna, due: { at: new Date(room.clock.now().getTime() + 1_800_000) } },
      ]),
    );
  });

  it('a message becomes a task', async () => {
    const room = await declared();
    await botOf(room);
    const { workspace } = room;
    const { message } = await workspace.user('ben').say('#ops', 'somebody must look at the <!channel> pool');
    await workspace.user('anna').messageShortcut(message, 'task.from');
    const view = await dialog(workspace, 'anna', 'INC-1 API is down');
    await workspace.user('anna').submit(view, {});
    await eventually(async () =>
      expect(await room.incidents.tasks.of(1)).toMatchObject([{ what: expect.stringContaining('somebody must look') }]),
    );
  });
});
