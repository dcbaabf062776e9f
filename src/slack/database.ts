import type { Kysely } from 'kysely';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import type { SlackTables } from './tables.ts';

/**
 * The database as answers may use it: never for long. What it does not answer in time counts as down, and while it is
 * known to be down nobody waits for it; now and then one question finds out whether it is back.
 */
export interface PatientDatabase {
  /** @throws Error when the database refuses, is late, or is known to be down. */
  ask<T>(query: (db: Kysely<SlackTables>) => Promise<T>): Promise<T>;
  /** How many queries are under way, those included that nobody waits for any more. */
  readonly pending: number;
  /** Waits for what is under way, as long as for an answer. */
  settled(): Promise<void>;
}

const defaults = { timeoutMs: 500, downMs: 10_000 };

export function openDatabase(options: {
  store: Pick<Store, 'db'>;
  log: Log;
  timeoutMs?: number;
  downMs?: number;
}): PatientDatabase {
  const { store, log, timeoutMs, downMs } = { ...defaults, ...options };
  const pending = new Set<Promise<unknown>>();
  let down = false;
  let askAgainAtMs = 0;

  const failed = (error: unknown) => {
    if (!down) log.error({ err: error }, 'the database is down: answers do without it');
    down = true;
    askAgainAtMs = performance.now() + downMs;
  };

  const answered = () => {
    if (down) log.info('the database answers again');
    down = false;
  };

  return {
    ask: async (query) => {
      if (down && performance.now() < askAgainAtMs) throw new Error('the database is known to be down');
      // One question at a time finds out; the others don't wait for it.
      if (down) askAgainAtMs = performance.now() + downMs;
      try {
        const asked = (async () => query(store.db<SlackTables>()))();
        // Also when it is late: a database that was slow for a moment is not down for long.
        const kept: Promise<unknown> = asked.then(answered, () => undefined).finally(() => pending.delete(kept));
        pending.add(kept);
        return await within(timeoutMs, asked);
      } catch (error) {
        // A query that the database refuses says nothing about the next one.
        if (error instanceof Late || isUnavailable(error)) failed(error);
        throw error;
      }
    },
    get pending() {
      return pending.size;
    },
    settled: async () => {
      await within(timeoutMs, Promise.all(pending)).catch((error: unknown) => log.warn({ err: error }, 'queries hang'));
    },
  };
}

class Late extends Error {}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
