import type pg from 'pg';
import type { Log } from '../kernel/log.ts';
import { READ_ONLY } from './errors.ts';

/** An open pool and how to shut it down. */
export interface OpenPool {
  pool: pg.Pool;
  /** Runs work on a connection that may take as long as it needs: migrations. */
  unhurried(work: (client: pg.ClientBase) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** With what stops before it, it must end within the deadline of the process. */
const DRAIN_MS = 2_000;

/** A broken connection is logged, idle or in use; without a listener it would end the process. Its query rejects anyway. */
export function survivesBrokenConnections(pool: pg.Pool, log: Log): void {
  pool.on('error', (error) => log.debug({ error: error.message }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke'));
  });
}

/** A connection to a database that takes no changes is not used again: a new one may come to where it does, or find it changed. */
export function leavesReadOnlyDatabases(pool: pg.Pool): void {
  const left = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => {
    client.connection.on('errorMessage', (error: { code?: string }) => {
      if (error.code === READ_ONLY) left.add(client);
    });
  });
  // The pool closes what has begun to end when it is given back.
  pool.on('release', (error, client) => {
    if (!error && left.has(client)) void client.end();
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
