import type { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { RunningBot } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { commitOf } from '../support/kill-at.ts';
import { idle } from '../support/kill-at-scene.ts';
import { type Moment, type Planned, type SlotScene, slotScene } from '../support/slot-scene.ts';

vi.setConfig({ testTimeout: 300_000, maxConcurrency: 3 });

const minute = 60_000;
const hour = 60 * minute;
const at = (name: string, moment: Moment['moment'], statement: RegExp): Moment => ({
  ...{ name, moment },
  when: ({ text }) => statement.test(text),
});
const commit = (name: string, moment: Moment['moment'], statement: RegExp): Moment => ({
  ...{ name, moment },
  when: commitOf(statement),
});

const slot = [
  commit('before its slot is committed', 'before', /update schedule_state/),
  commit('its slot is committed, the bot never hears', 'after', /update schedule_state/),
];
const begun = at('its post is begun, and not sent', 'after', /insert into posting/);
const posting = [
  begun,
  at('it is posted, and nobody knows where', 'before', /update posting set begun_at = null, channel_id/),
];
const making = /insert into report \(/;
const beginning = /insert into checklist_run/;

interface Story {
  kind: 'report' | 'checklist';
  name: string;
  moments: Moment[];
}

const killed: Story[] = [
  {
    ...{ kind: 'report', name: 'while it is made' },
    moments: [
      ...slot,
      commit('before it is kept', 'before', making),
      commit('it is kept, the bot never hears', 'after', making),
    ],
  },
  {
    ...{ kind: 'report', name: 'while it is posted' },
    moments: [
      ...posting,
      at('before it is stored that it is shown', 'before', /update report set shown/),
      commit('before its thread is enqueued', 'before', /delete from business_timer/),
      at('its table is posted, and nobody knows where', 'before', /update posting set begun_at = null, channel_id/),
    ],
  },
  {
    ...{ kind: 'checklist', name: 'from its slot to its message' },
    moments: [
      ...slot,
      commit('before it is begun', 'before', beginning),
      commit('it is begun, the bot never hears', 'after', beginning),
      ...posting,
    ],
  },
];

const frozen: Story[] = [
  {
    ...{ kind: 'report', name: 'while it is made and posted' },
    moments: [at('in the transaction that keeps it', 'before', making), begun],
  },
  {
    ...{ kind: 'checklist', name: 'while it is begun and posted' },
    moments: [at('in the transaction that begins it', 'before', beginning), begun],
  },
];

test.concurrent.for(killed)(
  'a $kind is there once, whichever of two replicas is killed $name',
  async (story, { onTestFinished }) => {
    // Once in 24 hours, 12 hours ago.
    const now = new Date();
    const cron = `0 ${(now.getUTCHours() + 12) % 24} * * *`;
    const scene = await slotScene(planned(story.kind, cron, new Date(now.getTime() - 24 * hour)));
    onTestFinished(scene.close);
    const started: Promise<RunningBot | undefined>[] = [];
    const start = () => void started.push(scene.start());
    await new Promise<void>((resolve) => {
      // Whoever dies is replaced.
      scene.arm(story.moments, 'SIGKILL', () => {
        start();
        if (scene.left().length === 0) resolve();
      });
      start();
      start();
    });
    const alive = (await Promise.all(started)).filter((bot) => bot?.child.signalCode === null);
    expect(alive).toHaveLength(2);
    expect(await settled(scene, alive[0]!)).toHaveLength(1);
  },
);

test.concurrent.for(frozen)(
  'each slot of a $kind is there once when a replica is frozen $name, past its lease',
  async (story, { onTestFinished }) => {
    const scene = await slotScene(planned(story.kind, '* * * * *', new Date(Date.now() - 1.5 * minute)));
    onTestFinished(scene.close);
    const frozenAt = (moment: Moment) =>
      new Promise<ChildProcess>((resolve) => scene.arm([moment], 'SIGSTOP', resolve));
    const [first, last] = story.moments;
    const bots = [scene.start(), scene.start()];
    const earlier = await frozenAt(first!);
    await takenOver(await besides(earlier, bots), story);
    const next = frozenAt(last!);
    earlier.kill('SIGCONT');
    const sleeper = await next;
    const bot = await besides(sleeper, bots);
    await takenOver(bot, story);
    await posted(scene);
    sleeper.kill('SIGCONT');
    const woken = (await Promise.all(bots)).find((each) => each?.child === sleeper)!;
    const asleep = woken.log.length;
    const isNoticed = () => woken.log.slice(asleep).some(({ msg }) => noticed.includes(msg));
    await eventually(() => expect([isNoticed(), doubled(scene)]).not.toEqual([false, []]));
    expect(await woken.stop()).toBe(0);
    const slots = await settled(scene, bot);
    expect(slots).not.toHaveLength(0);
    for (const [n, each] of slots.entries()) expect(each.getTime() - slots[0]!.getTime()).toBe(n * minute);
  },
);

const noticed = ['this process was too slow: the job went to another', 'the job failed, it is tried again'];

/** The one that does not sleep. */
function besides(sleeper: ChildProcess, bots: Promise<RunningBot | undefined>[]): Promise<RunningBot> {
  return Promise.any(
    bots.map(async (starting) => {
      const bot = (await starting)!;
      if (bot.child === sleeper) throw new Error('it sleeps');
      return bot;
    }),
  );
}

async function takenOver({ log, logged }: RunningBot, { kind }: Story): Promise<void> {
  const before = log.length;
  await logged(
    (line) =>
      line.msg === 'a job lost its process: somebody else goes on' &&
      String(line.kind).startsWith(kind) &&
      log.indexOf(line) >= before,
  );
}

/** A report or a checklist of this schedule, UTC. */
function planned(kind: Story['kind'], cron: string, since: Date): Planned {
  const when = { cron, since };
  if (kind === 'checklist') {
    const text = `title: Round\nschedule: "${cron}"\nmissed: latest\ndue: { within: 20h }\nitems:\n  - { id: eyes, title: Nothing looks odd }\n`;
    return { ...when, text, file: 'templates/checklists/round.yml', schedule: 'checklists.at.round.1' };
  }
  // Quiet in full, so that it has a table in its thread; expected so late that its slots of the past are not said to be missing.
  const text = `title: Round\nschedule: "${cron}"\nquiet: full\nexpected_within: 1d\nsections: [verdict]\n`;
  return { ...when, text, file: 'templates/reports/round.yml', schedule: 'reports/round' };
}

/** The names of what the bot posted by itself, oldest first. */
function keysOf({ workspace }: SlotScene): string[] {
  return workspace.messages('ops').map(({ metadata }) => String(metadata?.event_payload.key));
}

function doubled(scene: SlotScene): string[] {
  const keys = keysOf(scene);
  return keys.filter((key, n) => keys.indexOf(key) !== n);
}

/** Waits for its first message; what was rolled back took a number. */
async function posted(scene: SlotScene): Promise<void> {
  const found = () => keysOf(scene).some((key) => /^(report|checklist):\d+$/.test(key));
  await scene.workspace.waitFor(found, { timeoutMs: 60_000, what: 'its message' });
}

/** Waits until nothing is left to do; then each slot has one row, one message, and all that belongs to it once. */
async function settled(scene: SlotScene, bot: RunningBot): Promise<Date[]> {
  const { store } = scene;
  await posted(scene);
  await idle(bot);
  const { rows } = await store.pool.query<{ key: string; slot: Date; told: boolean }>(`
    select 'report:' || id as key, slot, ts is not null as told from report
    union all select 'checklist:' || id, slot, shown >= version from checklist_run order by slot`);
  const keys = keysOf(scene);
  expect(doubled(scene)).toEqual([]);
  expect(keys.filter((key) => !key.includes(':table:')).toSorted()).toEqual(rows.map(({ key }) => key).toSorted());
  expect(keys.filter((key) => key.endsWith(':table:0'))).toHaveLength(
    rows.filter(({ key }) => key.startsWith('report')).length,
  );
  expect(rows.every(({ told }) => told)).toBe(true);
  expect(scene.workspace.messages('alerts').map(({ text }) => text)).toEqual([]);
  const left = await store.pool.query(`select name from pgboss.job where name = 'dead'`);
  expect(left.rows).toEqual([]);
  expect((await verifyAudit(store)).fault).toBeUndefined();
  return rows.map(({ slot: due }) => new Date(due));
}
