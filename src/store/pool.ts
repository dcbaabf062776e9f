import type pg from 'pg';
import type { Log } from '../kernel/log.ts';

/** An open pool and how to shut it down. */
export interface OpenPool {
  pool: pg.Pool;
  /** Runs work on a connection that may take as long as it needs: migrations. */
  unhurried(work: (client: pg.ClientBase) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const DRAIN_MS = 5_000;

/** A broken connection is logged, idle or in use; without a listener it would end the process. Its query rejects anyway. */
export function survivesBrokenConnections(pool: pg.Pool, log: Log): void {
  pool.on('error', (error) => log.debug({ error: error.message }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke'));
  });
}

/** Ends a pool: waits for running queries up to `drainMs`, then `cut` breaks their connections; a client never given back is left. */
export async function drain(pool: pg.Pool, cut: () => void, drainMs: number = DRAIN_MS): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    cut();
    late.resolve();
  }, drainMs);
  try {
    await Promise.race([pool.end(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
