import { Socket } from 'node:net';
import pg from 'pg';
import { Unmeasured } from '../../kernel/check.ts';

export interface Server {
  /** postgres://… */
  dsn: string;
  /** Another database of that server than the one in the DSN. */
  database?: string;
  /** What the server may send in all. */
  maxBytes: number;
}

/** Where a question went; no secrets. */
export interface Place {
  host: string;
  database: string;
  user: string;
}

/** Why there is no answer. */
export type NoAnswer =
  | { kind: 'failed'; error: Error; place: Place }
  /** The signal was aborted first. */
  | { kind: 'silent'; connected: boolean; place: Place }
  | { kind: 'too_large'; place: Place }
  | { kind: 'bad_dsn' };

export type Talked<Answer> =
  | { kind: 'answer'; answer: Answer; connectMs: number; latencyMs: number; place: Place }
  | NoAnswer;

/**
 * Has `talk` ask its questions on a connection of its own, which is closed afterwards. Never rejects for what the server
 * does; throws what `talk` throws as Unmeasured.
 */
export async function talkToPostgres<Answer>(
  server: Server,
  talk: (client: pg.Client, place: Place) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Talked<Answer>> {
  const startedMs = performance.now();
  const opened = openClient(server);
  if (opened === undefined) return { kind: 'bad_dsn' };
  const { client, socket, place } = opened;
  if (signal.aborted) return { kind: 'silent', connected: false, place };

  let connected = false;
  let cut: NoAnswer | undefined;
  const cutOff = (outcome: NoAnswer) => {
    cut ??= outcome;
    client.connection.stream.destroy();
    socket.destroy();
  };
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > server.maxBytes) cutOff({ kind: 'too_large', place });
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
    const answer = await talk(client, place);
    const answeredMs = performance.now();
    await client.end();
    return {
      kind: 'answer',
      answer,
      connectMs: tenths(connectedMs - startedMs),
      latencyMs: tenths(answeredMs - connectedMs),
      place,
    };
  } catch (error) {
    if (cut !== undefined) return cut;
    if (error instanceof Unmeasured || !(error instanceof Error)) throw error;
    return { kind: 'failed', error, place };
  } finally {
    signal.removeEventListener('abort', onAbort);
    client.connection.stream.destroy();
    socket.destroy();
  }
}

/** Undefined = not a DSN; pg's own message about it would repeat the password. */
function openClient({ dsn, database }: Server): { client: pg.Client; socket: Socket; place: Place } | undefined {
  if (!/^postgres(ql)?:\/\//.test(dsn)) return undefined;
  const socket = new Socket();
  try {
    const client = new pg.Client({
      connectionString: database === undefined ? dsn : inDatabase(dsn, database),
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

function inDatabase(dsn: string, database: string): string {
  const url = new URL(dsn);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
