import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type BotHome, launch, makeHome } from '../../test/support/bot.ts';
import { socketMode } from '../../test/support/slack-bot.ts';
import type { World } from './soak-world.ts';

/** One replica: a bot that is started again whenever it was killed. */
export interface Replica {
  home: BotHome;
  start(): void;
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>;
  /** Ends it as an operator would; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has said that it is ready. */
  ready(): Promise<void>;
  /** No job waits or runs. */
  isIdle(): Promise<boolean>;
  remove(): Promise<void>;
}

/** `said` gets what the bots log as errors: message → how often. */
export async function makeReplica(world: World, said: Map<string, number>, databaseUrl?: string): Promise<Replica> {
  const home = await makeHome(world.opsYml);
  let child: ChildProcess | undefined;
  let port = Promise.withResolvers<number>();

  async function ended(signal: NodeJS.Signals): Promise<number | null> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill(signal);
    return (await closed)[0];
  }

  // Also when the soak itself breaks.
  process.once('exit', () => void child?.kill('SIGKILL'));
  return {
    home,
    start() {
      port = Promise.withResolvers<number>();
      const { resolve } = port;
      child = launch(home, ['start'], {
        ...socketMode(world.workspace),
        ...pagedBy(world.workspace.phone),
        ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      });
      child.stderr?.resume();
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const entry = parsed(line);
        if (entry.msg === 'Rounds is ready') resolve(Number(entry.port));
        if (entry.level !== undefined && entry.level >= 50) note(said, entry.msg);
      });
    },
    kill: async () => void (await ended('SIGKILL')),
    stop: () => ended('SIGTERM'),
    ready: async () => void (await port.promise),
    async isIdle() {
      const answer = await fetch(`http://127.0.0.1:${await port.promise}/metrics`);
      const text = await answer.text();
      return text.includes('rounds_queue_up 1') && !/rounds_queue_jobs\{.*state="(waiting|running)"/.test(text);
    },
    async remove() {
      await ended('SIGKILL');
      await home.remove();
    },
  };
}

function pagedBy({ routingKey, eventsUrl, apiUrl, apiToken }: World['workspace']['phone']): NodeJS.ProcessEnv {
  return {
    ...{ PAGERDUTY_ROUTING_KEY: routingKey, PAGERDUTY_EVENTS_URL: eventsUrl },
    ...{ PAGERDUTY_API_URL: apiUrl, PAGERDUTY_API_TOKEN: apiToken },
  };
}

/** Without the reference, which is another one each time. */
function note(said: Map<string, number>, message: string): void {
  const words = message.replace(/ \(ref \w+\)/, '');
  said.set(words, (said.get(words) ?? 0) + 1);
}

interface Entry {
  msg: string;
  level?: number;
  port?: number;
}

/** A log's last line may be cut off by a kill. */
function parsed(line: string): Entry {
  if (!line.startsWith('{') || !line.endsWith('}')) return { msg: '' };
  return JSON.parse(line) as Entry;
}

/** Waits until it holds; false when it did not within `withinMs`. */
export async function until(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < withinMs) {
    if (await holds()) return true;
    await pause(200);
  }
  return false;
}
