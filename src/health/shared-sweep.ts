import type { CheckReport } from './model.ts';

/**
 * A running sweep that several people may watch: what it found so far, and when that changes. It is aborted when the
 * last of those who asked for it has left, or by `stop`.
 */
export class SharedSweep {
  readonly ids: Set<string>;
  readonly pending: Set<string>;
  /** Found so far, as judged. */
  readonly found = new Map<string, CheckReport>();
  readonly warnings: string[] = [];
  /** Of what nothing was recorded: not measured because it was stopped, or not saved. */
  readonly left = new Set<string>();
  /** Not asked for by a person. */
  readonly regular: boolean;
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

  private readonly deadlineMs: number;

  /** `deadlineMs`: how long the sweep may take, counted from now. */
  constructor(options: { ids: readonly string[]; startedAt: Date; deadlineMs: number; regular: boolean }) {
    this.ids = new Set(options.ids);
    this.pending = new Set(options.ids);
    this.startedAt = options.startedAt;
    this.deadlineMs = options.deadlineMs;
    this.regular = options.regular;
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

  /** Of these nothing is recorded. */
  unrecorded(ids: readonly string[]): void {
    for (const id of ids) this.left.add(id);
  }

  /** These are not measured after all. */
  leaveOut(ids: readonly string[]): void {
    for (const id of ids) {
      this.ids.delete(id);
      this.pending.delete(id);
    }
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

  /**
   * Whether someone who wants these checks may watch this sweep instead of starting one: it has found none of them yet,
   * so that nobody is told the past as now; it began just now, so that they get their time; and it ends within `deadlineMs`.
   */
  covers(ids: readonly string[], deadlineMs: number): boolean {
    if (this.finished || this.signal.aborted || this.deadlineMs > deadlineMs) return false;
    return this.elapsedMs() < deadlineMs / 4 && ids.every((id) => this.pending.has(id));
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
