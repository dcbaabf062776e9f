import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createEvents } from '../../../src/paging/events.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, type Room, roomOf } from '../../support/incidents.ts';
import { answer, breakOff, hang, Misbehaving, reset } from '../../support/paging.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const calls = (room: Room) => room.said().filter((text) => text.includes('<!here>'));
const html = answer(502, '<html>Bad gateway</html>');
const taken = answer(202, { status: 'success', dedup_key: 'rounds:1:1' });

async function against(...behaviours: ConstructorParameters<typeof Misbehaving>) {
  const server = await new Misbehaving(...behaviours).start();
  onTestFinished(() => server.stop());
  const events = createEvents({ url: server.url, timeoutMs: 300, random: () => 0.5 });
  const room = await roomOf(store, { paging: { events, onCalls: undefined, incidents: undefined } });
  return { server, room };
}

/** A minute passes, in steps in which everything is tried once. */
async function minute(room: Room): Promise<void> {
  for (let n = 0; n < 6; n += 1) {
    await room.pass(10_000);
    await room.queue.run();
  }
}

describe('within 60 s of the declaration somebody is paged, or NOT PAGED is said', () => {
  it.each([
    ['an empty 202', [answer(202)]],
    ['a 202 whose connection breaks', [breakOff(202)]],
    ['a 202 that is no JSON', [answer(202, '<html>ok')]],
    ['it hangs once', [hang, taken]],
    ['a 202 that is lost on its way, then one that arrives', [reset, taken]],
    ['a 502 of HTML, twice', [html, html, taken]],
    ['a 429 without headers', [answer(429), taken]],
  ] as const)('paged: %s', async (_, behaviours) => {
    const { room, server } = await against(...behaviours);
    await room.incidents.declare(asker, down);
    await minute(room);
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted' }]);
    expect(calls(room)).toEqual([]);
    const keys = server.asked.map(({ body }) => JSON.parse(body).dedup_key);
    // On a busy machine an answer may come too late once, and be asked for again: under the same key.
    expect(new Set(keys)).toEqual(new Set(['rounds:1:1']));
    expect(keys.length).toBeGreaterThanOrEqual(behaviours.length);
  });

  it.each([
    ['it hangs', hang, 'did not answer within'],
    ['each connection breaks', reset, 'the connection to PagerDuty broke'],
    ['a 502 of HTML', html, 'PagerDuty answers 502'],
    ['429 without headers', answer(429), 'takes no more events'],
    ['a 400', answer(400, { status: 'invalid event', message: 'Event object is invalid', errors: ['x'] }), 'refuses'],
    ['a proxy that says 200', answer(200, '<html>welcome'), '200 instead of 202'],
  ] as const)('NOT PAGED: %s', async (_, behaviour, words) => {
    const { room } = await against(behaviour);
    await room.incidents.declare(asker, down);
    await minute(room);
    expect(calls(room)).toEqual([expect.stringContaining(words)]);
    expect(room.said()[0]).toContain('NOT PAGED');
  });
});

describe('what is long', () => {
  it('a title and a list of systems beyond all limits ring, cut', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...down, title: '👩‍🚒'.repeat(1_025), systems: 'log line\n'.repeat(70_000) });
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    expect(room.pages()[0]!.summary.isWellFormed()).toBe(true);
  });
});

describe('a page from before', () => {
  it('acknowledged when the incident was reopened is noted, and the new one goes on ringing', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.queue.finish();
    const ben = { kind: 'user' as const, id: 'PBEN', name: 'Ben' };
    const heard = (dedupKey: string) =>
      room.incidents.heard({
        id: 'E',
        what: 'acknowledged',
        dedupKey,
        agent: ben,
        at: room.clock.now(),
        incident: { id: 'P', assigned: 1 },
      });
    await heard('rounds:1:1');
    await heard('rounds:1:1');
    expect((await room.incident(1)).acknowledged).toBeUndefined();
    expect(room.pages()).toMatchObject([{ status: 'resolved' }, { dedupKey: 'rounds:1:2', status: 'triggered' }]);
    const noted = (await room.incidents.show(1)).events.filter(({ kind }) => kind === 'note');
    expect(noted).toMatchObject([{ by: 'pagerduty:PBEN', words: expect.stringContaining('page 1') }]);
    await heard('rounds:1:2');
    expect(await room.incident(1)).toMatchObject({ acknowledged: { id: 'pagerduty:PBEN' } });
  });

  it('that was still being tried when it was resolved rings no more after it was reopened', async () => {
    const room = await roomOf(store);
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages().map(({ dedupKey }) => dedupKey)).toEqual(['rounds:1:2']);
  });
});

describe('who acknowledged', () => {
  it('is the same whether PagerDuty tells of it or is asked; all its pages are told, but for that one', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...down, severity: 'P1' });
    await room.queue.finish();
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await room.queue.finish();
    room.workspace.phone.acknowledge('rounds:1:2', 'U0BEN00001');
    await room.pass(15_000);
    expect(await room.incident(1)).toMatchObject({
      acknowledged: { by: 'Ben in PagerDuty', id: 'pagerduty:P0BEN00001' },
    });
    const told = room.queue.waiting.filter(({ name }) => name === 'incidents.page').map(({ data }) => data);
    expect(told).toEqual([{ id: 1, n: 1, action: 'acknowledge' }]);
    await room.queue.finish();
    expect(room.pages().map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
  });
});

describe('a process that was frozen', () => {
  it('before it sends finds that the job is not its own any more, and sends nothing', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    await room.queue.run({ stillMine: async () => false });
    expect(room.pages()).toEqual([]);
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'sending', attempts: 0 }]);
  });
});

describe('whose escalation policy', () => {
  it('of others nobody is reached: NOT PAGED, though somebody is on call somewhere', async () => {
    const room = await roomOf(store, { paging: { policies: ['POTHER'] } });
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    await room.pass(50_000);
    await room.queue.finish();
    expect(calls(room)).toEqual([expect.stringContaining('nobody is on call')]);
    const own = await roomOf(store, { paging: { policies: ['PROUNDS'] } });
    await own.incidents.declare(asker, down);
    await own.queue.finish();
    await own.pass(50_000);
    expect((await own.incident(1)).notPaged).toBeUndefined();
  });
});

describe("a machine's clock that is ten minutes off", () => {
  it.each([-600_000, 600_000])("by %d ms moves no deadline: the time is the room's", async (offMs) => {
    const room = await roomOf(store, { paging: { routingKey: undefined } });
    const now = Date.now;
    onTestFinished(() => {
      Date.now = now;
    });
    Date.now = () => now() + offMs;
    await room.incidents.declare(asker, down);
    await room.queue.run();
    const { rows } = await store.pool.query<{ due_at: Date }>(
      `select due_at from business_timer where key like '%confirm'`,
    );
    expect(rows).toEqual([{ due_at: new Date(room.clock.now().getTime() + 50_000) }]);
  });
});
