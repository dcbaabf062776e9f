import { expect, test, vi } from 'vitest';
import type { Message } from '../../src/workspace/world.ts';
import {
  expectIncidentWhole,
  expectSaidOnce,
  type IncidentScene,
  incidentSceneOf,
  postedBy,
} from '../support/incident-scene.ts';
import { commitOf, type Point } from '../support/kill-at.ts';
import { idle } from '../support/kill-at-scene.ts';
import { sharedPostgres } from '../support/store.ts';

vi.setConfig({ testTimeout: 240_000, maxConcurrency: 3 });

/** A bot is killed with kill -9 at one named point between the dialog's submit and the last step, and started again. */
interface Killing {
  name: string;
  point: Point;
  during: 'declaration' | 'acknowledgement' | 'resolution';
}

const declaring = /insert into incident \(/;
const call = (method: string, text = '') => ({
  at: 'slack' as const,
  when: (seen: { method: string; args: object }) => seen.method === method && JSON.stringify(seen.args).includes(text),
});
const paging = call('pagerduty.enqueue');

const atSlack: Killing[] = [
  at('before the page is sent', 'declaration', { ...paging, moment: 'before' }),
  at('the page is accepted, the answer never arrives', 'declaration', { ...paging, moment: 'after' }),
  at('the message is posted, the answer never arrives', 'declaration', {
    ...call('chat.postMessage', 'P0 Critical: API is down'),
    moment: 'after',
  }),
];

const atServer: Killing[] = [
  ...atSlack,
  at('before the declaration is committed', 'declaration', {
    ...{ at: 'database', moment: 'before', when: commitOf(declaring) },
  }),
  at('the declaration is committed, the bot never hears', 'declaration', {
    ...{ at: 'database', moment: 'after', when: commitOf(declaring) },
  }),
  at('before it is stored that the page was accepted', 'declaration', {
    ...{ at: 'database', moment: 'before', when: commitOf(/update incident_page set state/) },
  }),
  at('before the message is posted', 'declaration', {
    ...call('chat.postMessage', 'P0 Critical: API is down'),
    moment: 'before',
  }),
  at('its channel is made, the answer never arrives', 'declaration', {
    ...{ ...call('conversations.create'), moment: 'after' },
  }),
  at('before it is stored which channel it has', 'declaration', {
    ...{ at: 'database', moment: 'before', when: ({ text }) => /update incident set home_id/.test(text) },
  }),
  at('the summary is pinned, the answer never arrives', 'declaration', { ...call('pins.add'), moment: 'after' }),
  at('the first notification is posted, the answer never arrives', 'declaration', {
    ...{ ...call('chat.postMessage', 'First response'), moment: 'after' },
  }),
  at('the notice of the end is posted, the answer never arrives', 'resolution', {
    ...{ ...call('chat.postMessage', 'P0 Critical: resolved'), moment: 'after' },
  }),
  at('before the acknowledgement is committed', 'acknowledgement', {
    ...{ at: 'database', moment: 'before', when: commitOf(/set acknowledged_at = \$/) },
  }),
  at('PagerDuty heard of the acknowledgement, the answer never arrives', 'acknowledgement', {
    ...{ ...call('pagerduty.enqueue', 'acknowledge'), moment: 'after' },
  }),
  at('the resolution is committed, the bot never hears', 'resolution', {
    ...{ at: 'database', moment: 'after', when: commitOf(/set resolved_at = \$/) },
  }),
  at('before PagerDuty hears of the resolution', 'resolution', {
    ...{ ...call('pagerduty.enqueue', 'resolve'), moment: 'before' },
  }),
];

function at(name: string, during: Killing['during'], point: Point): Killing {
  return { name, during, point };
}

test.concurrent.for(atServer)('on a PostgreSQL server, killed: $name', async (killing, { onTestFinished }) => {
  const scene = await incidentSceneOf(await (await sharedPostgres()).createDatabase());
  onTestFinished(scene.close);
  await play(scene, killing);
});

test.concurrent.for(atSlack)('on the embedded store, killed: $name', async (killing, { onTestFinished }) => {
  const scene = await incidentSceneOf();
  onTestFinished(scene.close);
  await play(scene, killing);
});

/** Declared, acknowledged and resolved, with one death on the way. */
async function play(scene: IncidentScene, { during, point }: Killing): Promise<void> {
  const { workspace, killer } = scene;
  let bot = await scene.start();
  for (const step of ['declaration', 'acknowledgement', 'resolution'] as const) {
    const killed = step === during ? killer.killAt(bot.child, point) : undefined;
    await begin[step](scene);
    if (killed) {
      await killed;
      const sinceMs = performance.now();
      bot = await scene.start();
      // Whoever saw no answer sends it once more.
      await again[step](scene);
      await shows[step](scene);
      expect(performance.now() - sinceMs, 'ms until it was resumed').toBeLessThan(45_000);
    } else await shows[step](scene);
  }
  await idle(bot);
  expect(await bot.stop()).toBe(0);
  expect(workspace.phone.pages().map(({ dedupKey, status }) => [dedupKey, status])).toEqual([
    [expect.stringMatching(/^rounds:(\d+:1|journal:\w+)$/), 'resolved'],
  ]);
  expect(postedBy(workspace).filter(isSummary)).toHaveLength(1);
  expect(homes(workspace)).toHaveLength(1);
  expectSaidOnce(workspace);
  await scene.withStore(expectIncidentWhole);
}

const submitted = { title: 'API is down', severity: 'p0' };

async function submit({ workspace }: IncidentScene): Promise<void> {
  const view = workspace.views('anna').find(({ callback_id: id }) => id === 'incident.declare');
  if (view) await workspace.user('anna').submit(view, submitted);
}

async function press({ workspace }: IncidentScene, id: string): Promise<void> {
  await workspace.user('anna').click(message(workspace)!, id);
}

const message = (workspace: IncidentScene['workspace']): Message | undefined =>
  workspace.messages('alerts').find(isSummary);

/** What was rolled back took a number. */
function isSummary({ metadata }: Message): boolean {
  return /^incident:\d+$/.test(String(metadata?.event_payload.key));
}

const begin = {
  async declaration(scene: IncidentScene) {
    const { workspace } = scene;
    await workspace.user('anna').command('#ops', '/ops incident declare');
    await workspace.waitFor(() => workspace.views('anna').some(({ callback_id: id }) => id === 'incident.declare'));
    await submit(scene);
  },
  acknowledgement: (scene: IncidentScene) => press(scene, 'incident.acknowledge'),
  resolution: async ({ workspace }: IncidentScene) => {
    await workspace.user('anna').command('#alerts', '/ops incident resolve rolled back');
  },
};
const again = {
  declaration: submit,
  acknowledgement: async (scene: IncidentScene) => {
    if (JSON.stringify(message(scene.workspace)?.blocks).includes('incident.acknowledge'))
      await press(scene, 'incident.acknowledge');
  },
  resolution: begin.resolution,
};
const status = (wanted: string, text: string) => (scene: IncidentScene) =>
  scene.workspace.waitFor(
    () =>
      scene.workspace.phone.pages().every((page) => page.status === wanted) &&
      scene.workspace.phone.pages().length > 0 &&
      message(scene.workspace)?.text !== undefined &&
      JSON.stringify(message(scene.workspace)).includes(text),
    { timeoutMs: 60_000, what: `${wanted}, ${text}` },
  );
const homes = ({ state }: IncidentScene['workspace']) =>
  [...state.channels.values()].filter(({ name }) => name.startsWith('inc-'));
const shows = {
  async declaration(scene: IncidentScene) {
    await status('triggered', 'not acknowledged yet')(scene);
    // What is over before it has a channel gets none.
    const { workspace } = scene;
    await workspace.waitFor(() => homes(workspace).length > 0, { timeoutMs: 60_000, what: 'its channel' });
  },
  acknowledgement: status('acknowledged', 'is on it'),
  resolution: status('resolved', 'Resolved'),
};
