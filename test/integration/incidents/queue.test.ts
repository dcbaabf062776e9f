import { expect, it, onTestFinished } from 'vitest';
import { pageJob } from '../../../src/incidents/jobs.ts';
import type { IncidentPort } from '../../../src/incidents/ports.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';
import { asker, incidentsOf, roomOf } from '../../support/incidents.ts';
import { jobsOf } from '../../support/jobs.ts';
import { quietChannels } from '../../support/quiet-channels.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores = [
  ['the embedded store', embeddedStore],
  ['a PostgreSQL server', serverStore],
] as const;
const down = { key: 'k1', severity: 'P0', title: 'API is down' };

async function workspaceOf(): Promise<Workspace> {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  return workspace;
}

/** A replica over a store: its incidents on the real queue. */
async function replicaOf(store: Store, workspace: Workspace, port?: (port: IncidentPort) => IncidentPort) {
  const jobs = await jobsOf(store, { pace: { leaseMs: 1_000 } });
  onTestFinished(() => jobs.stop(1_000));
  const room = await incidentsOf(store, { workspace, jobs, clock: store.time, ...(port && { port }) });
  return { ...room, jobs };
}

/** The same, but each of its calls waits first: of messages, of channels, of people. */
function behind<Port extends object>(gate: Promise<void>, port: Port): Port {
  const waiting = Object.entries(port).map(([name, is]) => {
    if (typeof is !== 'function') return [name, typeof is === 'object' && is ? behind(gate, is) : is];
    return [name, async (...given: unknown[]) => gate.then(() => is(...given))];
  });
  return Object.fromEntries(waiting);
}

/** Messages of incidents, without what stands in their threads. */
const said = (workspace: Workspace) =>
  workspace.messages('#alerts').filter(({ bot_id, ts, thread_ts }) => bot_id && (thread_ts ?? ts) === ts);
const rows = async (store: Store, query: string) => (await store.pool.query(query)).rows;

it.each(stores)(
  'one submit that reaches two replicas on %s is one incident, one page, one message',
  async (_, open) => {
    const store = await open();
    const workspace = await workspaceOf();
    const replicas = [await replicaOf(store, workspace), await replicaOf(store, workspace)];
    for (const { jobs } of replicas) await jobs.start();
    const made = await Promise.all(
      Array.from({ length: 10 }, (__, at) => replicas[at % 2]!.incidents.declare(asker, down)),
    );
    expect(made.filter(({ kind }) => kind === 'declared')).toHaveLength(1);
    expect(new Set(made.map(({ incident }) => incident.id)).size).toBe(1);
    await eventually(async () => expect((await replicas[0]!.jobs.state()).counts).toEqual([]));
    expect(workspace.phone.pages()).toMatchObject([{ count: 1 }]);
    expect(said(workspace)).toHaveLength(1);
    await replicas[1]!.incidents.resolve(asker, { id: made[0]!.incident.id, words: '' });
    await eventually(() => expect(workspace.phone.pages()).toMatchObject([{ status: 'resolved' }]));
    await eventually(() => expect(JSON.stringify(said(workspace)[0]!.blocks)).toContain('Resolved'));
  },
);

it.each(stores)('a declaration that is not committed on %s pages nobody', async (_, open) => {
  const store = await open();
  const workspace = await workspaceOf();
  const { incidents, ports, jobs } = await replicaOf(store, workspace);
  await jobs.start();
  const { set } = ports.timers;
  // Behind the page, the messages and the first deadlines.
  ports.timers.set = async (tx, timer) => {
    await set(tx, timer);
    if (timer.key.endsWith('/update/remind')) throw new Error('the database broke off');
  };
  await expect(incidents.declare(asker, down)).rejects.toThrow('broke off');
  expect(await incidents.list(1, 'everything')).toEqual([]);
  expect(await rows(store, `select 1 from pgboss.job where group_id like 'incidents.%'`)).toEqual([]);
  expect(await rows(store, `select 1 from audit_entry`)).toEqual([]);
  expect(await rows(store, `select 1 from business_timer`)).toEqual([]);
  expect(workspace.phone.pages()).toEqual([]);
});

it('a declaration puts its page first into the queue, its message and its channel behind, and few deadlines', async () => {
  const room = await roomOf(await embeddedStore());
  await room.incidents.declare(asker, down);
  const waiting = room.queue.waiting.map(({ name }) => name);
  expect(waiting).toEqual(['incidents.page', 'incidents.show', 'incidents.channel']);
  const timers = await rows(
    room.store,
    `select replace(key, 'incident/1/open/', '') as key from business_timer order by key`,
  );
  expect(timers.map(({ key }) => key)).toEqual([
    ...['paging/confirm', 'roles', 'told/board', 'told/clocks', 'update/remind'],
  ]);
});

it('pages leave while every call to Slack hangs, however many messages wait', async () => {
  const store = await embeddedStore();
  const workspace = await workspaceOf();
  const hanging = Promise.withResolvers<void>();
  const { incidents, jobs } = await replicaOf(store, workspace, (port) => behind(hanging.promise, quietChannels(port)));
  await jobs.start();
  for (let n = 0; n < 15; n += 1) await incidents.declare(asker, { ...down, key: `k${n}` });
  const begunMs = performance.now();
  await eventually(() => expect(workspace.phone.pages()).toHaveLength(15));
  expect(performance.now() - begunMs).toBeLessThan(5_000);
  expect(said(workspace)).toEqual([]);
  hanging.resolve();
  await eventually(async () => expect((await jobs.state()).counts).toEqual([]));
  expect(said(workspace)).toHaveLength(15);
});

it('a page whose replica died before it left is sent by another, in turn with what was said of it later', async () => {
  const store = await serverStore();
  const workspace = await workspaceOf();
  const first = await jobsOf(store, { pace: { leaseMs: 1_000 } });
  const { incidents } = await incidentsOf(store, {
    workspace,
    jobs: { ...first, handle: () => {} },
    clock: store.time,
  });
  const taken = Promise.withResolvers<void>();
  first.handle(pageJob, async () => {
    taken.resolve();
    await new Promise(() => {});
  });
  await first.start();
  await incidents.declare(asker, down);
  await taken.promise;
  await first.stop(0);
  const second = await replicaOf(store, workspace);
  await second.jobs.start();
  await eventually(() => expect(workspace.phone.pages()).toMatchObject([{ status: 'triggered', count: 1 }]));
});
