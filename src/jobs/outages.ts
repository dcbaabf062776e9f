import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';

/** Says once that the database went away, and once that it is back, however many loops find out. */
export interface Outages {
  /** Never rejects; undefined = it failed. */
  watch<R>(work: () => Promise<R>): Promise<R | undefined>;
  /** How long the database has answered without a failure, as far as this process knows, ms. */
  steadyMs(): number;
}

export function outages(log: Log): Outages {
  let down = false;
  let steadySinceMs = performance.now();
  return {
    async watch(work) {
      try {
        const result = await work();
        if (down) {
          log.info('the queue reaches the database again');
          down = false;
        }
        return result;
      } catch (error) {
        steadySinceMs = performance.now();
        if (!isUnavailable(error)) log.error({ err: error }, 'the queue failed');
        else if (!down) {
          down = true;
          log.warn({ error: (error as Error).message }, 'the queue does not reach the database; it tries on');
        }
        return undefined;
      }
    },
    steadyMs: () => performance.now() - steadySinceMs,
  };
}
