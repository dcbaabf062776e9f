import { expect, test, vi } from 'vitest';
import { commitOf, type Point } from '../support/kill-at.ts';
import {
  expectNoDoubles,
  expectWhole,
  idle,
  type Scene,
  sceneOf,
  shows,
  topMessages,
} from '../support/kill-at-scene.ts';
import { sharedPostgres } from '../support/store.ts';
import type { Statement } from '../support/wire-proxy.ts';

vi.setConfig({ testTimeout: 240_000, maxConcurrency: 6 });

/** A bot is killed with kill -9 at one named point of a story, and started again. */
interface Killing {
  name: string;
  point: Point;
  /** `outage`: a system goes down; `recovery`: it is well again; `mute`: a button is pressed; `mute over`: its time is up. */
  during: 'outage' | 'recovery' | 'mute' | 'mute over';
  /** Of a mute: whether it must be there afterwards. */
  kept?: boolean;
}

const opening = /insert into alert_problem/;
const slot = /update schedule_state/;
const auditing = /audit_append/;

/** pg-boss writes that a job of the alerts is done. */
const settling = ({ text, params }: Statement) =>
  text.includes(`state = 'completed'`) && params[0] === 'messages.serial';
const tickOfTimers = (seen: Statement) => commitOf(/delete from business_timer/)(seen) && commitOf(/pgboss\.job/)(seen);
const post = { at: 'slack', when: ({ method }: { method: string }) => method === 'chat.postMessage' } as const;
const edit = { at: 'slack', when: ({ method }: { method: string }) => method === 'chat.update' } as const;

const atSlack: Killing[] = [
  { name: 'before an alert is posted', during: 'outage', point: { ...post, moment: 'before' } },
  { name: 'an alert is posted, the answer never arrives', during: 'outage', point: { ...post, moment: 'after' } },
  {
    name: 'a recovery is in the thread, the answer never arrives',
    during: 'recovery',
    point: { ...post, moment: 'after' },
  },
];

const atServer: Killing[] = [
  ...atSlack,
  { name: 'a message was edited, the answer never arrives', during: 'recovery', point: { ...edit, moment: 'after' } },
  ...database('before a slot is committed', 'outage', 'before', commitOf(slot)),
  ...database('a slot is committed, the bot never hears', 'outage', 'after', commitOf(slot)),
  ...database('before a sweep that found a problem is committed', 'outage', 'before', commitOf(opening)),
  ...database('such a sweep is committed, the bot never hears', 'outage', 'after', commitOf(opening)),
  ...database('before the place of a posted alert is stored', 'outage', 'before', ({ text }) =>
    /set posting = null, channel_id/.test(text),
  ),
  ...database('before the job of an alert is settled', 'outage', 'before', settling),
  ...database('the job of an alert is settled, the bot never hears', 'outage', 'after', settling),
  ...database('in a mute, before its audit row', 'mute', 'before', ({ text }) => auditing.test(text), false),
  ...database('in a mute, between its audit row and the commit', 'mute', 'before', commitOf(auditing), false),
  ...database('a mute is committed, the bot never hears', 'mute', 'after', commitOf(auditing), true),
  ...database('the end of a mute is enqueued, the bot never hears', 'mute over', 'after', tickOfTimers),
];

function database(
  name: string,
  during: Killing['during'],
  moment: 'before' | 'after',
  when: (seen: Statement) => boolean,
  kept?: boolean,
): Killing[] {
  return [{ name, during, point: { at: 'database', moment, when }, ...(kept !== undefined && { kept }) }];
}

test.concurrent.for(atServer)('on a PostgreSQL server, killed: $name', async (killing, { onTestFinished }) => {
  const scene = await sceneOf(await (await sharedPostgres()).createDatabase());
  onTestFinished(scene.close);
  await play(scene, killing);
});

test.concurrent.for(atSlack)('on the embedded store, killed: $name', async (killing, { onTestFinished }) => {
  const scene = await sceneOf();
  onTestFinished(scene.close);
  await play(scene, killing);
});

async function play(scene: Scene, killing: Killing): Promise<void> {
  const { workspace, system, killer } = scene;
  const told = () => workspace.messages('alerts').map(({ text }) => text);
  const { child } = await scene.start();
  if (killing.during !== 'outage') {
    system.status = 503;
    await shows(workspace, '🔴 FAIL api');
  }
  if (killing.during === 'mute over') await mute(scene);
  const killed = killer.killAt(child, killing.point);
  const acked = begin(scene, killing);
  await killed;
  await acked;
  const bot = await scene.start();
  if (killing.during === 'mute') await expectMutedOnce(scene, killing);
  else {
    if (killing.during === 'mute over')
      await workspace.waitFor(() => told().some((text) => text.includes('it is no longer muted')), {
        timeoutMs: 60_000,
      });
    if (killing.during !== 'recovery') await shows(workspace, '🔴 FAIL api');
    system.status = 200;
    await shows(workspace, '✅ OK api — not ok for');
    await workspace.waitFor(() => told().filter((text) => text.includes('✅ OK api')).length === 2, {
      timeoutMs: 60_000,
    });
  }
  await idle(bot);
  expect(await bot.stop()).toBe(0);
  expect(topMessages(workspace)).toHaveLength(1);
  // What said that it was no longer muted says by now that it is over.
  expect(told().filter((text) => /it is no longer muted|✅ over/.test(text))).toHaveLength(
    killing.during === 'mute over' ? 1 : 0,
  );
  expectNoDoubles(workspace);
  await scene.withStore(expectWhole);
}

/** Begins what leads to the point. */
async function begin(scene: Scene, { during }: Killing): Promise<void> {
  if (during === 'outage') scene.system.status = 503;
  if (during === 'recovery') scene.system.status = 200;
  if (during === 'mute') await pressMute(scene);
  if (during === 'mute over')
    await scene.withStore(async ({ pool }) => {
      await pool.query(
        `update silence set from_at = from_at - interval '1 hour', until_at = until_at - interval '1 hour'`,
      );
      await pool.query(
        `update business_timer set due_at = due_at - interval '1 hour', set_at = set_at - interval '1 hour'`,
      );
    });
}

async function pressMute({ workspace }: Scene): Promise<void> {
  await workspace.user('anna').click(topMessages(workspace)[0]!, 'health.mute1h');
}

async function mute(scene: Scene): Promise<void> {
  await pressMute(scene);
  await shows(scene.workspace, '🔕 MUTED api');
}

/** All of a mute is there, or nothing of it; pressed again it is there once. */
async function expectMutedOnce(scene: Scene, { kept }: Killing): Promise<void> {
  const count = `select (select count(*)::int from silence) as silences,
    (select count(*)::int from audit_detail where action = 'check.mute') as rows`;
  const expectCount = (n: number) =>
    scene.withStore(async ({ pool }) => expect((await pool.query(count)).rows).toEqual([{ silences: n, rows: n }]));
  await expectCount(kept ? 1 : 0);
  if (kept) await shows(scene.workspace, '🔕 MUTED api');
  else await mute(scene);
  await expectCount(1);
}
