import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import type { Message } from '../../src/workspace/world.ts';
import { type BotHome, makeHome, type RunningBot, startBotProcess } from './bot.ts';
import { type Killer, killer } from './kill-at.ts';
import { listenOn } from './listen.ts';
import { memoryLog } from './memory-log.ts';
import { socketMode } from './slack-bot.ts';
import { wireProxy } from './wire-proxy.ts';

/** A system that is watched, the bot that watches it, and the rim at which the bot is killed. */
export interface Scene {
  /** What the watched system answers. */
  system: { status: number };
  workspace: Workspace;
  killer: Killer;
  start(): Promise<RunningBot>;
  /** The database beside the bot. On the embedded store only while no bot runs. */
  withStore<R>(work: (store: Store) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** On the server database `databaseUrl`, reached through a proxy, or on an embedded one. */
export async function sceneOf(databaseUrl?: string): Promise<Scene> {
  const system = { status: 200 };
  const server = createServer((_, response) => void response.writeHead(system.status).end('hello'));
  const workspace = await startWorkspace();
  const home: BotHome = await makeHome(`
slack: { alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1, close_after: 1 }
checks:
  - { id: api, owner: anna, http: { url: "http://127.0.0.1:${await listenOn(server)}/" } }
`);
  const rim = killer();
  workspace.onCall(rim.watchCall);
  const proxy = databaseUrl === undefined ? undefined : await wireProxy(databaseUrl, rim.watchStatement);
  const bots: RunningBot[] = [];
  return {
    system,
    workspace,
    killer: rim,
    async start() {
      const bot = await startBotProcess(home, { ...socketMode(workspace), ...(proxy && { DATABASE_URL: proxy.url }) });
      bots.push(bot);
      return bot;
    },
    async withStore(work) {
      const store = await openStore({ databaseUrl, dataDir: join(home.dir, 'data'), log: memoryLog() });
      return work(store).finally(() => store.close());
    },
    async close() {
      for (const { child } of bots) child.kill('SIGKILL');
      await proxy?.close();
      await workspace.close();
      server.closeAllConnections();
      server.close();
      await home.remove();
    },
  };
}

/** Those that stand in the channel by themselves. */
export function topMessages(workspace: Workspace): Message[] {
  return workspace.messages('alerts').filter(({ ts, thread_ts }) => thread_ts === undefined || thread_ts === ts);
}

/** Waits until the one message about the system says this. */
export async function shows(workspace: Workspace, text: string): Promise<Message> {
  const find = () => topMessages(workspace).find((message) => message.text.includes(text));
  return workspace.waitFor(find, { timeoutMs: 60_000, what: text });
}

/** Waits until no job waits or runs, those of a killed process included. */
export async function idle({ port }: RunningBot): Promise<void> {
  const look = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toContain('rounds_queue_up 1');
    expect(text).not.toMatch(/rounds_queue_jobs\{.*state="(waiting|running)"/);
  };
  await vi.waitFor(look, { timeout: 60_000, interval: 100 });
}

/** Each message carries the name of what it tells: a second one with the same name is a doubled effect. */
export function expectNoDoubles(workspace: Workspace): void {
  const keys = workspace.messages('alerts').map(({ metadata }) => metadata?.event_payload.key);
  expect(new Set(keys).size).toBe(keys.length);
}

/**
 * What must be true of the database of a bot that has ended, whatever killed it before. A sweep that comes late may have no
 * result: a later one has measured since.
 */
export async function expectWhole(store: Store): Promise<void> {
  const { rows } = await store.pool.query<Record<string, number>>(`
    select
      (select count(*)::int from pgboss.job where name = 'dead') as dead,
      (select count(*)::int from pgboss.job where state = 'active' and group_id is not null) as unfinished,
      (select count(*)::int from alert_notice
        where shown < version or said < version or posting is not null or saying is not null) as untold,
      (select count(*)::int from silence) - (select count(*)::int from audit_detail where action = 'check.mute') as unaudited,
      (select count(*) - count(distinct data #>> '{data,slot}') from pgboss.job
        where group_id = 'health.sweep')::int as doubled_slots,
      (select count(*)::int from schedule_state s where name = 'health' and not exists (
        select 1 from pgboss.job where group_id = 'health.sweep'
          and (data #>> '{data,slot}')::timestamptz = s.last_slot)) as lost_slots,
      greatest(0, (select count(*) from check_result) - (select count(*) from pgboss.job
        where group_id = 'health.sweep' and state = 'completed'))::int as doubled_results`);
  expect(rows[0]).toEqual({
    dead: 0,
    unfinished: 0,
    untold: 0,
    unaudited: 0,
    doubled_slots: 0,
    lost_slots: 0,
    doubled_results: 0,
  });
  expect((await verifyAudit(store)).fault).toBeUndefined();
}
