import type pg from 'pg';
import { type Place, type Server, type Talked, talkToPostgres } from '../postgres/connection.ts';

/** One row of a SHOW, by column: versions have more or fewer of them. */
export type Row = Readonly<Record<string, string | null>>;

const shown = ['pools', 'databases', 'lists', 'config', 'stats'] as const;
export type Shown = Record<(typeof shown)[number], Row[]> & {
  /** Undefined = it has no SHOW STATE, as 1.18 has none. */
  state: Row[] | undefined;
};

/** Asks the admin console; it takes plain SHOW commands alone, no transaction and no prepared statement. */
export function askConsole(server: Server, signal: AbortSignal): Promise<Talked<Shown>> {
  return talkToPostgres(server, (client) => showAll(client), signal);
}

async function showAll(client: pg.Client): Promise<Shown> {
  const rows: Partial<Shown> = {};
  for (const name of shown) rows[name] = (await client.query<Row>(`show ${name}`)).rows;
  return { ...(rows as Shown), state: await showState(client) };
}

async function showState(client: pg.Client): Promise<Row[] | undefined> {
  try {
    return (await client.query<Row>('show state')).rows;
  } catch (error) {
    if (error instanceof Error && /invalid command/i.test(error.message)) return undefined;
    throw error;
  }
}

export const consoleDsn = 'postgres://user:password@host:6432/pgbouncer';

/** Why the console would not say, where PgBouncer's words are not PostgreSQL's. Pure. */
export function consoleRefusal(
  { message }: Error,
  { host, user }: Place,
): { reason: 'denied' | 'misconfigured'; message: string; next: string } | undefined {
  if (/unrecognized configuration parameter|invalid command|database "pgbouncer" does not exist/i.test(message))
    return { reason: 'misconfigured', message: `${host} is no console of PgBouncer`, next: consoleDsn };
  if (/not allowed|no such user|authentication failed/i.test(message)) {
    const next = `check user and password in the DSN, and that ${user} stands in stats_users of pgbouncer.ini`;
    return { reason: 'denied', message: `${host} does not let ${user} see its console`, next };
  }
  return undefined;
}
