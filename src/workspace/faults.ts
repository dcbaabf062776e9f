/** What goes wrong with a call, on demand. */
export type Fault =
  /** The answer comes late; the effect happens after the delay. */
  | { kind: 'delay'; ms: number }
  /** The connection breaks before anything happened. */
  | { kind: 'drop-request' }
  /** The effect happens, then the connection breaks: the caller cannot know. */
  | { kind: 'drop-response' }
  /** A bare HTTP error without an effect. */
  | { kind: 'http'; status: number }
  /** HTTP 429 with Retry-After. */
  | { kind: 'ratelimited'; retryAfterSeconds: number }
  /** `{ok: false, error}` without an effect. */
  | { kind: 'error'; error: string };

/** Faults waiting for their calls, first in first out per method; `*` is any method. */
export class Faults {
  private readonly waiting: { method: string; fault: Fault; left: number }[] = [];

  /** The next `times` calls of `method` (or `*`) meet `fault`. */
  next(method: string, fault: Fault, times = 1): void {
    this.waiting.push({ method, fault, left: times });
  }

  clear(): void {
    this.waiting.length = 0;
  }

  /** Takes the fault meant for this call, if there is one. */
  take(method: string): Fault | undefined {
    const entry = this.waiting.find((e) => e.left > 0 && (e.method === method || e.method === '*'));
    if (!entry) return undefined;
    entry.left -= 1;
    return entry.fault;
  }
}
