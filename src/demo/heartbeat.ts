import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../kernel/log.ts';

/** Between attempts; who receives it may not have started yet. */
const pausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
const attemptMs = 10_000;

/** What a heartbeat says: a job ended. */
export interface Beat {
  job: string;
  status: 'succeeded';
  /** ISO. */
  finished_at: string;
}

/** Tells somebody else's URL that a job ran; a newer beat takes the place of one that was not accepted yet. */
export class Heartbeat {
  private readonly url: string;
  private readonly log: Log | undefined;
  private current = new AbortController();
  private sending: Promise<void> = Promise.resolve();

  /** The URL may hold a token, so it is never logged. */
  constructor(url: string, log?: Log) {
    this.url = url;
    this.log = log;
  }

  /** Posts it until it is accepted, for about a minute. Returns at once. */
  beat(beat: Beat): void {
    this.current.abort();
    this.current = new AbortController();
    this.sending = this.send(beat, this.current.signal);
  }

  async stop(): Promise<void> {
    this.current.abort();
    await this.sending;
  }

  private async send(beat: Beat, signal: AbortSignal): Promise<void> {
    let problem: string | undefined;
    for (const pauseMs of [...pausesMs, 0]) {
      problem = await this.attempt(beat, signal);
      if (problem === undefined || signal.aborted) return;
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
    this.log?.warn(`nobody took the demo clinic's heartbeat of ${beat.job}: ${problem}`);
  }

  /** Resolves with why it was not accepted. */
  private async attempt(beat: Beat, signal: AbortSignal): Promise<string | undefined> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(beat),
        signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `status ${response.status}`;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return error.cause instanceof Error ? error.cause.message : error.message;
    }
  }
}
