import type { Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { Log } from '../../kernel/log.ts';
import { columnTypes } from '../columns.ts';
import type { OpenPool } from '../pool.ts';
import { drain, survivesBrokenConnections } from '../pool.ts';
import { Connection } from './connection.ts';
import { Session } from './session.ts';

/** Virtual connections are cheap, and a query behind others must wait for its turn, not for a client. */
const MAX_CLIENTS = 50;

/**
 * A `pg.Pool` over an open PGlite. `patienceMs`: how long a query may wait for another one's transaction;
 * `drainMs`: how long `close` waits for running work.
 * No named statements, session `SET` or session advisory locks: all clients share one session.
 */
export async function embeddedPool(
  lite: PGlite,
  options: { log: Log; patienceMs?: number; drainMs?: number },
): Promise<OpenPool> {
  const session = await Session.open(lite, options);
  const pool = new pg.Pool({
    max: MAX_CLIENTS,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    types: columnTypes,
    // pg's types ask for a net.Socket; it uses the few methods that Connection has.
    stream: () => new Connection(session) as unknown as Socket,
  });
  survivesBrokenConnections(pool, options.log);
  return {
    pool,
    unhurried: async (work) => {
      const client = await pool.connect();
      try {
        await work(client);
      } finally {
        // Closed, not kept: work that failed may have left a transaction open.
        client.release(true);
      }
    },
    close: async () => {
      await drain(pool, () => session.disconnectAll(), options.drainMs);
      await lite.close();
    },
  };
}
