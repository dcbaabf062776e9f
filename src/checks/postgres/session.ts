import { Socket } from 'node:net';
import pg from 'pg';

export interface Question {
  /** postgres://… */
  dsn: string;
  /** One statement. */
  sql: string;
  /** The server gives a statement up after this long. */
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  /** What the server may send in all. */
  maxBytes: number;
  /** The answer counts only when the user is a member of this role. */
  needsRole?: string;
}

/** Where a question went; no secrets. */
export interface Place {
  host: string;
  database: string;
  user: string;
}

/** What came of one question. `rows` hold PostgreSQL's own text form of each value. */
export type PostgresOutcome =
  | { kind: 'answer'; columns: string[]; rows: (string | null)[][]; connectMs: number; latencyMs: number; place: Place }
  | { kind: 'failed'; error: Error; place: Place }
  /** The signal was aborted first. */
  | { kind: 'silent'; connected: boolean; place: Place }
  | { kind: 'too_large'; place: Place }
  /** The user is not in `needsRole`; the question was not asked. */
  | { kind: 'role_missing'; place: Place }
  | { kind: 'bad_dsn' };

/** Asks one question in a read-only transaction on a connection of its own. Never rejects for what the server does. */
export async function askPostgres(question: Question, signal: AbortSignal): Promise<PostgresOutcome> {
  const startedMs = performance.now();
  const opened = openClient(question.dsn);
  if (opened === undefined) return { kind: 'bad_dsn' };
  const { client, socket, place } = opened;
  if (signal.aborted) return { kind: 'silent', connected: false, place };

  let connected = false;
  let cut: PostgresOutcome | undefined;
  const cutOff = (outcome: PostgresOutcome) => {
    cut ??= outcome;
    client.connection.stream.destroy();
    socket.destroy();
  };
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > question.maxBytes) cutOff({ kind: 'too_large', place });
  };
  const onAbort = () => cutOff({ kind: 'silent', connected, place });
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('data', count);
  // An error outside a query reaches the query's own promise too, or ends the connection that `connect` waits for.
  client.on('error', () => socket.destroy());
  try {
    await client.connect();
    connected = true;
    // Behind TLS the bytes no longer pass the plain socket's events.
    if (client.connection.stream !== socket) client.connection.stream.on('data', count);
    const connectedMs = performance.now();
    const answer = await ask(client, question);
    const answeredMs = performance.now();
    await client.end();
    if (answer === undefined) return { kind: 'role_missing', place };
    const { fields, rows } = answer;
    const columns = fields.map((field) => field.name);
    return {
      kind: 'answer',
      columns,
      rows,
      connectMs: connectedMs - startedMs,
      latencyMs: answeredMs - connectedMs,
      place,
    };
  } catch (error) {
    if (cut !== undefined) return cut;
    if (!(error instanceof Error)) throw error;
    return { kind: 'failed', error, place };
  } finally {
    signal.removeEventListener('abort', onAbort);
    client.connection.stream.destroy();
    socket.destroy();
  }
}

/** Undefined = not a DSN; pg's own message about it would repeat the password. */
function openClient(dsn: string): { client: pg.Client; socket: Socket; place: Place } | undefined {
  if (!/^postgres(ql)?:\/\//.test(dsn)) return undefined;
  const socket = new Socket();
  try {
    const client = new pg.Client({
      connectionString: dsn,
      application_name: 'rounds',
      stream: () => socket,
      types: { getTypeParser: () => (text: string) => text },
    });
    const place = { host: `${client.host}:${client.port}`, database: client.database ?? '', user: client.user ?? '' };
    return { client, socket, place };
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/**
 * The limits are `set local`, not connection parameters: PgBouncer refuses those. With `row_security` off a policy that
 * would hide rows is an error (42501) and not a smaller answer. Undefined = the user is not in `needsRole`.
 */
async function ask(
  client: pg.Client,
  { sql, statementTimeoutMs, lockTimeoutMs, needsRole }: Question,
): Promise<pg.QueryArrayResult<(string | null)[]> | undefined> {
  await client.query(
    `begin read only; set local statement_timeout = ${statementTimeoutMs}; set local lock_timeout = ${lockTimeoutMs}; set local row_security = off`,
  );
  if (needsRole !== undefined) {
    const { rows } = await client.query("select pg_has_role(current_user, $1, 'usage')::text as member", [needsRole]);
    if (rows[0]?.member !== 'true') return undefined;
  }
  // The extended protocol takes one statement only, so no second one can leave the transaction.
  const query = { text: sql, rowMode: 'array' as const, queryMode: 'extended' };
  return client.query<(string | null)[]>(query);
}
