/** Codes of the startup packets that carry no type byte: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const PROTOCOL_3_0 = 196608;

const READY_FOR_QUERY = 0x5a;
const NOTIFICATION = 0x41;
const TERMINATE = 0x58;
const QUERY = 0x51;
const SYNC = 0x53;
/** Messages after which a server answers: Query, Sync, Flush, CopyDone, CopyFail. */
const ANSWERED = new Set([QUERY, SYNC, 0x48, 0x63, 0x66]);

/** PostgreSQL's own limit for the packet without a type byte: MAX_STARTUP_PACKET_LENGTH. */
const MAX_STARTUP_BYTES = 10_000;

/** What stands at the front of the bytes a client sent; `end` is the offset behind it. */
export type Front =
  | { kind: 'incomplete' }
  | { kind: 'startup' | 'encryption' | 'cancel' | 'terminate'; end: number }
  | { kind: 'batch'; end: number };

/** Reads the first packet of a connection, the one without a type byte. Throws when it is none. */
export function readStartup(input: Buffer): Front {
  if (input.length < 8) return { kind: 'incomplete' };
  const end = input.readInt32BE(0);
  if (end < 8 || end > MAX_STARTUP_BYTES) throw notTheProtocol();
  if (input.length < end) return { kind: 'incomplete' };
  const code = input.readInt32BE(4);
  if (code === CANCEL_REQUEST) return { kind: 'cancel', end };
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption', end };
  return { kind: 'startup', end };
}

function notTheProtocol(): Error {
  return new Error('embedded database: a client speaks something else than the PostgreSQL protocol');
}

/** Finds the messages up to the first one that a server answers: they go to the database in one call. Throws at an impossible length. */
export function readBatch(input: Buffer): Front {
  for (let at = 0; input.length >= at + 5; ) {
    const type = input[at]!;
    const end = at + 1 + input.readInt32BE(at + 1);
    if (end < at + 5) throw notTheProtocol();
    if (input.length < end) break;
    if (type === TERMINATE) return { kind: 'terminate', end };
    if (ANSWERED.has(type)) return { kind: 'batch', end };
    at = end;
  }
  return { kind: 'incomplete' };
}

/** I = idle, T = in a transaction, E = in a failed one. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Reads an answer: the transaction status it ends with (undefined after a Flush), and the notifications inside it. */
export function readAnswer(answer: Buffer): { status: TransactionStatus | undefined; notifications: Buffer[] } {
  let status: TransactionStatus | undefined;
  const notifications: Buffer[] = [];
  for (let at = 0; at + 5 <= answer.length; ) {
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (answer[at] === READY_FOR_QUERY) status = String.fromCharCode(answer[at + 5]!) as TransactionStatus;
    else if (answer[at] === NOTIFICATION) notifications.push(answer.subarray(at, end));
    at = end;
  }
  return { status, notifications };
}

/** The startup packet of protocol 3.0 for a user and a database. */
export function startupPacket(user: string, database: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(PROTOCOL_3_0, 4);
  return Buffer.concat([head, body]);
}

/** Ends an unfinished extended query, then rolls back. */
export function rollbackMessages(): Buffer {
  return Buffer.concat([Buffer.from([SYNC, 0, 0, 0, 4]), queryMessage('rollback')]);
}

/** A simple query. */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head[0] = QUERY;
  head.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}
