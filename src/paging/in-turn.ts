/** Runs what has the same key one after the other, in the order of asking, and everything else at once. */
export function createTurns() {
  const last = new Map<string, Promise<void>>();
  return {
    /** Waits for those before it, whatever becomes of them, then runs. `signal` ends the waiting, not the run: it rejects with the signal's reason. */
    async take<T>(key: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
      const before = last.get(key) ?? Promise.resolve();
      const mine = Promise.withResolvers<void>();
      const turn = before.then(() => mine.promise);
      last.set(key, turn);
      try {
        await orAborted(before, signal);
        return await run();
      } finally {
        mine.resolve();
        void turn.then(() => {
          if (last.get(key) === turn) last.delete(key);
        });
      }
    },
  };
}

async function orAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([wait, aborted.promise]).finally(() => signal.removeEventListener('abort', stop));
}
