import { schedule as cron, type ScheduledTask } from 'node-cron';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { rollUp } from './rollup.ts';
import { cronLog } from './schedule.ts';

export interface Upkeep {
  start(): void;
  /** Resolves when no roll-up runs any more. */
  stop(): Promise<void>;
}

/** Keeps the history small: rolls it up every ten minutes. */
export function createUpkeep({ store, clock, log }: { store: Store; clock: Clock; log: Log }): Upkeep {
  let task: ScheduledTask | undefined;
  let stopped = false;
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    try {
      while (!stopped && (await rollUp(store, clock.now())).more);
    } catch (error) {
      log.error({ err: error }, 'history not rolled up; trying again in ten minutes');
    }
  }

  return {
    start() {
      const begin = () => {
        working = work();
        return working;
      };
      task ??= cron('*/10 * * * *', begin, { name: 'health upkeep', noOverlap: true, logger: cronLog(log) });
    },
    async stop() {
      stopped = true;
      await task?.destroy();
      await working;
    },
  };
}
