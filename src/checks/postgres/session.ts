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
    const { fields, rows } = await ask(client, question);
    const answeredMs = performance.now();
    await client.end();
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

/** The limits are `set local`, not connection parameters: PgBouncer refuses those. */
async function ask(client: pg.Client, question: Question): Promise<pg.QueryArrayResult<(string | null)[]>> {
  await client.query(
    `begin read only; set local statement_timeout = ${question.statementTimeoutMs}; set local lock_timeout = ${question.lockTimeoutMs}`,
  );
  // The extended protocol takes one statement only, so no second one can leave the transaction.
  const query = { text: question.sql, rowMode: 'array' as const, queryMode: 'extended' };
  return client.query<(string | null)[]>(query);
}
