const windowMs = 60_000;

/** Counts what comes under each key; keys must be few. */
export class Pace {
  private readonly most: number;
  private readonly elapsedMs: () => number;
  private readonly windows = new Map<string, { fromMs: number; count: number }>();

  /** At most so many a minute and key. `elapsedMs` only runs forward. */
  constructor(most: number, elapsedMs: () => number = () => performance.now()) {
    this.most = most;
    this.elapsedMs = elapsedMs;
  }

  /** False: too many for this minute. */
  allows(key: string): boolean {
    const nowMs = this.elapsedMs();
    const last = this.windows.get(key);
    const window = last && nowMs - last.fromMs < windowMs ? last : { fromMs: nowMs, count: 0 };
    window.count += 1;
    this.windows.set(key, window);
    return window.count <= this.most;
  }
}
