import { beforeAll, describe, expect, it } from 'vitest';
import { nudgeJob } from '../../../src/incidents/roles/nudge.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const down = { key: 'k1', severity: 'P1', title: 'API is down' };
const bens = { by: ben, request: 'BEN123' };
const minutes = (n: number) => n * 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** INC-1, whose own channel is there; `inside` is what stands in that. */
async function declared(options?: Parameters<typeof roomOf>[1], over = {}): Promise<Room & { inside(): string[] }> {
  const room = await roomOf(store, options);
  await room.incidents.declare(asker, { ...down, ...over });
  await room.queue.finish();
  const { home } = await room.incident(1);
  return { ...room, inside: () => room.said(home!.channel) };
}

/** What stands in a direct message with somebody. */
function told(room: Room, user: string): string[] {
  const id = `D${user.slice(1)}`;
  return room.workspace.state.channels.has(id) ? room.said(id) : [];
}

const nudged = (room: { inside(): string[] }) => room.inside().filter((said) => said.includes('has nobody for'));

/** Until everything that is due has been done, also what that makes due. */
async function pass(room: Room, ms: number): Promise<void> {
  await room.pass(ms);
  await room.queue.finish();
}

describe('a role', () => {
  it('is taken by one of two who want it at once; the other learns who', async () => {
    const room = await declared();
    const { roles } = room.incidents;
    const both = await Promise.all([
      roles.claim(asker, { id: 1, role: 'commander' }),
      roles.claim(bens, { id: 1, role: 'commander' }),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['claimed', 'taken']);
    const { commander } = (await room.incident(1)).roles;
    const taken = both.find(({ kind }) => kind === 'taken')!;
    expect(taken.incident.roles.commander).toEqual(commander);
    await room.queue.finish();
    expect(room.inside().filter((said) => said.includes('"text":"Commander: <@'))).toHaveLength(1);
    const { events } = await room.incidents.show(1);
    expect(events.filter(({ kind }) => kind === 'role')).toHaveLength(1);
    expect((await auditedIncidents(store)).slice(-1)).toEqual([`${commander!.id} incident.role incident/1`]);
  });

  it('comes with what is expected, in a direct message, and makes its holder see a private incident', async () => {
    const room = await declared({}, { private: true });
    expect(await room.incidents.list(5, ben)).toEqual([]);
    await room.incidents.roles.assign(asker, { id: 1, role: 'scribe', who: ben, note: 'mind the <!channel> time' });
    await room.queue.finish();
    expect(told(room, 'U0BEN00001')).toEqual([expect.stringContaining('You are scribe of INC-1')]);
    const [message] = told(room, 'U0BEN00001');
    expect(message).toContain('Write down what is seen');
    expect(message).toContain('mind the &lt;!channel&gt; time');
    expect(message).not.toContain('<!channel>');
    expect(await room.incidents.list(5, ben)).toMatchObject([{ id: 1 }]);
  });

  it('handed over is taken from one and given to the other: both are told, and what was due is asked no more', async () => {
    const room = await declared();
    const { roles } = room.incidents;
    await roles.claim(bens, { id: 1, role: 'commander' });
    await roles.assign(bens, { id: 1, role: 'commander', who: anna, note: 'it is the pool' });
    await room.queue.finish();
    expect(told(room, 'U0ANNA0001')).toEqual([expect.stringContaining('it is the pool')]);
    // Who did it needs no message.
    expect(told(room, 'U0BEN00001')).toHaveLength(1);
    await roles.assign(bens, { id: 1, role: 'commander', who: ben, note: '' });
    await room.queue.finish();
    expect(told(room, 'U0ANNA0001').at(-1)).toContain('<@U0BEN00001> is commander instead of you');
    expect(await roles.assign(bens, { id: 1, role: 'commander', who: ben, note: '' })).toMatchObject({ kind: 'same' });
    await pass(room, minutes(60));
    expect(nudged(room)).toEqual([]);
  });

  it('of an incident that is over stays as it was', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    const { roles } = room.incidents;
    expect((await roles.claim(asker, { id: 1, role: 'scribe' })).kind).toBe('over');
    expect((await roles.assign(asker, { id: 1, role: 'scribe', who: ben, note: '' })).kind).toBe('over');
    expect((await roles.vacate(asker, { id: 1, role: 'scribe', note: '' })).kind).toBe('over');
    expect((await room.incident(1)).roles).toEqual({});
  });
});

describe('a role that is needed and that nobody has', () => {
  it('is asked for after its time, once more after twice that, and then no more', async () => {
    const room = await declared();
    await pass(room, minutes(5) - 1);
    expect(nudged(room)).toEqual([]);
    await pass(room, 1);
    expect(nudged(room)).toHaveLength(1);
    expect(nudged(room)[0]).toContain('<@U0ANNA0001>: take it');
    expect(nudged(room)[0]).toContain('"value":"1:commander"');
    await pass(room, minutes(5));
    expect(nudged(room)).toHaveLength(2);
    await pass(room, minutes(120));
    expect(nudged(room)).toHaveLength(2);
  });

  it('is asked of whoever is on it, and offered to them when they took it on', async () => {
    const room = await declared();
    await room.incidents.acknowledge(bens, 1);
    await room.queue.finish();
    const offers = room.inside().filter((said) => said.includes('Nobody commands INC-1 yet'));
    expect(offers).toEqual([expect.stringContaining('<@U0BEN00001> is on it. Nobody commands INC-1 yet')]);
    expect((await room.incident(1)).roles).toEqual({});
    // They were asked a moment ago.
    await pass(room, minutes(5));
    expect(nudged(room)).toEqual([]);
    await pass(room, minutes(5));
    expect(nudged(room)).toEqual([expect.stringContaining('<@U0BEN00001>: take it')]);
  });

  it('is offered to nobody when there is a commander, or none is needed', async () => {
    const room = await declared();
    await room.incidents.roles.claim(asker, { id: 1, role: 'commander' });
    await room.incidents.acknowledge(bens, 1);
    await room.incidents.declare(asker, { ...down, key: 'k2', severity: 'P3' });
    await room.incidents.acknowledge(bens, 2);
    await pass(room, minutes(60));
    const second = (await room.incident(2)).home!.channel;
    const all = [...room.said(), ...room.inside(), ...room.said(second)];
    expect(all.filter((said) => /Nobody commands|has nobody for/.test(said))).toEqual([]);
  });

  it('is asked for once by a job that runs twice, and late when nobody ran', async () => {
    const room = await declared();
    const { rows } = await store.pool.query(`select data from business_timer where key = 'incident/1/open/roles'`);
    await pass(room, minutes(180));
    for (let n = 0; n < 2; n += 1) await room.queue.enqueue(undefined, nudgeJob, nudgeJob.schema.parse(rows[0].data));
    await room.queue.finish();
    expect(nudged(room)).toHaveLength(1);
    expect(nudged(room)[0]).toContain('late by 2 h 55 min');
  });

  it('is not asked for while it is paused; afterwards it is', async () => {
    const room = await declared();
    await room.incidents.pause(asker, { id: 1, until: new Date(room.clock.now().getTime() + minutes(30)) });
    await pass(room, minutes(29));
    expect(nudged(room)).toEqual([]);
    await pass(room, minutes(1));
    expect(nudged(room)).toHaveLength(1);
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, minutes(120));
    expect(nudged(room)).toHaveLength(1);
    await room.incidents.resume(asker, 1);
    await pass(room, minutes(5));
    expect(nudged(room)).toHaveLength(2);
  });

  it('is asked for once a pause that was without an end is over by itself', async () => {
    const room = await declared();
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, minutes(30));
    await room.incidents.pause(asker, { id: 1, until: new Date(room.clock.now().getTime() + minutes(30)) });
    await pass(room, minutes(29));
    expect(nudged(room)).toEqual([]);
    await pass(room, minutes(1));
    expect(nudged(room)).toHaveLength(1);
  });

  it('is asked for no more when it is over, and again when it is not', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await pass(room, minutes(60));
    expect(nudged(room)).toEqual([]);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await pass(room, minutes(5));
    expect(nudged(room)).toHaveLength(1);
  });

  it('is not asked for after the end, also when Slack could not take the question before', async () => {
    const room = await declared();
    room.fault('chat.postMessage', { kind: 'http', status: 503 });
    await room.pass(minutes(5));
    await room.incidents.resolve(asker, { id: 1, words: '' });
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(nudged(room)).toEqual([]);
  });

  it('is asked for with what a worse severity needs', async () => {
    const room = await declared();
    await room.incidents.roles.claim(asker, { id: 1, role: 'commander' });
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await pass(room, minutes(5));
    expect(nudged(room)).toEqual([expect.stringContaining('has nobody for: communications')]);
  });

  it('is asked for when its holder gives it up', async () => {
    const room = await declared();
    await room.incidents.roles.claim(bens, { id: 1, role: 'commander' });
    await pass(room, minutes(60));
    expect((await room.incidents.roles.vacate(bens, { id: 1, role: 'commander', note: '' })).kind).toBe('vacated');
    expect((await room.incidents.roles.vacate(bens, { id: 1, role: 'commander', note: '' })).kind).toBe('free');
    await pass(room, minutes(5));
    expect(nudged(room)).toHaveLength(1);
  });
});

describe('a commander who is not there', () => {
  it('any more loses the role, and the channel is told, with a way to take it', async () => {
    const room = await declared();
    room.workspace.state.user('U0BEN00001', 'user_not_found').deleted = true;
    await room.incidents.roles.assign(asker, { id: 1, role: 'commander', who: ben, note: '' });
    await room.incidents.roles.assign(asker, { id: 1, role: 'scribe', who: ben, note: '' });
    await room.queue.finish();
    const lost = room.inside().filter((said) => said.includes("can't be reached"));
    expect(lost).toHaveLength(1);
    expect(lost[0]).toContain('Nobody is commander, scribe now');
    expect(lost[0]).toContain('"action_id":"role.claim.1"');
    expect((await room.incident(1)).roles).toEqual({});
    expect((await auditedIncidents(store)).at(-1)).toBe('rounds incident.role incident/1');
    await pass(room, minutes(5));
    expect(nudged(room)).toHaveLength(1);
  });

  it('for a moment keeps it: Slack that refuses everything is no sign of anything', async () => {
    const room = await declared();
    room.fault('conversations.open', { kind: 'error', error: 'account_inactive' });
    await room.incidents.roles.assign(asker, { id: 1, role: 'commander', who: ben, note: '' });
    await room.queue.run();
    await room.queue.run();
    expect((await room.incident(1)).roles.commander).toMatchObject(ben);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(told(room, 'U0BEN00001')).toHaveLength(1);
  });

  it('is told once when the answer of a direct message gets lost', async () => {
    const room = await declared();
    await room.incidents.roles.assign(asker, { id: 1, role: 'scribe', who: ben, note: '' });
    room.workspace.fault('chat.postMessage', { kind: 'drop-response' }, 2);
    room.workspace.fault('conversations.history', { kind: 'http', status: 503 }, 8);
    await room.queue.finish();
    expect(told(room, 'U0BEN00001')).toHaveLength(1);
  });
});
