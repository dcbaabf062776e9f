import { compileCondition } from './conditions/compile.ts';
import type { Environment } from './config/environment.ts';
import { loadOps } from './config/load.ts';
import { makeReveal } from './config/secrets.ts';
import { createHealth, type Health } from './health/health.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import { checkTypes, runbookFolders } from './registry.ts';
import { runbookFiles } from './runbooks/files.ts';
import type { Services } from './services.ts';
import { openStore, type Store } from './store/store.ts';

export { FolderInUse } from './store/in-use.ts';

export interface Core {
  services: Services;
  store: Store;
  clock: Clock;
  health: Health;
  close(): Promise<void>;
}

export interface CoreOptions {
  environment: Environment;
  /** The process's variables: secrets of checks are read from them. */
  variables: NodeJS.ProcessEnv;
  log: Log;
  /** Default: the database's time, so that a machine's wrong clock does no harm. */
  clock?: Clock;
  signal?: AbortSignal;
  /** Throw away what the embedded database holds. */
  reset?: boolean;
  /** Called for every finished sweep. */
  onSweep?: Parameters<typeof createHealth>[0]['onSweep'];
}

/** What the bot and the terminal both stand on: the config, the database and the features. Throws what `openStore` throws. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { environment, variables, log, signal, reset, onSweep } = options;
  const ops = await loadOps(environment.opsConfig, {
    checkTypes: await checkTypes(),
    compile: compileCondition,
    env: variables,
  });
  for (const name of ops.missingSecrets)
    log.warn({ secret: name }, `secret ${name} is not set: its checks are unknown`);
  const { databaseUrl, dataDir } = environment;
  const store = await openStore({ databaseUrl, dataDir, log, signal, reset });
  const clock = options.clock ?? store.time;
  const health = createHealth({ ops, store, clock, log, reveal: makeReveal(variables), onSweep });
  const runbooks = runbookFiles(runbookFolders(ops.dir));
  return {
    services: { ops, health, runbooks },
    store,
    clock,
    health,
    async close() {
      await health.stop();
      await store.close();
    },
  };
}
