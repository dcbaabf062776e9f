import type { Log } from '../kernel/log.ts';
import { isDeadTokenError } from './failures.ts';

/** The work that goes on after an acknowledgement; stopping the bot waits for it. */
export interface Work {
  /** False once the bot is stopping: nothing new is begun. */
  readonly open: boolean;
  /** Aborted when the bot can't wait any longer. */
  readonly signal: AbortSignal;
  /** Runs something to its end; a failure is logged, never thrown (of a dead token its watch has told). */
  start(what: string, run: () => Promise<void>): void;
  /**
   * Begins nothing new, waits up to `graceMs`, then aborts what still runs and gives it 0.7 s to say so. What still waits
   * for Slack then is cut off by `cutOff`. Settles within `graceMs` and one second.
   */
  stop(graceMs: number, cutOff: () => void): Promise<void>;
}

/** How long aborted work may take to say so, and how long to end once it is cut off from Slack. */
const abortedMs = 700;
const cutOffMs = 200;

export function openWork(log: Log): Work {
  const running = new Set<Promise<void>>();
  const aborting = new AbortController();
  let open = true;

  const settled = async (ms: number): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const all = Promise.all(running).then((): true => true);
    return Promise.race([all, time]).finally(() => clearTimeout(timer));
  };

  return {
    get open() {
      return open;
    },
    signal: aborting.signal,
    start: (what, run) => {
      const done: Promise<void> = run()
        .catch((error: unknown) => {
          if (!isDeadTokenError(error)) log.error({ err: error }, `${what} failed`);
        })
        .finally(() => running.delete(done));
      running.add(done);
    },
    stop: async (graceMs, cutOff) => {
      open = false;
      if (await settled(graceMs)) return cutOff();
      log.warn({ running: running.size }, 'stopping: what still runs is aborted');
      aborting.abort();
      const ended = await settled(abortedMs);
      cutOff();
      if (!ended && !(await settled(cutOffMs))) log.warn({ running: running.size }, 'stopping: some work did not end');
    },
  };
}
