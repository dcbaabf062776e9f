import { beforeAll, describe, expect, it } from 'vitest';
import ticket from '../../../commands/ticket.ts';
import { makeReveal } from '../../../src/config/secrets.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import type { Services } from '../../../src/services.ts';
import type { Store } from '../../../src/store/store.ts';
import type { TrackerSettings } from '../../../src/tickets/model.ts';
import { openTracker } from '../../../src/tickets/open.ts';
import { asker, auditedIncidents, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';
import { startTracker } from '../../support/trackers.ts';

const minute = 60_000;
const kinds: TrackerSettings['kind'][] = ['github', 'jira', 'linear'];
const hostile = 'API <!channel> @acme/owners is down\n#12 ```x``` \u202Eevil [a](https://evil.example)';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

type Standin = Awaited<ReturnType<typeof startTracker>>;

async function roomWith(
  kind: TrackerSettings['kind'],
  { auto = false, declared = {}, timeoutMs = 2_000 } = {},
): Promise<{ room: Room; there: Standin }> {
  const there = await startTracker(kind, { timeoutMs });
  const room = await roomOf(store, { ports: { links: { tracker: there.tracker, auto, bridge: undefined } } });
  await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'API is down', systems: 'API', ...declared });
  await room.queue.finish();
  return { room, there };
}

/** Until nothing waits: an hour passes between two tries. */
async function finish(room: Room): Promise<void> {
  for (let tries = 0; tries < 6 && room.queue.waiting.length > 0; tries += 1) {
    await room.queue.run();
    room.clock.move(60 * minute);
  }
  expect(room.queue.waiting).toEqual([]);
}

/** What its own channel was told of its ticket. */
async function told(room: Room): Promise<string[]> {
  const { home } = await room.incident(1);
  return room.workspace
    .messages(home!.channel)
    .flatMap(({ blocks, metadata }) =>
      String(metadata?.event_payload.key).startsWith('incident:1:ticket:') ? [JSON.stringify(blocks)] : [],
    );
}

async function typed(room: Room, line: string): Promise<Reply> {
  const actor = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' };
  const ctx = {
    services: { incidents: room.incidents } as unknown as Services,
    ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf({ decide: async () => ({ kind: 'allowed' }), holders: async () => [] } as never, actor),
  } as CommandContext<Services>;
  return (await ticket.run(ctx, line.split(' ').filter(Boolean))) as Reply;
}

describe.each(kinds)('a ticket in %s', (kind) => {
  it('is made once, shown in the message, and learns of the end', async () => {
    const { room, there } = await roomWith(kind);
    await room.incidents.links.makeTicket(asker, 1);
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toHaveLength(1);
    expect(there.made[0]?.title).toBe('INC-1 P0 Critical: API is down');
    expect(there.made[0]?.text).toContain('Affected: API');
    const { links } = await room.incident(1);
    expect(room.said()[0]).toContain(`Ticket <${links?.ticket?.url}|`);
    expect(await room.incidents.links.makeTicket(asker, 1)).toMatchObject({ kind: 'there' });
    await room.incidents.resolve(asker, { id: 1, words: 'a secret of ours' });
    await finish(room);
    expect(there.made[0]?.comments).toEqual([expect.stringContaining('INC-1 was resolved at 2026-11-23')]);
    expect(there.made[0]?.comments.join()).not.toContain('secret');
    expect(await auditedIncidents(store)).toContain('rounds incident.ticket incident/1');
  });

  it('whose answer got lost is found, not made again', async () => {
    const { room, there } = await roomWith(kind);
    there.faults.push({ kind: 'drop' });
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toHaveLength(1);
    expect((await room.incident(1)).links?.ticket).toBeDefined();
  });

  it('is asked for again only when it had the time to show', async () => {
    const { room, there } = await roomWith(kind);
    // Nothing was made, and the connection broke.
    there.faults.push({ kind: 'answer', status: 502, body: '<html>' });
    await room.incidents.links.makeTicket(asker, 1);
    await room.queue.run();
    const [waits] = await room.queue.run();
    if (there.tracker.settlesInMs > 0) expect(waits).toMatchObject({ retryable: true });
    expect(there.made).toHaveLength(there.tracker.settlesInMs > 0 ? 0 : 1);
    await finish(room);
    expect(there.made).toHaveLength(1);
  });

  it('is one ticket when it shows late', async () => {
    const { room, there } = await roomWith(kind);
    there.faults.push({ kind: 'drop' });
    there.hidden.newest = 1;
    await room.incidents.links.makeTicket(asker, 1);
    await room.queue.run();
    await room.queue.run();
    there.hidden.newest = 0;
    await finish(room);
    expect(there.made).toHaveLength(1);
  });

  it('of an incident with PHI, or a private one, says no more than that there is one', async () => {
    for (const declared of [{ phi: true }, { private: true }]) {
      const { room, there } = await roomWith(kind, { declared });
      await room.incidents.links.makeTicket(asker, 1);
      await finish(room);
      expect(there.made[0]?.title).toBe('INC-1 P0 Critical');
      expect(JSON.stringify(there.made)).not.toContain('API');
    }
  });

  it('with a hostile title is inert, and one line', async () => {
    const { room, there } = await roomWith(kind, {
      declared: { title: hostile.repeat(5).slice(0, 200), systems: hostile },
    });
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toHaveLength(1);
    expect(there.made[0]?.title).not.toMatch(/[\n\u202E]/);
    // Outside of the block of code there is nothing of it.
    if (kind !== 'jira')
      expect(there.made[0]?.text.replace(/(`{3,})text\n[\s\S]*?\n\1(?=\n|$)/, '')).not.toContain('owners');
    expect(room.said()[0]).not.toContain('<!channel>');
  });

  it.each([
    [401, { message: 'Bad credentials' }, 'refuses the token (401)'],
    [403, { message: 'Resource not accessible' }, 'forbids it (403)'],
    [404, {}, '(404)'],
    [422, { message: 'Validation Failed' }, 'refuses it (422)'],
    [302, {}, 'check the URL'],
  ])('that %i refuses is said, and may be tried again', async (status, body, words) => {
    const { room, there } = await roomWith(kind);
    there.faults.push({ kind: 'answer', status, body });
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toEqual([]);
    expect(await told(room)).toEqual([expect.stringContaining(words)]);
    expect((await told(room)).join()).toContain('/ops ticket INC-1');
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toHaveLength(1);
    expect(await told(room)).toHaveLength(1);
  });

  it('waits as long as it is told to', async () => {
    const { room, there } = await roomWith(kind);
    there.faults.push({ kind: 'answer', status: 429, headers: { 'retry-after': '17' } });
    await room.incidents.links.makeTicket(asker, 1);
    expect((await room.queue.run()).at(-1)).toMatchObject({ reason: 'rate_limited', retryAfterMs: 17_000 });
    await finish(room);
    expect(there.made).toHaveLength(1);
  });

  it('is given a deadline of its own', async () => {
    const { room, there } = await roomWith(kind, { timeoutMs: 150 });
    there.faults.push({ kind: 'hang' });
    await room.incidents.links.makeTicket(asker, 1);
    expect((await room.queue.run()).at(-1)).toMatchObject({ reason: 'unconfirmed', retryable: true });
    await finish(room);
    expect(there.made).toHaveLength(1);
  });

  it('without its token says which variable is not set', async () => {
    const { trackerWith } = await startTracker(kind);
    const { room, there } = await roomWith(kind);
    room.ports.links.tracker = trackerWith({}, 'another');
    await room.incidents.links.makeTicket(asker, 1);
    await finish(room);
    expect(there.made).toHaveLength(0);
    expect(await told(room)).toEqual([expect.stringContaining('TICKET_TOKEN')]);
  });
});

describe('by itself', () => {
  it('an urgent incident gets one after a quarter of an hour, others none', async () => {
    const { room, there } = await roomWith('jira', { auto: true });
    await room.pass(14 * minute);
    await room.queue.finish();
    expect(there.made).toEqual([]);
    await room.pass(minute);
    await finish(room);
    expect(there.made).toHaveLength(1);
    const quiet = await roomWith('jira', { auto: true, declared: { severity: 'P3' } });
    await quiet.room.pass(60 * minute);
    await finish(quiet.room);
    expect(quiet.there.made).toEqual([]);
    await quiet.room.incidents.changeSeverity(asker, { id: 1, severity: 'P1', words: '' });
    await quiet.room.pass(15 * minute);
    await finish(quiet.room);
    expect(quiet.there.made).toHaveLength(1);
  });

  it.each([
    ['a drill', { drill: true }, async () => {}],
    ['one that is over', {}, (room: Room) => room.incidents.resolve(asker, { id: 1, words: '' })],
    [
      'one that was linked',
      {},
      (room: Room) => room.incidents.links.linkTicket(asker, { id: 1, url: 'https://t.example.com/OPS-1' }),
    ],
  ])('%s gets none', async (_, declared, then) => {
    const { room, there } = await roomWith('github', { auto: true, declared });
    await then(room);
    await room.pass(60 * minute);
    await finish(room);
    expect(there.made).toEqual([]);
  });
});

describe('a line', () => {
  it('makes it, or links one of any tracker; a drill and a missing tracker are said', async () => {
    const { room } = await roomWith('github');
    expect((await typed(room, 'INC-1')).slack().text).toContain('A ticket is made in GitHub');
    await finish(room);
    expect((await typed(room, '')).slack().text).toContain('It has one: infra#1');
    await typed(room, 'INC-1 https://tracker.example.com/browse/OPS-7');
    await room.queue.finish();
    expect((await room.incident(1)).links?.ticket).toEqual({
      ...{ name: 'OPS-7', url: 'https://tracker.example.com/browse/OPS-7' },
    });
    const drill = await roomWith('github', { declared: { drill: true } });
    await expect(typed(drill.room, '')).rejects.toMatchObject({ message: expect.stringContaining('A drill') });
    const none = await roomOf(store);
    await none.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'down' });
    await expect(typed(none, '')).rejects.toMatchObject({ message: 'No tracker is configured' });
  });

  it.each([
    'http://tracker.example.com/1',
    'javascript:alert(1)',
    'https://user:pass@tracker.example.com/1',
    'https://localhost/1',
    'nonsense',
    'https://zoom.example.com/j/1?pwd=abcDEF123',
    `https://t.example.com/${'x'.repeat(2_100)}`,
  ])('with the address %s is refused', async (url) => {
    const { room } = await roomWith('github');
    await expect(typed(room, `INC-1 ${url}`)).rejects.toMatchObject({ code: 'invalid' });
    expect((await room.incident(1)).links).toBeUndefined();
  });
});

describe('the bridge', () => {
  it('of the configuration is every incident’s, until another is set', async () => {
    const links = { tracker: undefined, auto: false, bridge: 'https://meet.example.com/ops' };
    const room = await roomOf(store, { ports: { links } });
    await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'down' });
    await room.queue.finish();
    expect(room.said()[0]).toContain('<https://meet.example.com/ops|Join the bridge>');
    await room.incidents.links.setBridge(asker, { id: 1, url: 'https://meet.example.com/a?b=|<!channel>' });
    await room.queue.finish();
    expect(room.said()[0]).toContain('https://meet.example.com/a');
    expect(room.said()[0]).not.toContain('<!channel>');
    await room.incidents.links.setBridge(asker, { id: 1, url: undefined });
    await room.queue.finish();
    expect(room.said()[0]).not.toContain('bridge');
  });

  it('and the ticket are bookmarks of its channel; another bridge says that it is the newest', async () => {
    const links = { tracker: undefined, auto: false, bridge: 'https://meet.example.com/ops' };
    const room = await roomOf(store, { ports: { links } });
    await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'down' });
    await room.incidents.links.linkTicket(asker, { id: 1, url: 'https://t.example.com/browse/OPS-1' });
    await room.queue.finish();
    const channel = (await room.incident(1)).home!.channel;
    const bookmarks = () =>
      room.workspace.state.bookmarks.flatMap(({ channel_id, title, link }) =>
        channel_id === channel ? [`${title} ${link}`] : [],
      );
    const before = ['OPS-1 https://t.example.com/browse/OPS-1', 'Bridge https://meet.example.com/ops'];
    expect(bookmarks().sort()).toEqual(before.toSorted());
    await room.incidents.links.setBridge(asker, { id: 1, url: 'https://meet.example.com/other' });
    await room.queue.finish();
    expect(bookmarks()).toHaveLength(3);
    expect(bookmarks()).toContain('Bridge 2: the newest counts https://meet.example.com/other');
  });
});

it('a secret without a value is said in words', async () => {
  const reveal = makeReveal({});
  const settings = { kind: 'github', url: 'http://127.0.0.1:9', repo: 'a/b', auto: false } as const;
  const tracker = openTracker({ ...settings, token: new Secret('TICKET_TOKEN') }, reveal);
  const { signal } = new AbortController();
  await expect(tracker.create({ title: 'x', lines: [], marker: 'm' }, signal)).rejects.toMatchObject({
    ...{ reason: 'no_credentials', retryable: false, message: expect.stringContaining('TICKET_TOKEN is not set') },
  });
});
