import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { columnTypes } from './columns.ts';
import { connectionFailure, isUnavailable } from './errors.ts';
import type { OpenPool } from './pool.ts';
import { drain, leavesReadOnlyDatabases, survivesBrokenConnections } from './pool.ts';

export interface ServerOptions {
  databaseUrl: string;
  log: Log;
  signal?: AbortSignal;
  /** How long to keep trying; default 30 s. */
  retryForMs?: number;
  /** A connection that says nothing for this long is taken for dead; above the statement timeout. Default 25 s. */
  silenceMs?: number;
  /** The same of the connection for migrations, whose statements take as long as they need. Default 10 min. */
  longSilenceMs?: number;
}

const OLDEST_SUPPORTED = 130_000;

/**
 * A pool of connections to a PostgreSQL server, tried until it answers.
 * Throws OpsError: `unavailable` when it can't be reached, `invalid` when it refuses us. No message holds the password.
 */
export async function openServer(options: ServerOptions): Promise<OpenPool> {
  const { databaseUrl, log, silenceMs = 25_000, longSilenceMs = 600_000, retryForMs = 30_000 } = options;
  const sockets = new Set<Socket>();
  const config: pg.PoolConfig = {
    connectionString: checkedUrl(databaseUrl),
    application_name: 'rounds',
    max: 10,
    // Who waits for a short time only does not wait longer for one try.
    connectionTimeoutMillis: Math.min(5_000, Math.max(1_000, retryForMs)),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    types: columnTypes,
  };
  const place = new pg.Client(config);
  const pool = new pg.Pool({
    ...config,
    statement_timeout: 20_000,
    stream: () => impatientSocket(sockets, silenceMs),
  });
  survivesBrokenConnections(pool, log);
  leavesReadOnlyDatabases(pool);
  const cut = () => sockets.forEach((socket) => void socket.destroy());
  const close = (): Promise<void> => drain(pool, cut);
  options.signal?.addEventListener('abort', cut);
  try {
    await untilReachable(pool, place, options);
  } catch (error) {
    await close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', cut);
  }
  const patient = () => new pg.Client({ ...config, stream: () => impatientSocket(sockets, longSilenceMs) });
  return { pool, close, unhurried: (work) => unhurried(patient(), work, log) };
}

/** `new URL`'s own message would repeat the password. */
function checkedUrl(databaseUrl: string): string {
  if (URL.canParse(databaseUrl) && /^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) return databaseUrl;
  throw new OpsError('invalid', 'DATABASE_URL is not the URL of a PostgreSQL database', {
    hint: 'It looks like postgres://user:password@host:5432/database, special characters percent-encoded.',
  });
}

/** A half-open connection (a host that vanished) would otherwise hold its query for up to 15 minutes of TCP retries. */
function impatientSocket(open: Set<Socket>, silenceMs: number): Socket {
  const socket = new Socket();
  open.add(socket);
  socket.setTimeout(silenceMs, () => {
    socket.destroy(
      Object.assign(new Error(`the database was silent for ${silenceMs / 1000} s`), { code: 'ETIMEDOUT' }),
    );
  });
  socket.once('close', () => open.delete(socket));
  return socket;
}

async function unhurried(client: pg.Client, work: (client: pg.Client) => Promise<void>, log: Log): Promise<void> {
  client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke'));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function untilReachable(
  pool: pg.Pool,
  place: { host: string; port: number; database?: string; user?: string },
  { log, signal, retryForMs = 30_000 }: ServerOptions,
): Promise<void> {
  const where = `${place.host}:${place.port}/${place.database}`;
  const startedAt = performance.now();
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    signal?.throwIfAborted();
    try {
      const { rows } = await pool.query<{ version: number }>(
        `select current_setting('server_version_num')::int as version`,
      );
      if (rows[0]!.version >= OLDEST_SUPPORTED) return;
      throw new OpsError('invalid', `the database at ${where} is PostgreSQL ${Math.floor(rows[0]!.version / 10_000)}`, {
        hint: 'Rounds needs PostgreSQL 13 or newer.',
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof OpsError) throw error;
      if (!isUnavailable(error)) throw refused(where, place.user, error);
      const failure = connectionFailure(error);
      if (performance.now() - startedAt + pauseMs > retryForMs) {
        throw new OpsError('unavailable', `cannot reach the database at ${where}: ${failure}`, {
          hint: 'Check that it runs and that DATABASE_URL is right.',
          cause: error,
        });
      }
      log.warn({ database: where, failure, retryInMs: pauseMs }, 'cannot reach the database, trying again');
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** The server answered and said no: trying again won't help. */
function refused(where: string, user: string | undefined, error: unknown): OpsError {
  const { code, message } = error as { code?: string; message: string };
  switch (code) {
    case '28P01':
    case '28000':
      return new OpsError('invalid', `the database at ${where} refuses the user ${user}: ${message}`, {
        hint: 'Check the user and the password in DATABASE_URL.',
        cause: error,
      });
    case '3D000':
      return new OpsError('invalid', `the server has no database at ${where}: ${message}`, {
        hint: 'Create it (createdb), or correct the name in DATABASE_URL.',
        cause: error,
      });
    default:
      return new OpsError('invalid', `cannot use the database at ${where}: ${message}`, { cause: error });
  }
}
