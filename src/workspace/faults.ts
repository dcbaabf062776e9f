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

/**
 * Faults waiting for their calls, first in first out per method, and faults that stand until they are taken back.
 * `*` is any method; a waiting fault goes before a standing one, a method's own before that of `*`.
 */
export class Faults {
  /** Called when a standing fault comes or goes. */
  onStanding: () => void = () => {};
  private readonly standing = new Map<string, Fault>();
  private readonly waiting: { method: string; fault: Fault; left: number }[] = [];

  /** The next `times` calls of `method` (or `*`) meet `fault`. */
  next(method: string, fault: Fault, times = 1): void {
    this.waiting.push({ method, fault, left: times });
  }

  /** From now on every call of `method` meets `fault`; undefined takes it back. */
  stand(method: string, fault: Fault | undefined): void {
    if (fault) this.standing.set(method, fault);
    else this.standing.delete(method);
    this.onStanding();
  }

  /** What stands, by method. */
  stood(): Record<string, Fault> {
    return Object.fromEntries(this.standing);
  }

  clear(): void {
    this.waiting.length = 0;
    this.standing.clear();
    this.onStanding();
  }

  /** Takes the fault meant for this call, if there is one. */
  take(method: string): Fault | undefined {
    const entry = this.waiting.find((e) => e.left > 0 && (e.method === method || e.method === '*'));
    if (!entry) return this.standing.get(method) ?? this.standing.get('*');
    entry.left -= 1;
    return entry.fault;
  }
}
