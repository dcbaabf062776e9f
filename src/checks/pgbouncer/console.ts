import type pg from 'pg';
import { type Place, type Server, type Talked, talkToPostgres } from '../postgres/connection.ts';

/** One row of a SHOW, by column: versions have more or fewer of them. */
export type Row = Readonly<Record<string, string | null>>;

const shown = ['pools', 'databases', 'lists', 'config', 'stats'] as const;
export type Shown = Record<(typeof shown)[number], Row[]>;

/** Asks the admin console; it takes plain SHOW commands alone, no transaction and no prepared statement. */
export function askConsole(server: Server, signal: AbortSignal): Promise<Talked<Shown>> {
  return talkToPostgres(server, (client) => showAll(client), signal);
}

async function showAll(client: pg.Client): Promise<Shown> {
  const rows: Partial<Shown> = {};
  for (const name of shown) rows[name] = (await client.query<Row>(`show ${name}`)).rows;
  return rows as Shown;
}

/** Why the console would not say, where PostgreSQL's own errors mean something else. */
export function consoleRefusal(
  error: Error,
  { host, database, user }: Place,
): { reason: 'denied' | 'misconfigured'; message: string; next: string } | undefined {
  const text = error.message;
  if (/unrecognized configuration parameter|unexpected response|syntax error/i.test(text)) {
    const next = 'name its admin console in the DSN: postgres://user:password@host:6432/pgbouncer';
    return { reason: 'misconfigured', message: `${host}/${database} is no console of PgBouncer`, next };
  }
  if (/not allowed|admin access needed|permission denied/i.test(text)) {
    return {
      reason: 'denied',
      message: `${host} does not let ${user} see it`,
      next: `add ${user} to stats_users in pgbouncer.ini, then RELOAD`,
    };
  }
  if (/no such user|password authentication failed|SASL authentication failed|auth(entication)? failed/i.test(text)) {
    return {
      reason: 'denied',
      message: `${host} refuses ${user}`,
      next: 'check user and password in the DSN, and auth_file',
    };
  }
  return undefined;
}
