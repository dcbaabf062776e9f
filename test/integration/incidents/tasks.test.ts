import { beforeAll, describe, expect, it } from 'vitest';
import { chaseJob } from '../../../src/incidents/tasks/jobs.ts';
import type { NewTask } from '../../../src/incidents/tasks/verbs.ts';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const bens = { by: ben, request: 'BEN123' };
const minutes = (n: number) => n * 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** INC-1, whose own channel is there; `inside` is what stands in that. */
async function declared(over = {}): Promise<Room & { inside(): string[] }> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P2', title: 'API is slow', ...over });
  await room.queue.finish();
  const { home } = await room.incident(1);
  return { ...room, inside: () => room.said(home!.channel) };
}

async function add(room: Room, over: Partial<NewTask> = {}) {
  const dueAt = new Date(room.clock.now().getTime() + minutes(30));
  const added = await room.incidents.tasks.add(asker, {
    ...{ id: 1, key: 't1', what: 'restart the pool', assignee: ben, dueAt },
    ...over,
  });
  await room.queue.finish();
  return added;
}

async function pass(room: Room, ms: number): Promise<void> {
  await room.pass(ms);
  await room.queue.finish();
}

/** What stands in a direct message with somebody. */
function told(room: Room, user: string): string[] {
  const id = `D${user.slice(1)}`;
  return room.workspace.state.channels.has(id) ? room.said(id) : [];
}
const reminded = (room: Room) => told(room, 'U0BEN00001').slice(1);
const posts = (room: { inside(): string[] }) => room.inside().filter((said) => said.includes('*T1*'));

describe('a task', () => {
  it('stands in one message, which is edited, and is told to whoever got it', async () => {
    const room = await declared();
    expect(await add(room)).toMatchObject({ kind: 'added', task: { n: 1, state: 'open' } });
    expect(posts(room)).toEqual([expect.stringContaining('☐ *T1* restart the pool · <@U0BEN00001> · due ')]);
    expect(told(room, 'U0BEN00001')).toEqual([expect.stringContaining('<@U0ANNA0001> gave you a task')]);
    await room.incidents.tasks.change(bens, { id: 1, n: 1, change: { state: 'done' } });
    await room.queue.finish();
    expect(posts(room)).toEqual([expect.stringContaining('✅ *T1* restart the pool · done by <@U0BEN00001>')]);
    expect(await room.incidents.tasks.openTasks(1)).toEqual([]);
    await room.incidents.tasks.change(bens, { id: 1, n: 1, change: { state: 'open' } });
    await room.queue.finish();
    expect(posts(room)).toEqual([expect.stringContaining('"action_id":"task.done"')]);
    const { events } = await room.incidents.show(1);
    expect(events.flatMap(({ kind, words }) => (kind === 'task' ? [words.split(':')[0]] : []))).toEqual([
      ...['T1 added', 'T1 done', 'T1 reopened'],
    ]);
    expect((await auditedIncidents(store)).filter((row) => row.includes('incident.task'))).toEqual(
      [
        ...['slack:U0ANNA0001', 'slack:U0BEN00001', 'slack:U0BEN00001'].map((who) => `${who} incident.task incident/1`),
      ].concat([]),
    );
  });

  it('is one for each key, and the next has the next number', async () => {
    const room = await declared();
    const both = await Promise.all([add(room), add(room)]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['added', 'known']);
    await add(room, { key: 't2', what: 'look at the log' });
    expect((await room.incidents.tasks.of(1)).map(({ n, what }) => [n, what])).toEqual([
      [1, 'restart the pool'],
      [2, 'look at the log'],
    ]);
  });

  it('with hostile words stays words, and hides what is secret', async () => {
    const room = await declared();
    await add(room, { what: '<!channel> *x* <https://evil|ok> password=hunter2 \u0000 \ud83d' });
    await expect(add(room, { key: 't2', what: ' \n ' })).rejects.toMatchObject({ code: 'invalid' });
    await add(room, { key: 't3', what: 'x'.repeat(40_000) });
    const all = [...room.said(), ...room.inside(), ...told(room, 'U0BEN00001')].join('\n');
    expect(all).toContain('&lt;!channel&gt;');
    expect(all).not.toContain('<!channel>');
    expect(all).not.toContain('<https://evil');
    expect(JSON.stringify(await room.incidents.tasks.of(1))).not.toContain('hunter2');
    expect((await room.incidents.tasks.of(1)).at(-1)?.what).toHaveLength(500);
  });

  it('that nobody has is taken by one of two', async () => {
    const room = await declared();
    await add(room, { assignee: undefined });
    const take = (by: typeof bens) =>
      room.incidents.tasks.change(by, { id: 1, n: 1, change: { assignee: by.by, ifFree: true } });
    const both = await Promise.all([take(bens), take(asker)]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['changed', 'taken']);
  });

  it('whose message was deleted is posted anew with its next change', async () => {
    const room = await declared();
    await add(room);
    const [task] = await room.incidents.tasks.of(1);
    const { apiUrl, botToken } = room.workspace;
    const headers = { authorization: `Bearer ${botToken}` };
    await fetch(`${apiUrl}chat.delete`, { method: 'POST', headers, body: new URLSearchParams(task!.message) });
    expect(posts(room)).toEqual([]);
    await room.incidents.tasks.change(bens, { id: 1, n: 1, change: { what: 'other' } });
    await room.queue.finish();
    expect(posts(room)).toEqual([expect.stringContaining('*T1* other')]);
  });

  it('is posted once when the answer gets lost', async () => {
    const room = await declared();
    room.workspace.fault('chat.postMessage', { kind: 'drop-response' });
    room.workspace.fault('conversations.history', { kind: 'http', status: 503 }, 8);
    await add(room, { assignee: undefined });
    expect(posts(room)).toHaveLength(1);
  });

  it('of an incident that is over is not added; those that are there are not lost', async () => {
    const room = await declared();
    await add(room);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.queue.finish();
    // Behind the notice that it is over.
    const end = room.inside().filter((said) => /INC-1 P2 Medium: resolved|INC-1 is over/.test(said));
    expect(end.slice(-2)).toEqual([
      expect.stringContaining('resolved'),
      expect.stringContaining('INC-1 is over; 1 task is open still'),
    ]);
    await expect(add(room, { key: 't2' })).rejects.toMatchObject({ code: 'invalid' });
    expect(await room.incidents.tasks.openTasks(1)).toMatchObject([{ n: 1 }]);
    expect(await room.incidents.tasks.mine(ben, 5)).toMatchObject([{ n: 1 }]);
    await pass(room, minutes(600));
    expect(reminded(room)).toEqual([]);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await pass(room, 0);
    expect(reminded(room)).toHaveLength(1);
  });

  it('that is not there is said so', async () => {
    const room = await declared();
    await expect(room.incidents.tasks.change(asker, { id: 1, n: 9, change: { state: 'done' } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('whoever has a task', () => {
  it('is reminded before it is due, then, and less often after that; the commander hears of it once', async () => {
    const room = await declared();
    await room.incidents.roles.claim(asker, { id: 1, role: 'commander' });
    await add(room);
    const before = told(room, 'U0ANNA0001').length;
    await pass(room, minutes(22));
    expect(reminded(room)).toEqual([]);
    await pass(room, minutes(0.5));
    expect(reminded(room)).toEqual([expect.stringContaining('due in 7 min 30 s')]);
    await pass(room, minutes(7.5));
    expect(reminded(room)).toHaveLength(2);
    await pass(room, minutes(15));
    expect(reminded(room).at(-1)).toContain('overdue by 15 min');
    expect(told(room, 'U0ANNA0001')).toHaveLength(before);
    await pass(room, minutes(15));
    expect(told(room, 'U0ANNA0001').slice(before)).toEqual([expect.stringContaining('twice its time')]);
    for (let n = 0; n < 20; n += 1) await pass(room, minutes(60));
    expect(reminded(room)).toHaveLength(7);
    expect(told(room, 'U0ANNA0001')).toHaveLength(before + 1);
  });

  it('is reminded once of what was missed, marked late, however often the job runs', async () => {
    const room = await declared();
    await add(room);
    const { rows } = await store.pool.query(`select data from business_timer where key = 'incident/1/open/task/1'`);
    await pass(room, minutes(180));
    for (let n = 0; n < 2; n += 1) await room.queue.enqueue(undefined, chaseJob, chaseJob.schema.parse(rows[0].data));
    await room.queue.finish();
    expect(reminded(room)).toEqual([expect.stringMatching(/overdue by 2 h 30 min.*late by/)]);
    // Nobody commands it: its channel hears of it.
    expect(room.inside().filter((said) => said.includes('twice its time'))).toHaveLength(1);
  });

  it('is left alone while it is paused, once it is done, and when it is another’s', async () => {
    const room = await declared();
    await add(room);
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, minutes(40));
    expect(reminded(room)).toEqual([]);
    await room.incidents.resume(asker, 1);
    await pass(room, 0);
    expect(reminded(room)).toHaveLength(1);
    await room.incidents.tasks.change(bens, { id: 1, n: 1, change: { assignee: anna } });
    await pass(room, minutes(10));
    expect(reminded(room)).toHaveLength(1);
    expect(told(room, 'U0ANNA0001').at(-1)).toContain('overdue');
    await room.incidents.tasks.change(bens, { id: 1, n: 1, change: { state: 'done' } });
    const before = told(room, 'U0ANNA0001').length;
    await pass(room, minutes(600));
    expect(told(room, 'U0ANNA0001')).toHaveLength(before);
  });

  it('is reminded once a pause that was without an end is over by itself', async () => {
    const room = await declared();
    await add(room);
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await pass(room, minutes(40));
    await room.incidents.pause(asker, { id: 1, until: new Date(room.clock.now().getTime() + minutes(30)) });
    await pass(room, minutes(29));
    expect(reminded(room)).toEqual([]);
    await pass(room, minutes(1));
    expect(reminded(room)).toHaveLength(1);
  });

  it('is not reminded once the incident is over, also when Slack could not take the reminder before', async () => {
    const room = await declared();
    await add(room);
    room.fault('chat.postMessage', { kind: 'http', status: 503 });
    await room.pass(minutes(60));
    await room.incidents.resolve(asker, { id: 1, words: '' });
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(reminded(room)).toEqual([]);
    expect(room.inside().filter((said) => said.includes('twice its time'))).toEqual([]);
  });

  it('has it no longer when they can be told nothing any more: the channel is asked', async () => {
    const room = await declared();
    room.workspace.state.user('U0BEN00001', 'user_not_found').deleted = true;
    await add(room);
    expect((await room.incidents.tasks.of(1))[0]?.assignee).toBeUndefined();
    const lost = room.inside().filter((said) => said.includes("can't be reached"));
    expect(lost).toEqual([expect.stringContaining('"action_id":"task.take"')]);
    await pass(room, minutes(23));
    const asked = room.inside().filter((said) => said.includes('due in'));
    expect(asked).toEqual([expect.stringContaining('nobody has it')]);
  });
});

it('a task makes its assignee see a private incident', async () => {
  const room = await declared({ private: true });
  expect(await room.incidents.list(5, ben)).toEqual([]);
  await add(room);
  expect(await room.incidents.list(5, ben)).toMatchObject([{ id: 1 }]);
});
