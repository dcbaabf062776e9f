import { Socket } from 'node:net';
import pg from 'pg';
import type { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { type Store, storeOver } from './store.ts';

/** Stands in for a database server that can't be reached: every query fails with `why` at once, the time is this machine's. */
export function absentStore(why: OpsError, log: Log): Store {
  const pool = new pg.Pool({ stream: () => new Unconnectable(why) });
  return storeOver('server', { pool, close: () => pool.end() }, log);
}

class Unconnectable extends Socket {
  private readonly why: OpsError;
  constructor(why: OpsError) {
    super();
    this.why = why;
  }

  override connect(): this {
    return this.destroy(this.why);
  }
}
