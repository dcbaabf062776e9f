import type pg from 'pg';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** The database's time, known without asking it: what all replicas agree on, whatever the clocks of their machines say. */
export interface DatabaseTime extends Clock {
  /** The database's time, epoch ms, at a moment of `performance.now()` of this process. */
  epochAt(performanceMs: number): number;
  /** The other way round. */
  performanceAt(epochMs: number): number;
  /** Compares the clocks again; the sample with the quickest answer counts. Rejects when the database doesn't answer. */
  measure(samples?: number): Promise<void>;
  /** No more comparisons. */
  stop(): void;
}

const measureEveryMs = 30_000;
/** The wall clock ran away from the monotonic one by this much: the machine slept, or somebody set the clock. */
const jumpMs = 1_000;
const betweenTriesMs = 1_000;

/** Compares the clocks every 30 s once `measure` was called for the first time, and at once when this machine's clock jumped. */
export function databaseTime(pool: Pick<pg.Pool, 'query'>, log: Log): DatabaseTime {
  let offsetMs = Date.now() - performance.now();
  let wallMs = offsetMs;
  let known = false;
  let measuring = false;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function sample(): Promise<{ offsetMs: number; uncertainMs: number }> {
    const sentMs = performance.now();
    const { rows } = await pool.query<{ epoch_ms: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::double precision as epoch_ms',
    );
    const receivedMs = performance.now();
    return { offsetMs: rows[0]!.epoch_ms - (sentMs + receivedMs) / 2, uncertainMs: (receivedMs - sentMs) / 2 };
  }

  async function measure(samples = 3): Promise<void> {
    let best = await sample();
    for (let taken = 1; taken < samples; taken += 1) {
      const next = await sample();
      if (next.uncertainMs < best.uncertainMs) best = next;
    }
    wallMs = Date.now() - performance.now();
    // What the measurement can't tell apart is no reason to change: moments of one process stay in their order.
    if (!known || Math.abs(best.offsetMs - offsetMs) > best.uncertainMs + 1) offsetMs = best.offsetMs;
    known = true;
    timer ??= setInterval(again, measureEveryMs).unref();
  }

  function again(): void {
    if (measuring || performance.now() < triedAtMs + betweenTriesMs) return;
    measuring = true;
    triedAtMs = performance.now();
    measure()
      .catch((error: unknown) => log.debug({ err: error }, "the database's clock was not read"))
      .finally(() => {
        measuring = false;
      });
  }

  return {
    epochAt: (performanceMs) => performanceMs + offsetMs,
    performanceAt: (epochMs) => epochMs - offsetMs,
    now() {
      if (known && Math.abs(Date.now() - performance.now() - wallMs) > jumpMs) again();
      return new Date(performance.now() + offsetMs);
    },
    measure,
    stop: () => clearInterval(timer),
  };
}
