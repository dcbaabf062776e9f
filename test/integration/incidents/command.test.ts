import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runbookOf } from '../../../commands/incident/runbook.ts';
import command from '../../../commands/incident.ts';
import { auditDenials } from '../../../src/audit-denials.ts';
import { declaredPost } from '../../../src/incidents/views/answer.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import { runbookFolders } from '../../../src/registry.ts';
import { runbookFiles } from '../../../src/runbooks/files.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { viewersOnly } from '../../support/access.ts';
import { eventually } from '../../support/eventually.ts';
import { auditedIncidents, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const style = { colour: false, width: 80, zone: 'UTC' };
const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

function servicesOf({ incidents, ports }: Room): Services {
  const runbooks = runbookFiles(runbookFolders('/nowhere'));
  return { incidents, severities: ports.severities.all, runbooks } as unknown as Services;
}

async function typed(
  room: Room,
  line: string,
  { may = everything as typeof viewersOnly, face = 'slack' as 'slack' | 'terminal' } = {},
) {
  const actor = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' };
  const ctx: CommandContext<Services> = {
    services: servicesOf(room),
    ...{ actor, face, request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf(may, actor),
  };
  const replies = await command.run(ctx, line.split(' ').filter(Boolean));
  return replies as Reply;
}

/** The bot's Slack side over the room's workspace, with the one command. */
async function botOf(room: Room, access = everything as typeof viewersOnly, seenIn = store) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const log = memoryLog();
  const denials = auditDenials({ store, clock: store.time, log });
  const bot = await connectSlack<Services>({
    ...{ commands: [command], services: servicesOf(room), store: seenIn, clock: room.clock, log, graceMs: 200 },
    ...{ onFatal: () => {}, onDenied: denials.take, access: () => access },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  return { bot, denials };
}

describe('a line', () => {
  it('of the same words is an incident each time, though requests share their six characters', async () => {
    const room = await roomOf(store);
    for (let n = 0; n < 2; n += 1) await typed(room, 'declare critical API is down');
    expect((await room.incidents.list(5, 'everything')).map(({ id, title }) => [id, title])).toEqual([
      [2, 'API is down'],
      [1, 'API is down'],
    ]);
  });

  it('lists, shows, acknowledges and resolves', async () => {
    const room = await roomOf(store);
    expect((await typed(room, '')).terminal(style)).toBe('No incidents');
    await typed(room, 'declare P1 IVR is deaf');
    expect((await typed(room, 'inc1')).terminal(style)).toContain('OPEN  INC-1 P1 High: IVR is deaf');
    expect((await typed(room, 'ack #1')).terminal(style)).toContain('You are on it: INC-1');
    expect((await typed(room, 'ack 1')).terminal(style)).toContain('Somebody is on it already');
    const resolved = await typed(room, 'resolve INC-1 rolled back');
    expect(resolved.terminal(style)).toContain('Resolved: INC-1');
    const due = 'Due: incident report in 1 d, post-mortem in 3 d → /ops postmortem makes the draft';
    expect(resolved.terminal(style)).toContain(due);
    expect(resolved.slack().text).toContain(due);
    expect((await typed(room, 'INC-1')).terminal(style)).toContain('rolled back');
    expect((await typed(room, '')).terminal(style)).toMatch(/^RESOLVED/);
  });

  it('that says that no PHI is involved after all says why', async () => {
    const room = await roomOf(store);
    await typed(room, 'declare P1 a laptop is gone');
    await typed(room, 'phi unsure');
    await expect(typed(room, 'phi no')).rejects.toMatchObject({
      ...{ code: 'invalid', hint: expect.stringContaining('the breach assessment ends') },
    });
    expect((await room.incident(1)).phi).toBe(true);
    const said = await typed(room, 'phi no its disk was encrypted');
    expect(said.terminal(style)).toContain('No PHI is involved');
    expect((await room.incident(1)).phi).toBe(false);
    const timeline = await room.store.pool.query("select words from incident_event where kind = 'phi' order by id");
    expect(timeline.rows.at(-1)).toEqual({ words: 'No PHI is involved: its disk was encrypted' });
  });

  it('that declares a private one is not told that it stands where everybody reads', async () => {
    const room = await roomOf(store);
    const asker = { by: { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' }, request: 'ABC123' };
    const { incident } = await room.incidents.declare(asker, {
      key: 'k',
      severity: 'P1',
      title: 'Leak',
      private: true,
    });
    const { text } = declaredPost(incident, { known: false, announced: '#incidents' }, room.clock.now());
    expect(text).toContain('a private channel of its own');
    expect(text).not.toContain('#incidents');
  });

  it('that begins with a number says it of the incident that is meant, not of the one with that number', async () => {
    const room = await roomOf(store);
    await typed(room, 'declare P1 IVR is deaf');
    await typed(room, 'declare P1 API is down');
    await typed(room, 'resolve #1 rolled back');
    expect((await typed(room, 'resolve 1 pod restarted')).terminal(style)).toContain('Resolved: INC-2');
    expect((await room.incident(2)).resolved?.words).toBe('1 pod restarted');
    expect((await room.incident(1)).resolved?.words).toBe('rolled back');
  });

  it.each(['--all', 'ack', 'resolve x', 'declare', 'declare P0', 'declare nothing is down', 'whatever', 'INC-7'])(
    'that means nothing says what would: %j',
    async (line) => {
      const room = await roomOf(store);
      await expect(typed(room, line)).rejects.toMatchObject({ name: 'OpsError', hint: expect.any(String) });
    },
  );

  it.each(['declare P0 API is down', 'ack 1', 'resolve 1 done'])('of a viewer changes nothing: %s', async (line) => {
    const room = await roomOf(store);
    await typed(room, 'declare P0 it was there');
    await expect(typed(room, line, { may: viewersOnly })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await room.incidents.list(5, 'everything')).toMatchObject([{ version: 1 }]);
  });
});

describe('in a terminal, a declaration waits for its page', () => {
  it('and says that PagerDuty has it', async () => {
    const room = await roomOf(store);
    const answer = typed(room, 'declare P0 API is down', { face: 'terminal' });
    await eventually(() => expect(room.queue.waiting).toHaveLength(3));
    await room.queue.finish();
    expect((await answer).terminal(style)).toContain('Paged');
    expect((await answer).exitCode ?? 0).toBe(0);
  });

  it('and says NOT PAGED, and what to do, where no bot carries it out', async () => {
    const room = await roomOf(store);
    const answer = await typed(room, 'declare P0 API is down', { face: 'terminal' });
    expect(answer.terminal(style)).toMatch(/NOT PAGED.*\n→ .*bot/);
    expect(answer.exitCode).toBe(2);
  });
});

describe('in Slack', () => {
  it('the dialog declares once, however often it arrives', async () => {
    const room = await roomOf(store);
    await botOf(room);
    const { workspace } = room;
    await workspace.user('anna').command('#ops', '/ops incident declare');
    const view = await workspace.waitFor(
      () => workspace.views('anna').find(({ title }) => title?.text === 'Declare an incident'),
      { what: 'the dialog' },
    );
    expect(shownText(view)).toContain('Nobody can use the service');
    workspace.sockets.duplicateNext(1);
    await workspace.user('anna').submit(view, { title: 'API <!channel> is down', severity: 'p0' });
    await workspace.waitFor(() => workspace.views('anna').find((top) => shownText(top).includes('INC-1')), {
      what: 'the answer',
    });
    await workspace.deliverAgain();
    expect(await room.incidents.list(5, 'everything')).toHaveLength(1);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    expect(room.said()).toHaveLength(1);
  });

  it('a line that arrives at two replicas declares once, also where they know nothing of each other', async () => {
    const room = await roomOf(store);
    await botOf(room);
    // Of what it has seen, it tells nobody: as when the database is away.
    await botOf(room, everything, await embeddedStore());
    room.workspace.sockets.duplicateNext(1);
    await room.workspace.user('anna').command('#ops', '/ops incident declare P1 API is down');
    await eventually(() => {
      const answers = room.workspace.messages('#ops').map(({ text }) => text);
      expect(answers.filter((text) => text.includes('Declared'))).toHaveLength(2);
    });
    expect(await room.incidents.list(5, 'everything')).toHaveLength(1);
  });

  it('a viewer neither declares nor presses, and the audit knows', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(
      { by: { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' }, request: 'R' },
      { key: 'k', severity: 'P0', title: 'down' },
    );
    await room.queue.finish();
    const { denials } = await botOf(room, viewersOnly);
    const { workspace } = room;
    await workspace.user('anna').command('#ops', '/ops incident declare P0 API is down');
    const message = workspace.messages('#alerts').find(({ bot_id }) => bot_id)!;
    await workspace.user('anna').click(message, 'incident.acknowledge');
    await workspace.user('anna').click(message, 'incident.false-alarm');
    await workspace.waitFor(() => workspace.ephemerals('anna').length >= 3, { what: 'three refusals' });
    await denials.settled();
    expect(await room.incidents.list(5, 'everything')).toMatchObject([{ id: 1, version: 3 }]);
    const { rows } = await store.pool.query(`select action from audit_detail where actor = 'slack:U0ANNA0001'`);
    expect(JSON.stringify(rows)).toContain('denied');
  });

  it('a runbook that is offered opens for who asks; one that no severity names does not', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(
      { by: { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' }, request: 'R' },
      { key: 'k', severity: 'P0', title: 'down' },
    );
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const home = (await room.incident(1)).home!.channel;
    const offer = workspace.messages(home).find(({ text }) => text.includes('what may help'))!;
    await workspace.user('anna').click(offer, 'incident.runbook.0');
    await workspace.waitFor(() => workspace.ephemerals('anna').length > 0, { what: 'the runbook' });
    expect(JSON.stringify(workspace.ephemerals('anna')[0]!.blocks)).toContain('"type":"markdown"');
    await expect(runbookOf({ services: servicesOf(room) } as never, '../secrets')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('the button takes it on, and its message says who', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(
      { by: { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' }, request: 'R' },
      { key: 'k', severity: 'P0', title: 'down' },
    );
    await room.queue.finish();
    await botOf(room);
    const { workspace } = room;
    const message = workspace.messages('#alerts').find(({ bot_id }) => bot_id)!;
    await workspace.user('anna').click(message, 'incident.acknowledge');
    await eventually(async () => expect((await room.incident(1)).acknowledged).toBeDefined());
    await room.queue.finish();
    expect(room.said()[0]).toContain('<@U0ANNA0001> is on it');
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }]);
    expect((await auditedIncidents(store)).at(-1)).toBe('slack:U0ANNA0001 incident.acknowledge incident/1');
  });
});
