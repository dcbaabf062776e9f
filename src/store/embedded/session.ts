import type { PGlite } from '@electric-sql/pglite';
import { Turns } from './turns.ts';
import { queryMessage, readAnswer, rollbackMessages, startupPacket, type TransactionStatus } from './wire.ts';

/** One end of a virtual connection. */
export interface Peer {
  /** Bytes from the database to this client. */
  deliver(bytes: Buffer): void;
  destroy(error?: Error): void;
}

/** How long a query may wait for another one's transaction. */
const PATIENCE_MS = 15_000;

export interface SessionOptions {
  patienceMs?: number;
  /** Clients that know nothing of each other: what one leaves in the session (SET, prepared statements, temporary tables) is discarded before another's turn. */
  strangers?: boolean;
}

const waitedTooLong = (patienceMs: number): Error =>
  new Error(
    `embedded database: waited ${patienceMs / 1000} s for another transaction to end ` +
      '(is a query made outside its own open transaction?)',
  );

/** The one session of a PGlite, lent to a connection from its first message until it is idle again: a whole transaction. */
export class Session {
  readonly greeting: Buffer;
  private readonly lite: PGlite;
  private readonly turns: Turns<Peer>;
  private readonly peers = new Set<Peer>();
  private readonly strangers: boolean;
  private status: TransactionStatus | undefined = 'I';
  private last: Peer | undefined;

  private constructor(lite: PGlite, greeting: Buffer, { patienceMs = PATIENCE_MS, strangers = false }: SessionOptions) {
    this.lite = lite;
    this.greeting = greeting;
    this.strangers = strangers;
    this.turns = new Turns(patienceMs, () => waitedTooLong(patienceMs));
  }

  /** Greets the database once; each client gets a copy of its greeting. */
  static async open(lite: PGlite, options: SessionOptions = {}): Promise<Session> {
    return new Session(lite, await speak(lite, startupPacket('postgres', 'postgres')), options);
  }

  enter(peer: Peer): void {
    this.peers.add(peer);
  }

  /** Runs one batch for a connection, waiting for its turn. Rejects when the wait is too long or the connection leaves. */
  async run(peer: Peer, batch: Buffer): Promise<void> {
    await this.turns.take(peer);
    if (this.strangers && this.last !== peer) await speak(this.lite, queryMessage('discard all'));
    this.last = peer;
    const answer = await speak(this.lite, batch);
    const { status, notifications } = readAnswer(answer);
    this.status = status;
    // LISTEN belongs to the one session, so every client hears; pg drops what has no listener.
    for (const other of notifications.length > 0 ? this.peers : []) {
      if (other !== peer) for (const notification of notifications) other.deliver(notification);
    }
    peer.deliver(answer);
    if (status === 'I') this.turns.give(peer);
  }

  /** A connection is gone and runs nothing any more: its open transaction is rolled back, its turn passes on. */
  async leave(peer: Peer): Promise<void> {
    this.peers.delete(peer);
    if (this.last === peer) this.last = undefined;
    if (!this.turns.holds(peer)) return;
    try {
      if (this.status !== 'I' && !this.lite.closed) {
        this.status = readAnswer(await speak(this.lite, rollbackMessages())).status;
      }
    } finally {
      this.turns.give(peer);
    }
  }

  /** A connection that waits for its turn waits no longer. */
  stopWaiting(peer: Peer): void {
    this.turns.refuse(peer, new Error('embedded database: connection closed'));
  }

  /** Closes every connection, whatever it does. */
  disconnectAll(): void {
    for (const peer of [...this.peers]) peer.destroy(new Error('embedded database: closing'));
  }
}

/** Sends protocol messages to PGlite and gathers the answer; a failed query is part of the answer. */
async function speak(lite: PGlite, messages: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  await lite.runExclusive(() =>
    // PGlite reuses the memory behind `part`, hence the copy.
    lite.execProtocolRawStream(messages, { onRawData: (part) => void parts.push(Buffer.from(part)) }),
  );
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
