import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import type { Message } from '../../src/workspace/world.ts';
import { type BotHome, makeHome, type RunningBot, startBotProcess } from './bot.ts';
import { type Killer, killer } from './kill-at.ts';
import { memoryLog } from './memory-log.ts';
import { socketMode } from './slack-bot.ts';
import { wireProxy } from './wire-proxy.ts';

/** A team whose bot is killed while it handles an incident. */
export interface IncidentScene {
  workspace: Workspace;
  killer: Killer;
  start(): Promise<RunningBot>;
  /** The database beside the bot. On the embedded store only while no bot runs. */
  withStore<R>(work: (store: Store) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** On the server database `databaseUrl`, reached through a proxy, or on an embedded one. */
export async function incidentSceneOf(databaseUrl?: string): Promise<IncidentScene> {
  const workspace = await startWorkspace();
  const { phone } = workspace;
  const home: BotHome = await makeHome(
    `
slack: { alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
checks:
  - { id: port, every: 1h, tcp: { host: 127.0.0.1, port: 9 } }
`,
    {
      ...socketMode(workspace),
      PAGERDUTY_ROUTING_KEY: phone.routingKey,
      PAGERDUTY_EVENTS_URL: phone.eventsUrl,
      PAGERDUTY_API_URL: phone.apiUrl,
      PAGERDUTY_API_TOKEN: phone.apiToken,
    },
  );
  const rim = killer();
  workspace.onCall(rim.watchCall);
  const proxy = databaseUrl === undefined ? undefined : await wireProxy(databaseUrl, rim.watchStatement);
  const bots: RunningBot[] = [];
  return {
    workspace,
    killer: rim,
    async start() {
      const bot = await startBotProcess(home, proxy ? { DATABASE_URL: proxy.url } : {});
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
      await home.remove();
    },
  };
}

/** All that the bot has posted, wherever. */
export function postedBy(workspace: Workspace): Message[] {
  return [...workspace.state.channels.values()]
    .flatMap(({ id }) => workspace.messages(id))
    .filter(({ bot_id: bot }) => bot !== undefined);
}

/** Each message carries the name of what it tells: a second one of that name in a channel is a doubled effect. */
export function expectSaidOnce(workspace: Workspace): void {
  const said = postedBy(workspace).flatMap(({ channel, metadata, text }) => {
    const key = metadata?.event_payload.key;
    return typeof key === 'string' && key.startsWith('incident:') ? [`${channel} ${key}: ${text.slice(0, 60)}`] : [];
  });
  expect(said.filter((each, at) => said.indexOf(each) !== at)).toEqual([]);
}

/** What must be true of a database whose bot has ended with nothing left to do, whatever killed it before. */
export async function expectIncidentWhole(store: Store): Promise<void> {
  const { rows } = await store.pool.query<Record<string, number>>(`
    select
      (select count(*)::int from incident) as incidents,
      (select count(*)::int from incident_page) as pages,
      (select count(*)::int from incident where shown < version) as unshown,
      (select count(*)::int from incident_event where kind = 'declared') as declared,
      (select count(*)::int from audit_detail where action = 'incident.declare') as audited,
      (select count(*)::int from pgboss.job where name = 'dead') as dead,
      (select count(*)::int from business_timer where key like 'incident/%/open/%') as left_over`);
  expect(rows[0]).toEqual({ incidents: 1, pages: 1, unshown: 0, declared: 1, audited: 1, dead: 0, left_over: 0 });
  expect((await verifyAudit(store)).fault).toBeUndefined();
}
