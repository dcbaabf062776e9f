import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import { allSaid, clockPosts, homed, pass, saidOf, timersSet, until, withoutChannels } from '../../support/updates.ts';

const minute = 60_000;
const hour = 60 * minute;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** A P0 of 09:00, acknowledged: Management by 09:15, Customers by 09:30, with PHI the Compliance officer by 10:00. */
async function running(over: Partial<Parameters<Room['incidents']['declare']>[1]> = {}): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down', ...over });
  await homed(room);
  await room.incidents.acknowledge(asker, 1);
  await room.queue.finish();
  await pass(room, 15_000);
  return room;
}

const board = (room: Room, channel?: string) => saidOf(room, /^incident:\d+:told(:after|$)/, channel);
const posts = clockPosts;
const dueOf = async (room: Room) =>
  Object.fromEntries(
    (await room.incidents.stakeholders.list(1)).map(({ who, dueAt, state }) => [
      who,
      state === 'due' ? dueAt.toISOString().slice(11, 16) : state,
    ]),
  );
const told = ({ incidents }: Room, who: string, note = '') => incidents.stakeholders.told(asker, { id: 1, who, note });

describe('who must be told', () => {
  it('stands in one message: who, by when, how; and that Rounds tells nobody itself', async () => {
    const room = await running({ phi: true });
    const [text, ...more] = board(room);
    expect(more).toEqual([]);
    expect(text).toMatch(/\*Management\* by <!date\^.*at most 15 min left · e-mail and phone/);
    expect(text).toMatch(/\*Customers\* by <!date\^.*status page/);
    expect(text).toMatch(/\*Compliance officer\* by .*Compliance officer decides/);
    expect(text).toContain('Rounds tells none of them, nor any authority');
    expect(await dueOf(room)).toEqual({ Management: '09:15', Customers: '09:30', 'Compliance officer': '10:00' });
  });

  it('is edited in place as the time runs, and when somebody was told', async () => {
    const room = await running();
    await until(room, 6);
    expect(board(room)).toEqual([expect.stringMatching(/Management.*at most 10 min left.*Customers.*at most 30 min/s)]);
    expect(await told(room, 'Management', 'by phone, <!here> Dr. Roe')).toMatchObject({ kind: 'told' });
    expect(
      await room.incidents.stakeholders.told({ by: ben, request: 'R' }, { id: 1, who: 'management', note: '' }),
    ).toMatchObject({
      ...{ kind: 'already', clock: { done: { by: anna } } },
    });
    await room.queue.finish();
    expect(board(room)).toEqual([
      expect.stringMatching(/✅ \*Management\* told .*<@U0ANNA0001>: by phone, &lt;!here&gt;/),
    ]);
    expect((await room.incidents.show(1)).events.filter(({ kind }) => kind === 'told')).toMatchObject([
      { by: anna.id, words: 'Management was told: by phone, <!here> Dr. Roe' },
    ]);
    expect((await auditedIncidents(store)).filter((row) => row.includes('told'))).toEqual([
      `${anna.id} incident.told incident/1`,
    ]);
  });

  it('is reminded of before, and marked and said once it is overdue', async () => {
    const room = await running();
    await until(room, 10);
    expect(posts(room)).toEqual([
      expect.stringMatching(/<@U0ANNA0001> INC-1.*⏳ \*Management\* is to be told by .*in 5 min/s),
    ]);
    await until(room, 16);
    expect(posts(room)).toHaveLength(2);
    expect(posts(room)[1]).toMatch(/🔴 Overdue: \*Management\*/);
    expect(posts(room)[1]).not.toContain('late');
    expect(board(room)).toEqual([expect.stringMatching(/🔴 \*Management\* overdue since/)]);
    expect((await room.incidents.show(1)).events.filter(({ kind }) => kind === 'overdue')).toMatchObject([
      { words: 'Management was not told in time', by: 'rounds' },
    ]);
    await told(room, 'Management');
    await until(room, 20);
    expect(board(room)).toEqual([expect.stringMatching(/✅ \*Management\* told .*, late/)]);
  });

  it('who was told in time is reminded of no more', async () => {
    const room = await running();
    await told(room, 'Management');
    await told(room, 'Customers');
    await until(room, 40);
    expect(posts(room)).toEqual([]);
    expect(board(room)).toEqual([expect.stringContaining('nobody is left')]);
  });

  it('keeps who was told when the severity changes; the rest has its time by the new one', async () => {
    const room = await running({ severity: 'P1' });
    expect(await dueOf(room)).toEqual({ Customers: '09:30' });
    await until(room, 10);
    const change = (severity: string) => room.incidents.changeSeverity(asker, { id: 1, severity, words: '' });
    await change('P0');
    expect(await dueOf(room)).toEqual({ Management: '09:25', Customers: '09:30' });
    await told(room, 'Management');
    await change('P3');
    expect(await dueOf(room)).toEqual({ Management: 'done' });
    await room.queue.finish();
    expect(board(room)).toEqual([expect.not.stringContaining('Customers')]);
    await change('P0');
    expect(await dueOf(room)).toEqual({ Management: 'done', Customers: '09:40' });
  });

  it('PHI adds the compliance officer from then on, and its denial takes them out', async () => {
    const room = await running();
    await until(room, 30);
    await room.incidents.setPhi(asker, { id: 1, phi: true });
    expect(await dueOf(room)).toMatchObject({ 'Compliance officer': '10:30' });
    await room.queue.finish();
    expect(board(room)).toEqual([expect.stringContaining('Compliance officer')]);
    await room.incidents.setPhi(asker, { id: 1, phi: false });
    await until(room, 120);
    expect(posts(room).join('')).not.toContain('Compliance');
  });

  it('says nothing while it is paused, nor when it is over', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: new Date('2026-11-23T09:20:00Z') });
    await until(room, 19);
    expect(posts(room)).toEqual([]);
    await until(room, 21);
    expect(posts(room)).toEqual([expect.stringMatching(/Overdue: \*Management\*/)]);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await until(room, 60);
    expect(posts(room)).toHaveLength(1);
    expect(board(room)).toEqual([expect.stringContaining('not told before it was over')]);
    // It may still be written down that they were.
    expect(await told(room, 'Customers')).toMatchObject({ kind: 'told' });
    expect((await timersSet(room)).filter(({ key }) => key.includes('/open/'))).toEqual([]);
  });

  it('is said once a pause that was without an end is over by itself', async () => {
    const room = await running();
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await until(room, 25);
    await room.incidents.pause(asker, { id: 1, until: new Date('2026-11-23T09:40:00Z') });
    await until(room, 39);
    expect(posts(room)).toEqual([]);
    await until(room, 41);
    expect(posts(room)).toEqual([expect.stringMatching(/Overdue: /)]);
  });

  it('whose time was over before Slack was back says nothing any more once it is resolved', async () => {
    const room = await running();
    room.fault('chat.postMessage', { kind: 'http', status: 503 });
    for (let minutes = 0; minutes < 16; minutes += 1) await room.pass(minute);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(posts(room)).toEqual([]);
  });

  it('after 3 h of downtime all that was missed is one post, marked late', async () => {
    const room = await running();
    await pass(room, 3 * hour);
    expect(posts(room)).toEqual([expect.stringMatching(/Management.*Customers.*This comes late/s)]);
  });

  it('that another replica looks at too is said once', async () => {
    const room = await running();
    const { pass: passed, queue } = room;
    const { run } = queue;
    queue.run = async () => [];
    await passed(10 * minute);
    queue.run = run;
    queue.waiting.push({ ...queue.waiting.find(({ name }) => name === 'incidents.clocks')! });
    await queue.finish();
    expect(posts(room)).toHaveLength(1);
  });

  it('of a drill says so; of a private incident stands in its channel alone', async () => {
    const drill = await running({ drill: true });
    expect(board(drill)[0]).toContain('DRILL');
    const secret = await running({ private: true });
    await until(secret, 16);
    expect(board(secret)).toHaveLength(1);
    expect(posts(secret).length).toBeGreaterThan(0);
    expect(allSaid(secret).join('')).not.toMatch(/must be told|Management/);
  });

  it('moves to the channel of the incident when that comes later', async () => {
    const room = await roomOf(store);
    withoutChannels(room);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down' });
    await room.pass(15_000);
    expect(board(room, '#alerts')).toEqual([expect.stringContaining('who must be told')]);
    room.workspace.clearFaults();
    await room.queue.finish();
    await told(room, 'Management');
    await room.queue.finish();
    const { home } = await room.incident(1);
    expect(board(room, home!.channel)).toEqual([expect.stringContaining('✅ *Management* told')]);
    expect(board(room, '#alerts')).toEqual([expect.stringMatching(/stands in <#C/)]);
  });

  it('waits for the channel of the incident where PHI may be involved', async () => {
    const room = await roomOf(store);
    withoutChannels(room);
    await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down', phi: true });
    await room.pass(15_000);
    await room.queue.run();
    await told(room, 'Management', 'Jane Roe');
    await room.queue.run();
    expect(allSaid(room).join('')).not.toMatch(/must be told|Jane Roe/);
    room.workspace.clearFaults();
    await room.queue.finish();
    const { home } = await room.incident(1);
    expect(board(room, home!.channel)).toEqual([expect.stringContaining('Jane Roe')]);
  });

  it('is asked for by a name that is there', async () => {
    const room = await running();
    expect(await told(room, 'cust')).toMatchObject({ clock: { who: 'Customers' } });
    await expect(told(room, 'Press')).rejects.toMatchObject({
      code: 'not_found',
      hint: 'one of Management, Customers',
    });
    await expect(told(room, 'response')).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('what is due is read for whoever looks: soonest first, private ones for those in them', async () => {
  const room = await running();
  await room.incidents.declare(
    { by: ben, request: 'R' },
    { key: 'k2', severity: 'P1', title: 'secret', private: true },
  );
  const words = async (viewer: Parameters<Room['incidents']['dueClocks']>[0]) =>
    (await room.incidents.dueClocks(viewer)).map(({ incident, what }) => `${incident.id} ${what}`);
  expect(await words({ id: anna.id })).toEqual(['1 Next update', '1 Tell Management', '1 Tell Customers']);
  expect(await words({ id: ben.id })).toContain('2 Next update');
  await room.incidents.resolve(asker, { id: 1, words: '' });
  expect(await words({ id: anna.id })).toEqual([]);
});
