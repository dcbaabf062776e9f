import type pg from 'pg';
import { type NoAnswer, type Place, type Server, talkToPostgres } from './connection.ts';

export interface Limits {
  /** The server gives a statement up after this long. */
  statementTimeoutMs: number;
  lockTimeoutMs: number;
}

export interface Question extends Server, Limits {
  /** One statement. */
  sql: string;
  /** The answer counts only when the user is a member of this role. */
  needsRole?: string;
}

/** What came of one question. `rows` hold PostgreSQL's own text form of each value. */
export type PostgresOutcome =
  | { kind: 'answer'; columns: string[]; rows: (string | null)[][]; connectMs: number; latencyMs: number; place: Place }
  /** The user is not in `needsRole`; the question was not asked. */
  | { kind: 'role_missing'; place: Place }
  | NoAnswer;

/** Asks one question in a read-only transaction on a connection of its own. Never rejects for what the server does. */
export async function askPostgres(question: Question, signal: AbortSignal): Promise<PostgresOutcome> {
  const talked = await talkToPostgres(question, (client) => ask(client, question), signal);
  if (talked.kind !== 'answer') return talked;
  const { answer, connectMs, latencyMs, place } = talked;
  if (answer === undefined) return { kind: 'role_missing', place };
  const columns = answer.fields.map((field) => field.name);
  return { kind: 'answer', columns, rows: answer.rows, connectMs, latencyMs, place };
}

/**
 * The limits are `set local`, not connection parameters: PgBouncer refuses those. With `row_security` off a policy that
 * would hide rows is an error (42501) and not a smaller answer.
 */
export async function beginReadOnly(client: pg.Client, { statementTimeoutMs, lockTimeoutMs }: Limits): Promise<void> {
  await client.query(
    `begin read only; set local statement_timeout = ${statementTimeoutMs}; set local lock_timeout = ${lockTimeoutMs}; set local row_security = off`,
  );
}

/** One statement: the extended protocol takes no second one, which could leave the transaction. */
export function oneStatement(client: pg.Client, sql: string): Promise<pg.QueryArrayResult<(string | null)[]>> {
  const query = { text: sql, rowMode: 'array' as const, queryMode: 'extended' };
  return client.query<(string | null)[]>(query);
}

/** Undefined = the user is not in `needsRole`. */
async function ask(client: pg.Client, question: Question): Promise<pg.QueryArrayResult<(string | null)[]> | undefined> {
  await beginReadOnly(client, question);
  const { needsRole, sql } = question;
  if (needsRole !== undefined) {
    const { rows } = await client.query("select pg_has_role(current_user, $1, 'usage')::text as member", [needsRole]);
    if (rows[0]?.member !== 'true') return undefined;
  }
  return oneStatement(client, sql);
}
