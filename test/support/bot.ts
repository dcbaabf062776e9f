import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { atFileEnd } from './leftovers.ts';

const root = resolve(import.meta.dirname, '../..');

/** A folder of its own with an ops.yml, for one bot and its terminals. */
export interface BotHome {
  dir: string;
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

/** Variables of this process that must not reach a bot under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(SLACK_|AWS_|PAGERDUTY_|DATABASE_URL|DATA_DIR|OPS_CONFIG|(\w+_)?PORT$|HOST$|NODE_ENV|VITEST|LOG_LEVEL)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

export async function makeHome(opsYml: string, env: NodeJS.ProcessEnv = {}): Promise<BotHome> {
  const dir = await mkdtemp(join(tmpdir(), 'rounds-'));
  const remove = () => rm(dir, { recursive: true, force: true, maxRetries: 3 });
  const removed = atFileEnd(remove);
  await writeFile(join(dir, 'ops.yml'), opsYml);
  return {
    dir,
    env: { ...cleanEnvironment(), DATA_DIR: join(dir, 'data'), OPS_CONFIG: join(dir, 'ops.yml'), PORT: '0', ...env },
    remove: () => remove().then(removed),
  };
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `rounds …` to its end. */
export async function rounds(home: BotHome, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = launch(home, args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

export interface RunningBot {
  child: ChildProcess;
  port: number;
  /** Log lines so far. */
  log: LogLine[];
  /** Waits for a log line. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** Ends it as an operator would; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 */
  kill(): Promise<void>;
}

export interface LogLine {
  level: number;
  msg: string;
  [key: string]: unknown;
}

/** Starts the bot and waits until it says that it is ready, or `until`; throws with its log when it ends before. */
export async function startBotProcess(
  home: BotHome,
  env: NodeJS.ProcessEnv = {},
  until: 'Rounds is ready' | 'listening' = 'Rounds is ready',
  args: string[] = [],
): Promise<RunningBot> {
  return untilReady(launch(home, ['start', ...args], env), until);
}

/** Follows a bot that was launched, until it says that it is ready, or `until`; throws with its log when it ends before. */
export async function untilReady(child: ChildProcess, until = 'Rounds is ready'): Promise<RunningBot> {
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout?.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    log.push(...lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine));
    for (const look of waiting) look();
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const logged = (matches: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve, reject) => {
      const look = () => {
        const found = log.find(matches);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(([code]) =>
        reject(new Error(`the bot ended (${code})\n${JSON.stringify(log, null, 1)}\n${stderr}`)),
      );
    });
  const ready = await logged((line) => line.msg === until);
  return {
    child,
    port: Number(ready.port),
    log,
    logged,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Starts `rounds …` and leaves it to the caller. */
export function launch(home: BotHome, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'bin/rounds.mjs'), ...args], {
    cwd: home.dir,
    env: { ...home.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const gone = atFileEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  child.once('exit', gone);
  return child;
}
