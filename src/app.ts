import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCondition } from './conditions/compile.ts';
import type { Environment } from './config/environment.ts';
import { loadOps } from './config/load.ts';
import { makeReveal } from './config/secrets.ts';
import { createHealth, type Health } from './health/health.ts';
import type { CheckType } from './kernel/check.ts';
import type { Clock } from './kernel/clock.ts';
import type { Command, TerminalCommand } from './kernel/command.ts';
import { discover } from './kernel/discover.ts';
import type { Log } from './kernel/log.ts';
import { runbookFiles } from './runbooks/files.ts';
import type { Services } from './services.ts';
import { openStore, type Store } from './store/store.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** All check types, by the files of `src/checks/`. */
export function checkTypes(): Promise<CheckType[]> {
  return discover<CheckType>(join(root, 'src', 'checks'));
}

/** All commands, by the files of `commands/`. */
export async function allCommands(): Promise<{ shared: Command<Services>[]; terminal: TerminalCommand[] }> {
  const found = await discover<Command<Services> | TerminalCommand>(join(root, 'commands'));
  return {
    shared: found.filter((command): command is Command<Services> => 'run' in command),
    terminal: found.filter((command): command is TerminalCommand => 'runAlone' in command),
  };
}

export interface Core {
  services: Services;
  store: Store;
  health: Health;
  close(): Promise<void>;
}

export interface CoreOptions {
  environment: Environment;
  /** The process's variables: secrets of checks are read from them. */
  variables: NodeJS.ProcessEnv;
  log: Log;
  clock: Clock;
  signal?: AbortSignal;
  /** Called for every finished sweep. */
  onSweep?: Parameters<typeof createHealth>[0]['onSweep'];
}

/** What the bot and the terminal both stand on: the config, the database and the features. Closed in reverse order. */
export async function openCore({ environment, variables, log, clock, signal, onSweep }: CoreOptions): Promise<Core> {
  const ops = await loadOps(environment.opsConfig, {
    checkTypes: await checkTypes(),
    compile: compileCondition,
    env: variables,
  });
  for (const name of ops.missingSecrets) log.warn({ secret: name }, `secret ${name} is not set: its checks are unknown`);
  const store = await openStore({ databaseUrl: environment.databaseUrl, dataDir: environment.dataDir, log, signal });
  const health = createHealth({ ops, store, clock, log, reveal: makeReveal(variables), onSweep });
  const runbooks = runbookFiles([join(ops.dir, 'templates', 'runbooks'), join(root, 'templates', 'runbooks')]);
  return {
    services: { ops, health, runbooks },
    store,
    health,
    async close() {
      await health.stop();
      await store.close();
    },
  };
}
