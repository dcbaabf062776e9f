import type { Log } from '../kernel/log.ts';

/** The work that goes on after an acknowledgement; stopping the bot waits for it. */
export interface Work {
  /** False once the bot is stopping: nothing new is begun. */
  readonly open: boolean;
  /** Aborted when the bot can't wait any longer. */
  readonly signal: AbortSignal;
  /** Runs something to its end; a failure is logged, never thrown. */
  start(what: string, run: () => Promise<void>): void;
  /** Begins nothing new, waits up to `graceMs`, then aborts what still runs and waits for it once more. */
  stop(graceMs: number): Promise<void>;
}

/** How long aborted work may take to say so. */
const abortedMs = 2_000;

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
        .catch((error: unknown) => log.error({ err: error }, `${what} failed`))
        .finally(() => running.delete(done));
      running.add(done);
    },
    stop: async (graceMs) => {
      open = false;
      if (await settled(graceMs)) return;
      log.warn({ running: running.size }, 'stopping: what still runs is aborted');
      aborting.abort();
      if (!(await settled(abortedMs))) log.warn({ running: running.size }, 'stopping: some work did not end');
    },
  };
}
