import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOn } from './listen.ts';

/** A statement on its way to PostgreSQL, or answered by it. */
export interface Statement {
  text: string;
  /** As text; binary ones are unreadable. */
  params: string[];
  /** The statements of the transaction it is in, itself the last; `begin` included. Alone outside of one. */
  transaction: readonly string[];
}

/** `hold` keeps back what is on its way, for good, and breaks the connection: the statement, or the answer to it. */
export type WatchStatement = (statement: Statement, moment: 'before' | 'after') => 'hold' | undefined;

export interface WireProxy {
  /** The same database, through the proxy. */
  url: string;
  close(): Promise<void>;
}

/** Stands between a process and its PostgreSQL server and sees each statement before it arrives and after it was answered. */
export async function wireProxy(databaseUrl: string, watch: WatchStatement): Promise<WireProxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      // Whichever end breaks, the other learns it as it would without a proxy.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    relay(client, upstream, watch);
  });
  const port = await listenOn(server);
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One connection. `pg` waits for the answer to each statement before it sends the next. */
function relay(client: Socket, server: Socket, watch: WatchStatement): void {
  const asked = frames({ startup: true });
  const answered = frames({ startup: false });
  let text = '';
  let params: string[] = [];
  let transaction: string[] = [];
  let waiting: Statement | undefined;
  let batch: Buffer[] = [];

  client.on('data', (chunk) => {
    for (const { type, body, bytes } of asked(chunk)) {
      if (type === 'Q') text = cString(body, 0).value;
      if (type === 'P') text = cString(body, cString(body, 0).end).value;
      if (type === 'B') params = boundParams(body);
      if ((type === 'Q' || type === 'E') && waiting === undefined) {
        if (/^begin/i.test(text)) transaction = [];
        transaction.push(text);
        waiting = { text, params, transaction: [...transaction] };
        params = [];
      }
      batch.push(bytes);
      // Kept together: PostgreSQL would begin to carry out what is not complete yet.
      if ('PBDEC'.includes(type) && type !== '') continue;
      if (waiting && (type === 'Q' || type === 'S') && watch(waiting, 'before') === 'hold')
        return void client.destroy();
      server.write(Buffer.concat(batch));
      batch = [];
    }
  });

  server.on('data', (chunk) => {
    for (const { type, body, bytes } of answered(chunk)) {
      if (type === 'Z' && waiting) {
        const statement = waiting;
        waiting = undefined;
        // `I`: no transaction is open any more.
        if (body.toString() === 'I') transaction = [];
        if (watch(statement, 'after') === 'hold') return void client.destroy();
      }
      client.write(bytes);
    }
  });
}

interface Frame {
  /** Empty for the first message of a client, which has none. */
  type: string;
  body: Buffer;
  /** As it came. */
  bytes: Buffer;
}

/** Cuts a stream into messages of the protocol. */
function frames({ startup }: { startup: boolean }): (chunk: Buffer) => Frame[] {
  let rest = Buffer.alloc(0);
  let first = startup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: Frame[] = [];
    for (;;) {
      const head = first ? 0 : 1;
      if (rest.length < head + 4) return found;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return found;
      const bytes = rest.subarray(0, end);
      found.push({ type: bytes.toString('latin1', 0, head), body: bytes.subarray(head + 4), bytes });
      rest = rest.subarray(end);
      first = false;
    }
  };
}

function cString(body: Buffer, from: number): { value: string; end: number } {
  const end = body.indexOf(0, from);
  return { value: body.toString('utf8', from, end), end: end + 1 };
}

/** The parameters of a Bind message. */
function boundParams(body: Buffer): string[] {
  let at = cString(body, cString(body, 0).end).end;
  at += 2 + 2 * body.readInt16BE(at);
  const count = body.readInt16BE(at);
  at += 2;
  const params: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    params.push(length < 0 ? '' : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return params;
}
