import type { CheckReport } from './model.ts';

/**
 * A running sweep that several people may watch: what it found so far, and when that changes. It is aborted when the
 * last of those who asked for it has left, or by `stop`.
 */
export class SharedSweep {
  readonly ids: ReadonlySet<string>;
  readonly pending: Set<string>;
  /** Found so far, as judged. */
  readonly found = new Map<string, CheckReport>();
  readonly warnings: string[] = [];
  readonly startedAt: Date;
  /** The last results are read: a first answer can be given. */
  readonly ready = Promise.withResolvers<void>();
  readonly ended = Promise.withResolvers<void>();
  finished = false;
  durationMs = 0;
  private readonly stopping = new AbortController();
  private readonly begun = performance.now();
  private change = Promise.withResolvers<void>();
  private askers = 0;

  constructor(ids: readonly string[], startedAt: Date) {
    this.ids = new Set(ids);
    this.pending = new Set(ids);
    this.startedAt = startedAt;
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Resolves at the next result, or at the end. */
  changed(): Promise<void> {
    return this.finished ? Promise.resolve() : this.change.promise;
  }

  add(report: CheckReport): void {
    this.found.set(report.id, report);
    this.pending.delete(report.id);
    this.tell();
  }

  finish(): void {
    if (this.finished) return;
    this.durationMs = this.elapsedMs();
    this.finished = true;
    this.pending.clear();
    this.ready.resolve();
    this.ended.resolve();
    this.tell();
  }

  elapsedMs(): number {
    return this.finished ? this.durationMs : performance.now() - this.begun;
  }

  /** Whether someone who wants these checks may watch this sweep instead of starting one. */
  covers(ids: readonly string[]): boolean {
    return !this.finished && !this.signal.aborted && ids.every((id) => this.ids.has(id));
  }

  join(): void {
    this.askers += 1;
  }

  leave(): void {
    this.askers -= 1;
    if (this.askers === 0 && !this.finished) this.stop();
  }

  stop(): void {
    this.stopping.abort();
  }

  private tell(): void {
    const { resolve } = this.change;
    this.change = Promise.withResolvers();
    resolve();
  }
}
