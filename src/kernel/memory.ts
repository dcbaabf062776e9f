/** Answers kept for a while. Whoever asks while a question is on its way shares it. */
export interface Memory<T> {
  /** The answer known under `key`, or a new one by `ask`. */
  recall(key: string, ask: () => Promise<T>): Promise<T>;
  /** Drops one answer, or all; a question on its way still answers those who asked already, and nobody after them. */
  forget(key?: string): void;
}

export interface MemoryOptions {
  /** How long an answer holds, counted from when it was asked for. */
  forMs: number;
  /** How long a failure holds, so that an outage isn't asked about with every click. */
  failedForMs: number;
  /** At most this many answers; the oldest go first. */
  most?: number;
  /** A clock that only runs forward, ms; default `performance.now`. */
  elapsedMs?: () => number;
}

export function createMemory<T>({
  forMs,
  failedForMs,
  most = 2_000,
  elapsedMs = () => performance.now(),
}: MemoryOptions): Memory<T> {
  const known = new Map<string, { answer: Promise<T>; untilMs: number }>();
  return {
    recall: (key, ask) => {
      const nowMs = elapsedMs();
      const found = known.get(key);
      if (found && nowMs < found.untilMs) return found.answer;
      const entry = { answer: ask(), untilMs: nowMs + forMs };
      known.delete(key);
      known.set(key, entry);
      // The failure itself is told to whoever asked.
      entry.answer.catch(() => {
        entry.untilMs = Math.min(entry.untilMs, elapsedMs() + failedForMs);
      });
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return entry.answer;
    },
    forget: (key) => {
      if (key === undefined) known.clear();
      else known.delete(key);
    },
  };
}
