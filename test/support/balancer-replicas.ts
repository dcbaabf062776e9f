import { createServer, type ServerResponse } from 'node:http';
import pg from 'pg';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { startBalancer } from './balancer.ts';
import { makeHome, type RunningBot, startBotProcess } from './bot.ts';
import { eventually } from './eventually.ts';
import { listenOn } from './listen.ts';
import { startPostgres } from './postgres.ts';

/** A target that bots measure: the test says what it answers, and whether it does. */
export interface Target {
  status: number;
  hang: boolean;
  asked: number;
}

export type Replicas = Awaited<ReturnType<typeof startReplicas>>;

const signingSecret = 'replicas-signing-secret';

/** Whole bots on one database server and one workspace, over HTTP behind a balancer or over Socket Mode. */
export async function startReplicas(mode: 'http' | 'socket') {
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => 'the server ends before the pool does');
  const workspace = await startWorkspace();
  const targets = { api: target(), slow: target() };
  const { server, url } = await serveTargets(targets);
  const balancer = await startBalancer();
  const bots = new Set<RunningBot>();
  if (mode === 'http') workspace.connectHttp({ url: `${balancer.url}/slack/events`, signingSecret });
  const home = await makeHome(opsYml(url), slackVariables(mode, workspace));
  const leave = (bot: RunningBot) => {
    bots.delete(bot);
    balancer.ports = [...bots].map(({ port }) => port);
  };
  const query = async <R extends object>(text: string): Promise<R[]> => (await pool.query<R>(text)).rows;

  return {
    workspace,
    targets,
    query,
    bots: () => [...bots],
    async start(): Promise<RunningBot> {
      const bot = await startBotProcess(home, { DATABASE_URL: databaseUrl });
      bots.add(bot);
      balancer.ports = [...bots].map(({ port }) => port);
      return bot;
    },
    /** Ends one as a deployment does: the balancer keeps it until it is gone. */
    async stop(bot: RunningBot): Promise<number | null> {
      const code = await bot.stop();
      leave(bot);
      return code;
    },
    async kill(bot: RunningBot): Promise<void> {
      await bot.kill();
      leave(bot);
    },
    /** Freezes the only bot, not in the middle of a transaction, which would hold its locks until it wakes. */
    async freeze(bot: RunningBot): Promise<void> {
      for (;;) {
        bot.child.kill('SIGSTOP');
        const busy = `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and application_name = 'rounds'`;
        await eventually(async () => {
          if ((await query(`${busy} and state = 'active'`)).length > 0) throw new Error('a statement runs');
        });
        if ((await query(`${busy} and state like 'idle in transaction%'`)).length === 0) return;
        bot.child.kill('SIGCONT');
      }
    },
    /** Top-level messages of #alerts, and what threads show in the channel too. */
    alerts: () => workspace.messages('alerts').filter((m) => m.thread_ts === undefined || m.reply_broadcast === true),
    async close(): Promise<void> {
      for (const bot of bots) bot.child.kill('SIGCONT');
      await Promise.all([...bots].map((bot) => bot.stop()));
      balancer.close();
      server.closeAllConnections();
      server.close();
      await Promise.all([workspace.close(), home.remove(), pool.end()]);
      await postgres.stop();
    },
  };
}

function target(): Target {
  return { status: 200, hang: false, asked: 0 };
}

async function serveTargets(targets: Record<string, Target>) {
  const held = new Set<ServerResponse>();
  const server = createServer((req, res) => {
    const asked = targets[req.url!.slice(1)]!;
    asked.asked += 1;
    if (asked.hang) held.add(res);
    else res.writeHead(asked.status).end('hello');
  });
  return { server, url: `http://127.0.0.1:${await listenOn(server)}` };
}

function opsYml(url: string): string {
  return `
slack: { alerts: "#alerts" }
roles: { operator: [U0ANNA0001] }
defaults: { every: 5s, timeout: 4s, attempts: 1, open_after: 1, close_after: 1 }
checks:
  - { id: api, owner: anna, http: { url: "${url}/api" } }
  - { id: slow, every: 30m, timeout: 9s, http: { url: "${url}/slow" } }
`;
}

function slackVariables(mode: 'http' | 'socket', workspace: Workspace): NodeJS.ProcessEnv {
  return {
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_API_URL: workspace.apiUrl,
    ...(mode === 'http' ? { SLACK_SIGNING_SECRET: signingSecret } : { SLACK_APP_TOKEN: workspace.appToken }),
  };
}

/** How many deliveries of Slack a bot has acknowledged. */
export async function acknowledged(bot: RunningBot): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${bot.port}/metrics`)).text();
  return Number(/^rounds_slack_ack_seconds_count (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
