import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe } from '../../src/jobs/slots.ts';
import { openStore } from '../../src/store/store.ts';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { launch, makeHome, type RunningBot, untilReady } from './bot.ts';
import { memoryLog } from './memory-log.ts';
import { socketMode } from './slack-bot.ts';
import { sharedPostgres } from './store.ts';
import { type Statement, wireProxy } from './wire-proxy.ts';

/** What a replica says to PostgreSQL; `after`: it was answered, the replica has not heard it. */
export interface Moment {
  name: string;
  moment: 'before' | 'after';
  when: (seen: Statement) => boolean;
}

export interface Planned {
  /** Beside ops.yml. */
  file: string;
  text: string;
  /** What its schedule is named, and when it is run, UTC. */
  schedule: string;
  cron: string;
  /** Since when nothing ran: its slots since then are missed. */
  since: Date;
}

interface Armed {
  moments: Moment[];
  signal: 'SIGKILL' | 'SIGSTOP';
  reached(child: ChildProcess): void;
}

export type SlotScene = Awaited<ReturnType<typeof slotScene>>;

/** Replicas, each behind a proxy of its own on one PostgreSQL server, with something that is due as soon as one runs. */
export async function slotScene({ file, text, schedule, cron, since }: Planned) {
  const workspace = await startWorkspace();
  const home = await makeHome(
    `
team: { name: Test, zone: UTC }
slack: { daily: "#ops", alerts: "#alerts" }
roles: { responder: [U0ANNA0001] }
reports: { scheduled: [${file.startsWith('templates/reports') ? 'round' : ''}] }
checks:
  - { id: port, every: 1h, tcp: { host: 127.0.0.1, port: ${new URL(workspace.apiUrl).port} } }
`,
    socketMode(workspace),
  );
  await mkdir(dirname(join(home.dir, file)), { recursive: true });
  await writeFile(join(home.dir, file), text);
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
  const row = [schedule, describe({ cron, zone: 'UTC' }), since];
  await store.pool.query('insert into schedule_state (name, definition, since) values ($1, $2, $3)', row);
  const children = new Set<ChildProcess>();
  const proxies: { close(): Promise<void> }[] = [];
  let armed: Armed | undefined;

  /** Signals who comes to the next moment; of the dead nothing arrives any more. */
  function seen(child: ChildProcess, statement: Statement, moment: Moment['moment']): 'hold' | undefined {
    const next = armed?.moments[0];
    if (!armed || next?.moment !== moment || !next.when(statement)) return undefined;
    const { signal, reached } = armed;
    armed.moments.shift();
    child.kill(signal);
    reached(child);
    if (process.env.DBG) console.error(performance.now() | 0, next.name, child.pid);
    return signal === 'SIGKILL' ? 'hold' : undefined;
  }

  return {
    workspace,
    store,
    /** Resolves when it is ready; to nothing when it was killed before. */
    async start(): Promise<RunningBot | undefined> {
      let child: ChildProcess | undefined;
      const proxy = await wireProxy(databaseUrl, (statement, moment) => seen(child!, statement, moment));
      proxies.push(proxy);
      child = launch(home, ['start'], { DATABASE_URL: proxy.url });
      children.add(child);
      return untilReady(child).catch((error) => {
        if (child.signalCode === 'SIGKILL') return undefined;
        throw error;
      });
    },
    /** Kills or freezes whoever comes to these moments, one after the other. */
    arm(moments: Moment[], signal: Armed['signal'], reached: Armed['reached']): void {
      armed = { moments: [...moments], signal, reached };
    },
    /** Those that are still to come. */
    left: () => armed?.moments.map(({ name }) => name) ?? [],
    async close(): Promise<void> {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all([workspace.close(), store.close()]);
      await home.remove();
    },
  };
}
