import type { Log } from '../kernel/log.ts';
import { within } from './within.ts';

/** Does something again and again, never twice at once. */
export interface Ticker {
  /** Beats at once; resolves when that beat is done, whether it failed or not. */
  start(): Promise<void>;
  /** No more beats; resolves when the running one is done, or hangs for a second more. */
  stop(): Promise<void>;
}

const retryMs = 1_000;

/**
 * A ticker: `beat` resolves to the pause until the next one, ms. When it rejects it is tried again every second; an outage
 * is logged when it begins and when it is over. Doesn't keep the process alive.
 */
export function createTicker(options: { name: string; log: Log; beat: () => Promise<number> }): Ticker {
  const { name, log, beat } = options;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let failingSinceMs: number | undefined;
  let stopped = false;

  async function once(): Promise<void> {
    const pauseMs = await attempt();
    if (!stopped) arm(pauseMs);
  }

  async function attempt(): Promise<number> {
    try {
      const pauseMs = await beat();
      if (failingSinceMs !== undefined) {
        log.info({ downMs: Math.round(performance.now() - failingSinceMs) }, `${name} work again`);
        failingSinceMs = undefined;
      }
      return pauseMs;
    } catch (error) {
      if (failingSinceMs === undefined) log.error({ err: error }, `${name} fail; trying again every second`);
      failingSinceMs ??= performance.now();
      return retryMs;
    }
  }

  function arm(pauseMs: number): void {
    timer = setTimeout(() => {
      beating = once();
    }, pauseMs).unref();
  }

  return {
    start() {
      if (timer === undefined && !stopped) beating = once();
      return beating;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await within(1_000, beating);
    },
  };
}
