import { Kysely, PostgresDialect, type QueryExecutorProvider } from 'kysely';
import type pg from 'pg';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { migrate } from './migrate.ts';
import type { OpenPool } from './pool.ts';
import { openServer } from './server.ts';
import { type DatabaseTime, databaseTime } from './time.ts';

/** Somebody's transaction, whatever its tables: `sql\`…\`.execute(tx)` runs in it. */
export type Tx = QueryExecutorProvider;

/** The database, reached through one `pg.Pool` whether it is embedded or a server. */
export interface Store {
  kind: 'embedded' | 'server';
  pool: pg.Pool;
  /** Typed queries; `T` are the tables of the room that asks. */
  db<T>(): Kysely<T>;
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
   * Every query inside goes through `tx`: on the embedded database any other waits for this transaction and fails after 15 s.
   */
  transaction<T, R>(work: (tx: Kysely<T>) => Promise<R>): Promise<R>;
  /** The database's clock, as this process knows it. */
  time: DatabaseTime;
  /** Asks the database for its time: whether it answers. Throws OpsError `unavailable` when it answers but is read-only. */
  ping(): Promise<Date>;
  /** Waits up to 2 s for running queries, then cuts them off. Idempotent. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `postgres://…`; not set = the embedded database. */
  databaseUrl?: string | undefined;
  /** Folder of the embedded database; created when missing. */
  dataDir: string;
  log: Log;
  signal?: AbortSignal;
  /** How long to keep trying a server that can't be reached; default 30 s. */
  retryForMs?: number;
  /** Throw away what the embedded database holds; a server's database is never touched. */
  reset?: boolean;
  /** Leave the tables as they are: a role that may only read them can open it, too. */
  asItIs?: boolean;
}

/** Opens the database and migrates it, unless it is to stay as it is. Throws OpsError: `unavailable`, `conflict` (in use, or newer than the code), `invalid`. */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.reset && options.databaseUrl) {
    throw new OpsError('invalid', 'The database of DATABASE_URL is not thrown away by --reset', {
      hint: 'Leave out --reset, or create another database and name that one.',
    });
  }
  const kind = options.databaseUrl ? 'server' : 'embedded';
  const open = options.databaseUrl
    ? await openServer({ ...options, databaseUrl: options.databaseUrl })
    : await (await import('./embedded/open.ts')).openEmbedded(options);
  try {
    if (!options.asItIs) await open.unhurried((client) => migrate(client, { log: options.log }));
    const store = storeOver(kind, open, options.log);
    await store.time.measure();
    return store;
  } catch (error) {
    await open.close();
    throw error;
  }
}

/** A store over a pool; its time is this machine's until it is measured. */
export function storeOver(kind: Store['kind'], { pool, close }: Pick<OpenPool, 'pool' | 'close'>, log: Log): Store {
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const db = <T>(): Kysely<T> => kysely as unknown as Kysely<T>;
  const time = databaseTime(pool, log);
  let closing: Promise<void> | undefined;
  return {
    kind,
    pool,
    db,
    time,
    transaction: <T, R>(work: (tx: Kysely<T>) => Promise<R>) => db<T>().transaction().execute(work),
    ping: () => ping(pool),
    close: () => {
      time.stop();
      closing ??= close();
      return closing;
    },
  };
}

async function ping(pool: pg.Pool): Promise<Date> {
  const client = await pool.connect();
  let usable = false;
  try {
    const { rows } = await client.query<{ now: Date; read_only: boolean }>(`
      select clock_timestamp() as now, current_setting('transaction_read_only')::boolean as read_only`);
    usable = !rows[0]!.read_only;
    if (usable) return rows[0]!.now;
    throw new OpsError('unavailable', 'the database is read-only', {
      hint: 'Is it a standby, or was it made read-only because its disk is full? Rounds goes on when it takes changes again.',
    });
  } finally {
    // A new connection may find it otherwise: elsewhere after a failover, or with the setting taken back.
    client.release(!usable);
  }
}
