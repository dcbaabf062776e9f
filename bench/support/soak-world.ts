import { randomInt, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { createAlerts } from '../../src/alerts/alerts.ts';
import { openJobs } from '../../src/jobs/open.ts';
import { isUnavailable } from '../../src/store/errors.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import type { Message } from '../../src/workspace/world.ts';
import { listenOn } from '../../test/support/listen.ts';
import { type Declared, liveIncidents } from './soak-incidents.ts';

export const silent = pino({ level: 'silent' });

/** Systems that go down and come back, people who press buttons, and what was promised to them. */
export interface World {
  workspace: Workspace;
  opsYml: string;
  /** Makes everything well, so that every problem ends. */
  heal(): void;
  /** Flips a system or presses a button, again and again, until the signal. */
  live(signal: AbortSignal): Promise<void>;
  flips: number;
  presses: number;
  declared: Declared;
  close(): Promise<void>;
}

export async function makeWorld(systems: number): Promise<World> {
  const workspace = await startWorkspace();
  const status = Array.from({ length: systems }, () => 200);
  const servers = status.map((_, at) =>
    createServer((__, response) => void response.writeHead(status[at]!).end('hello')),
  );
  const ports = await Promise.all(servers.map(listenOn));
  const checks = ports.map((port, at) => `  - { id: c${at}, owner: anna, http: { url: "http://127.0.0.1:${port}/" } }`);
  const world: World = {
    workspace,
    opsYml: `
slack: { alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1, close_after: 1 }
checks:
${checks.join('\n')}
`,
    heal: () => void status.fill(200),
    async live(signal) {
      const incidents = liveIncidents(workspace, world.declared, signal);
      while (!signal.aborted) {
        // Seldom enough that not all of it becomes one message of many.
        if (randomInt(3) === 0) {
          status[randomInt(systems)] = randomInt(2) === 0 ? 503 : 200;
          world.flips += 1;
        }
        if (await pressSomething(workspace)) world.presses += 1;
        await pause(randomInt(100, 900));
      }
      await incidents;
    },
    declared: { titles: new Set(), answered: new Set(), presses: 0 },
    flips: 0,
    presses: 0,
    async close() {
      await workspace.close();
      for (const server of servers) end(server);
    },
  };
  return world;
}

function end(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** Presses a button about mutes, or one that leads there, in one of the newest messages; false when there is none, or no bot. */
async function pressSomething(workspace: Workspace): Promise<boolean> {
  const buttons = workspace
    .messages('alerts')
    .flatMap((message) => muteButtons(message).map((action) => ({ message, action })))
    .slice(-12);
  const one = buttons[randomInt(Math.max(1, buttons.length))];
  return one !== undefined && (await workspace.user('anna').click(one.message, one.action)).ok;
}

function muteButtons({ blocks }: Message): string[] {
  const found = JSON.stringify(blocks).matchAll(/"action_id":"(health\.(?:mute1h|mute4h|unmute|details)(?:\.\d+)?)"/g);
  return [...found].map(([, action]) => action!);
}

/** Work given to the bots through the database, as a verb does it, and moments at which mutes are over. */
export interface Driver {
  store: Store;
  /** Announcements that were committed, by their words; and those of which nobody knows. */
  promised: Set<string>;
  unsure: Set<string>;
  /** When each mute that was shortened is over, epoch ms by the database, by its id. */
  overAt: Map<string, number>;
  live(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A process of its own that enqueues and carries nothing out. */
export async function makeDriver(databaseUrl: string): Promise<Driver> {
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log: silent });
  const jobs = await openJobs({ store, clock: store.time, log: silent });
  const ops = {
    slack: { alerts: '#alerts' },
    groups: new Map(),
    checks: [],
    team: { name: 'soak', zone: 'UTC', holidays: [] },
  };
  const alerts = createAlerts({ ops, store, jobs, clock: store.time, log: silent });
  const driver: Driver = {
    store,
    promised: new Set(),
    unsure: new Set(),
    overAt: new Map(),
    async live(signal) {
      while (!signal.aborted) {
        await announce();
        if (randomInt(3) === 0) await shortenOne();
        await pause(randomInt(200, 800));
      }
    },
    async close() {
      await jobs.stop(0);
      await store.close();
    },
  };

  async function announce(): Promise<void> {
    const words = `Notice ${randomUUID()}`;
    driver.unsure.add(words);
    try {
      await store.transaction((tx) => alerts.announce(tx, { lines: [words], key: words }));
      driver.unsure.delete(words);
      driver.promised.add(words);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }

  /** As if its time had passed: one mute is over in a few seconds. */
  async function shortenOne(): Promise<void> {
    const shortened = store.pool.query<{ id: string; over: number }>(
      `with one as (
         select t.key, s.id from silence s join business_timer t on t.key = 'silence/' || s.id
         where s.ended_at is null and s.until_at > clock_timestamp() + interval '10 seconds'
         limit 1 for update of t skip locked
       ), moved as (
         update business_timer t set due_at = clock_timestamp() + $1 * interval '1 millisecond'
         from one where t.key = one.key returning one.id, t.due_at
       )
       update silence s set until_at = moved.due_at from moved where s.id = moved.id
       returning s.id, (extract(epoch from moved.due_at) * 1000)::double precision as over`,
      [randomInt(500, 6_000)],
    );
    try {
      for (const { id, over } of (await shortened).rows) driver.overAt.set(id, over);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }

  return driver;
}
