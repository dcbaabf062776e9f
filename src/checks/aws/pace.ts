import { setTimeout as wait } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';

/** How often one API may be asked, of one account in one region. */
export interface Pace {
  perSecond: number;
  /** Calls under way at the same time. */
  concurrent: number;
}

/** Monotonic. `wait` may end early, and never rejects. */
export interface Time {
  nowMs(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const ownTime: Time = {
  nowMs: () => performance.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
};

/** One API of one account in one region: a token bucket, one second deep, before a limit of calls at the same time. */
export class Turns {
  private readonly limit: LimitFunction;
  private readonly pace: Pace;
  private tokens: number;
  private filledMs: number;
  private last: Promise<void> = Promise.resolve();
  private readonly time: Time;

  constructor(pace: Pace, time: Time = ownTime) {
    this.pace = pace;
    this.time = time;
    this.filledMs = time.nowMs();
    this.limit = pLimit(pace.concurrent);
    this.tokens = Math.max(1, pace.perSecond);
  }

  /** First come, first served. Rejects with the signal's reason when it ends while `work` waits. */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    const mine = Promise.withResolvers<void>();
    this.last = mine.promise;
    try {
      await before;
      await this.token(signal);
    } finally {
      mine.resolve();
    }
    return this.limit(work);
  }

  private async token(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const nowMs = this.time.nowMs();
      const { perSecond } = this.pace;
      this.tokens = Math.min(Math.max(1, perSecond), this.tokens + ((nowMs - this.filledMs) / 1000) * perSecond);
      this.filledMs = nowMs;
      if (this.tokens >= 1) break;
      await this.time.wait(((1 - this.tokens) / perSecond) * 1000, signal);
    }
    this.tokens -= 1;
  }
}
