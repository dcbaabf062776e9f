import { beforeAll, describe, expect, it } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import { allSaid, homed, saidOf, told, withoutChannels } from '../../support/updates.ts';

const minute = 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function declared(over: Partial<Parameters<Room['incidents']['declare']>[1]> = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down', ...over });
  return room;
}

const write = ({ incidents }: Room, over: Partial<Parameters<Room['incidents']['updates']['write']>[1]> = {}) =>
  incidents.updates.write(asker, { id: 1, key: 'w1', status: 'We rolled back', ...over });

/** The updates that stand in a channel. */
const updatesIn = (room: Room, channel?: string) => saidOf(room, /:update:\d+@/, channel);
const restricted = { kind: 'error', error: 'restricted_action' } as const;

describe('an update', () => {
  it("is numbered, and stands in the incident's channel and in the announcement", async () => {
    const room = await declared();
    await homed(room);
    await room.queue.finish();
    expect(await write(room, { done: 'rolled back', next: 'watch', eta: 'noon' })).toMatchObject({
      n: 1,
      kind: 'written',
    });
    expect(await write(room, { key: 'w2' })).toMatchObject({ n: 2 });
    await room.queue.finish();
    for (const channel of ['#inc-home', '#alerts']) {
      const [first, second, ...more] = updatesIn(room, channel);
      expect(more).toEqual([]);
      for (const words of ['update 1', 'Status: We rolled back', 'Done: rolled back', 'Next: watch', 'Expected: noon'])
        expect(first).toContain(words);
      expect(first).toMatch(/Next update <!date\^\d+\^/);
      expect(second).toContain('update 2');
    }
    expect((await room.incidents.show(1)).events.filter(({ kind }) => kind === 'update')).toMatchObject([
      { words: 'update 1: We rolled back', by: anna.id, data: { n: 1, next: 'watch' } },
      { words: 'update 2: We rolled back' },
    ]);
    expect((await auditedIncidents(store)).at(-1)).toBe(`${anna.id} incident.update incident/1`);
  });

  it('of a submit that arrives twice is one, told once', async () => {
    const room = await declared();
    await homed(room);
    const both = await Promise.all([write(room), write(room)]);
    expect(both.map(({ kind, n }) => `${kind} ${n}`).toSorted()).toEqual(['known 1', 'written 1']);
    await room.queue.finish();
    expect(updatesIn(room)).toHaveLength(1);
    expect(await room.incidents.updates.list(1)).toHaveLength(1);
  });

  it.each([
    ['without a channel of its own', async (room: Room) => room.fault('conversations.create', restricted)],
    [
      'whose channel can be used no more',
      async (room: Room) => {
        await room.queue.finish();
        room.workspace.state.findChannel('inc-20261123-api-is-down')!.is_archived = true;
      },
    ],
  ])('%s stands once, in the thread of its message and shown in the channel', async (_, lose) => {
    const room = await declared();
    await lose(room);
    await write(room);
    await room.queue.finish();
    expect(await room.incident(1)).toMatchObject({ homeProblem: expect.any(String) });
    await write(room, { key: 'w2' });
    await room.queue.finish();
    const said = room.workspace.messages('#alerts').filter(({ metadata }) => {
      return String(metadata?.event_payload.key).includes(':update:');
    });
    const shown = { reply_broadcast: true };
    expect(said).toMatchObject([
      { ...shown, text: expect.stringContaining('update 1') },
      { ...shown, text: expect.stringContaining('update 2') },
    ]);
  });

  it('of an incident where PHI may be involved says nothing outside of its channel', async () => {
    const room = await declared({ phi: true, title: 'Jane Roe in the log' });
    await homed(room);
    await room.incidents.subscriptions.subscribe({ by: ben, request: 'R' }, 1);
    await room.queue.finish();
    await write(room, { status: 'Jane Roe was told' });
    await room.queue.finish();
    expect(updatesIn(room)).toEqual([expect.stringContaining('Jane Roe was told')]);
    expect(allSaid(room).join('')).not.toContain('Jane Roe was told');
    const outside = [updatesIn(room, '#alerts').at(-1)!, told(room, 'U0BEN00001').at(-1)!];
    for (const text of outside) {
      expect(text).toContain('update 1');
      expect(text).toMatch(/Details in <#C/);
      expect(text).not.toContain('Jane');
    }
  });

  it.each([{ phi: true }, { private: true }])('waits for the channel that alone may show it: %j', async (over) => {
    const room = await declared(over);
    withoutChannels(room);
    await write(room, { status: 'secret words' });
    await room.queue.run();
    await room.queue.run();
    expect(allSaid(room).join('')).not.toContain('secret words');
    room.workspace.clearFaults();
    await room.queue.finish();
    const { home } = await room.incident(1);
    expect(updatesIn(room, home!.channel)).toEqual([expect.stringContaining('secret words')]);
    expect(allSaid(room).join('')).not.toContain('secret words');
  });

  it('where PHI may be involved is not shown to others when there is no channel for it', async () => {
    const room = await declared({ phi: true });
    withoutChannels(room);
    await write(room, { status: 'Jane Roe was told' });
    room.fault('conversations.create', restricted);
    await room.queue.finish();
    await write(room, { key: 'w2', status: 'Jane Roe was called' });
    await room.queue.finish();
    expect(allSaid(room).join('')).not.toContain('Jane');
    expect(updatesIn(room, '#alerts')).toMatchObject([
      expect.stringContaining('update 1'),
      expect.stringMatching(/update 2.*\/ops update INC-1 list/s),
    ]);
  });

  it('of a private incident stands in its channel alone', async () => {
    const room = await declared({ private: true });
    await homed(room);
    await room.queue.finish();
    const before = allSaid(room);
    await write(room);
    await room.queue.finish();
    expect(updatesIn(room)).toHaveLength(1);
    expect(allSaid(room)).toEqual(before);
  });

  it('keeps hostile words inert, cuts what is long, and masks secrets', async () => {
    const room = await declared();
    await homed(room);
    await write(room, {
      status: `<!channel> <https://evil|ok> \u202Ereversed AKIAIOSFODNN7EXAMPLE ${'x'.repeat(40_000)}`,
      done: '\u200b\u0000*bold* {{ title }} {% raw %}',
      next: 'line one\nline <@U0BEN00001> two',
    });
    await room.queue.finish();
    const [text] = updatesIn(room);
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toMatch(/<!channel>|<https:|<@U0BEN|\u202E|AKIAIOSFODNN7EXAMPLE/);
    expect(text).toContain('{{ title }}');
    expect((await room.incidents.updates.list(1))[0]!.status.length).toBeLessThanOrEqual(1_500);
  });

  it('that says that it is mitigated mitigates, and the next is due in the rhythm of recovery', async () => {
    const room = await declared();
    const { incident } = await write(room, { mitigated: true });
    expect(incident.mitigated).toMatchObject({ by: anna.mention });
    expect(incident.nextUpdateAt).toEqual(new Date(room.clock.now().getTime() + 30 * minute));
    expect((await auditedIncidents(store)).slice(-2)).toEqual([
      `${anna.id} incident.update incident/1`,
      `${anna.id} incident.mitigate incident/1`,
    ]);
  });

  it.each([
    ['usual' as const, 15 * minute],
    [{ inMs: 2 * 60 * minute }, 120 * minute],
    ['none' as const, undefined],
  ])('says when the next is due: %j', async (due, inMs) => {
    const room = await declared();
    const { incident } = await write(room, { due });
    expect(incident.nextUpdateAt?.getTime()).toBe(inMs && room.clock.now().getTime() + inMs);
  });

  it('of one that is over is refused, as is one of none', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    expect(await write(room)).toMatchObject({ kind: 'over' });
    await expect(write(room, { id: 9 })).rejects.toMatchObject({ code: 'not_found' });
    expect(await room.incidents.updates.list(1)).toEqual([]);
  });

  it('of a drill says so', async () => {
    const room = await declared({ drill: true });
    await homed(room);
    await write(room);
    await room.queue.finish();
    expect(updatesIn(room)[0]).toContain('DRILL');
  });

  it('is told although an operator has broken its template', async () => {
    const room = await declared();
    await homed(room);
    room.ports.messages.slack = () => {
      throw new OpsError('invalid', 'update.liquid: undefined variable');
    };
    await write(room, { status: 'We <!here> rolled back', next: 'watch' });
    await room.queue.finish();
    expect(updatesIn(room)[0]).toMatch(/update 1.*We &lt;!here&gt; rolled back.*watch/s);
  });
});

describe('"no change"', () => {
  it('is a numbered update that carries what comes next, and what the next dialog begins with stays', async () => {
    const room = await declared();
    await homed(room);
    await write(room, { next: 'watch' });
    expect(await room.incidents.updates.unchanged(asker, { id: 1, n: 2 })).toMatchObject({ kind: 'written', n: 2 });
    expect(await room.incidents.updates.unchanged({ by: ben, request: 'R' }, { id: 1, n: 2 })).toMatchObject({
      ...{ kind: 'known', n: 2 },
    });
    await room.queue.finish();
    expect(updatesIn(room).at(-1)).toMatch(/update 2.*No change.*Next: watch/s);
    expect(await room.incidents.updates.lastNews(1)).toMatchObject({ n: 1, status: 'We rolled back' });
  });
});
