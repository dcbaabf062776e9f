import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createAlerts } from '../../../src/alerts/alerts.ts';
import type { AlertPort } from '../../../src/alerts/model.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { eventOf, inChannel, replies } from '../../support/alerts.ts';
import { opsOf } from '../../support/checks.ts';
import { jobsOf } from '../../support/jobs.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { slackPort } from '../../support/slack-port.ts';
import { embeddedStore, serverStore, sharedPostgres } from '../../support/store.ts';

const ops = opsOf([], { slack: { alerts: '#alerts' } });
const patience = { timeout: 20_000, interval: 50 };

async function workspaceOf(): Promise<Workspace> {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  return workspace;
}

/** A replica over a store: its alerts on the real queue. */
async function replicaOf(store: Store, port: AlertPort | Workspace) {
  const jobs = await jobsOf(store);
  const stopped = new AbortController();
  const alerts = createAlerts({ ops, store, jobs, clock: store.time, log: memoryLog() });
  alerts.register(jobs, 'post' in port ? port : slackPort(port, stopped));
  onTestFinished(async () => {
    await jobs.stop(1_000);
    stopped.abort();
  });
  return { alerts, jobs };
}

test.each([
  ['the embedded store', embeddedStore],
  ['a PostgreSQL server', serverStore],
])('two replicas on %s tell of each of many problems once', async (_, open) => {
  const store = await open();
  const workspace = await workspaceOf();
  const replicas = [await replicaOf(store, workspace), await replicaOf(store, workspace)];
  const desk = { workspace, clock: store.time };
  const ids = Array.from({ length: 24 }, (__, at) => `c${at}`);
  const rolledBack = store.transaction(async (tx) => {
    await replicas[0]!.alerts.take(tx, [eventOf(desk, 'opened', 'never')]);
    throw new Error('the sweep was not recorded');
  });
  await expect(rolledBack).rejects.toThrow('not recorded');
  for (const { jobs } of replicas) await jobs.start();
  // Moved into the past, so that they are no rush and each has a message of its own.
  for (const [at, id] of ids.entries()) {
    const { alerts } = replicas[at % 2]!;
    await store.transaction((tx) => alerts.take(tx, [eventOf(desk, 'opened', id, 'warn')]));
    await store.pool.query(`update alert_problem set opened_at = opened_at - interval '2 minutes'`);
  }
  await Promise.all(
    ids.map((id, at) =>
      store.transaction((tx) => replicas[at % 2]!.alerts.take(tx, [eventOf(desk, 'worsened', id, 'fail')])),
    ),
  );
  const done = () => {
    const top = inChannel({ workspace }).filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts);
    expect(top.map(({ text }) => text.slice(0, 20)).filter((text) => text.includes('FAIL'))).toHaveLength(24);
  };
  await vi.waitFor(done, patience);
  await vi.waitFor(async () => expect((await replicas[0]!.jobs.state()).counts).toEqual([]), patience);
  done();
  const texts = workspace.messages('alerts').map(({ text, thread_ts }) => `${thread_ts ? 'reply' : 'post'} ${text}`);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.filter((text) => text.includes('never'))).toEqual([]);
});

/** A Slack of which the test says how each post goes; what it has posted can be found. */
function portByHand(onPost: (message: { channel: string; key: string }) => Promise<unknown>) {
  const posted: string[] = [];
  const port: AlertPort = {
    async post({ channel, key }) {
      await onPost({ channel, key });
      posted.push(key);
      return { channel: 'C1', ts: String(posted.length) };
    },
    find: async ({ key }) => (posted.includes(key) ? String(posted.indexOf(key) + 1) : undefined),
    update: async () => {},
    channelId: async () => 'C1',
    mentionOf: async () => undefined,
  };
  return { port, posted };
}

test('a bot stops while Slack is slow: the post that is on its way is not made again by another replica', async () => {
  const store = await serverStore();
  const arrives = Promise.withResolvers<void>();
  let begun = 0;
  const slack = portByHand(async () => {
    begun += 1;
    if (begun === 1) await arrives.promise;
  });
  const [first, second] = [await replicaOf(store, slack.port), await replicaOf(store, slack.port)];
  await store.transaction((tx) => first.alerts.take(tx, [eventOf({ clock: store.time }, 'opened', 'api')]));
  await first.jobs.start();
  await vi.waitFor(() => expect(begun).toBe(1), patience);
  await first.jobs.stop(0);
  await second.jobs.start();
  const told = () => second.jobs.told.map(({ outcome, reason }) => [outcome, reason]);
  await vi.waitFor(() => expect(told()).toEqual([['retried', 'unconfirmed']]), patience);
  arrives.resolve();
  await vi.waitFor(() => expect(slack.posted).toHaveLength(1), patience);
  // What was asked for as a wait is over.
  await store.pool.query(`update pgboss.job set start_after = now() where state = 'retry'`);
  await vi.waitFor(() => expect(second.jobs.told.at(-1)?.outcome).toBe('done'), patience);
  expect(slack.posted).toHaveLength(1);
  expect(begun).toBe(1);
});

test('a channel in which Slack hangs leaves slots to the others', async () => {
  const store = await embeddedStore();
  const hangs = Promise.withResolvers<void>();
  const slack = portByHand(async ({ channel }) => {
    if (channel === '#alerts') await hangs.promise;
  });
  const { alerts, jobs } = await replicaOf(store, slack.port);
  const announce = (channel: string, key: string) =>
    store.transaction((tx) => alerts.announce(tx, { channel, lines: ['late'], key }));
  for (let at = 0; at < 30; at += 1) await announce('#alerts', `${at}`);
  await announce('#other', 'other');
  await jobs.start();
  await vi.waitFor(() => expect(slack.posted).toHaveLength(1), patience);
  hangs.resolve();
  await vi.waitFor(() => expect(slack.posted).toHaveLength(31), { ...patience, timeout: 40_000 });
}, 60_000);

const points = ['before post', 'after post', 'before update', 'after update', 'before reply', 'after reply'];

test('replicas killed with kill -9 at each point, one after the other: nothing is lost, nothing doubled', async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
  onTestFinished(() => store.close());
  const workspace = await workspaceOf();
  const { alerts } = await replicaOf(store, workspace);
  const desk = { workspace, clock: store.time };
  const take = (...event: Parameters<typeof eventOf> extends [unknown, ...infer R] ? R : never) =>
    store.transaction((tx) => alerts.take(tx, [eventOf(desk, ...event)]));
  await take('opened', 'api', 'warn');
  for (const point of points) {
    // News that leads to each point; what is not done yet when the next replica comes is done by that one.
    if (point === 'before update') await take('worsened', 'api', 'fail');
    if (point === 'after update') await take('improved', 'api', 'warn');
    if (point === 'before reply') await take('worsened', 'api', 'fail');
    const child = startReplica(databaseUrl, workspace, point);
    // What an earlier one had sent off is not on its way any more.
    await store.pool.query(`update alert_notice set begun_at = begun_at - interval '15 seconds'`);
    expect(await ended(child)).toEqual([null, 'SIGKILL']);
  }
  await take('closed', 'api');
  const child = startReplica(databaseUrl, workspace);
  await vi.waitFor(() => expect(inChannel(desk)[0]?.text).toContain('✅ OK api'), patience);
  await vi.waitFor(() => expect(replies(desk).at(-1)?.text).toContain('✅ OK api'), patience);
  await vi.waitFor(() => expect(replies(desk)[0]?.text).toContain('✅ over'), patience);
  child.stdin?.end();
  expect(await ended(child)).toEqual([0, null]);
  const inOrder = workspace.messages('alerts').map(({ text }) => text.split(' ').slice(0, 2).join(' '));
  expect(inOrder).toEqual(['✅ OK', '✅ over', '✅ OK']);
}, 120_000);

function startReplica(databaseUrl: string, workspace: Workspace, dieAt?: string): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../support/alert-replica.ts')], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      SLACK_API_URL: workspace.apiUrl,
      SLACK_BOT_TOKEN: workspace.botToken,
      ...(dieAt && { DIE_AT: dieAt }),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Code and signal. */
async function ended(child: ChildProcess): Promise<unknown[]> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
  return once(child, 'exit');
}
