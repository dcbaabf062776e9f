import { Worker } from 'node:worker_threads';
import type { Clock } from '../kernel/clock.ts';
import type { Certificate } from './certificates.ts';

export type Row = Record<string, unknown>;

export type Request =
  | { kind: 'listen'; port: number }
  | { kind: 'refuse' }
  | { kind: 'query'; sql: string; values: unknown[] }
  | { kind: 'certificate'; days: number; now: Date };

interface Answers {
  /** The port. */
  listen: number;
  refuse: undefined;
  query: Row[];
  certificate: Certificate;
}

export type Outcome = { id: number; value: unknown } | { id: number; error: { message: string; code?: string } };

/**
 * What is heavy, in a thread of its own: the database, its port and the making of certificates. So the bot's start doesn't
 * wait for them, and a query that somebody runs there for fun doesn't hold the bot.
 */
export class Backstage {
  private readonly worker: Worker;
  private readonly clock: Clock;
  private readonly skewMs = new Float64Array(new SharedArrayBuffer(8));
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly onFailure: (error: Error) => void;
  private ended: Error | undefined;
  private asked = 0;

  /** `onFailure`: the thread ended by itself; everything asked rejects from then on. */
  constructor(clock: Clock, onFailure: (error: Error) => void) {
    this.clock = clock;
    this.onFailure = onFailure;
    this.follow();
    this.worker = new Worker(new URL('./backstage-worker.ts', import.meta.url), {
      workerData: { skewMs: this.skewMs },
    });
    this.worker.on('message', (outcome: Outcome) => this.settle(outcome));
    this.worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
  }

  /** Rejects with the thread's error; one of `listen` keeps its code. */
  async ask<Kind extends Request['kind']>(request: Extract<Request, { kind: Kind }>): Promise<Answers[Kind]> {
    if (this.ended) throw this.ended;
    this.follow();
    const id = ++this.asked;
    const answer = Promise.withResolvers<unknown>();
    this.waiting.set(id, answer);
    this.worker.postMessage({ id, request });
    return (await answer.promise) as Answers[Kind];
  }

  /** Makes the thread's time the clock's again, after that was moved. */
  follow(): void {
    this.skewMs[0] = this.clock.now().getTime() - Date.now();
  }

  async close(): Promise<void> {
    this.end(new Error('the demo system is closed'));
    await this.worker.terminate();
  }

  private settle(outcome: Outcome): void {
    const answer = this.waiting.get(outcome.id);
    this.waiting.delete(outcome.id);
    if ('error' in outcome)
      answer?.reject(Object.assign(new Error(outcome.error.message), { code: outcome.error.code }));
    else answer?.resolve(outcome.value);
  }

  private fail(error: Error): void {
    if (this.ended) return;
    this.end(error);
    this.onFailure(error);
  }

  private end(error: Error): void {
    this.ended = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
