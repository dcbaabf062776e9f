import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject } from '../args.ts';
import type { WorkspaceEvents } from '../events.ts';
import { newSecret } from '../ids.ts';
import { SOCKETS_PER_APP } from '../limits.ts';
import type { Json } from '../world.ts';
import type { Deadline, Parcel, Receipt, Transport } from './transport.ts';

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

interface Waiting {
  envelope: Json;
  /** The socket it went to; undefined while that socket is gone and no other has come. */
  socket: WebSocket | undefined;
  settle(receipt: Receipt): void;
}

const PING_INTERVAL_MS = 10_000;
const DEBUG_HOST = 'applink-local';

/** Socket Mode: several WebSockets, each envelope to any one of them, acknowledged by its id. */
export class SocketTransport implements Transport {
  readonly via = 'socket';
  /** Called when a connection opens. */
  onConnected: () => void = () => {};
  /** How many of the next envelopes are sent twice. */
  duplicates = 0;
  private readonly sockets: WebSocket[] = [];
  private readonly tickets = new Set<string>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly upgrader = new WebSocketServer({ noServer: true });
  private readonly events: WorkspaceEvents;
  private readonly deadline: Deadline;
  private last: Json | undefined;
  private turn = 0;
  private readonly pinger: NodeJS.Timeout;

  constructor(server: Server, events: WorkspaceEvents, deadline: Deadline) {
    this.events = events;
    this.deadline = deadline;
    server.on('upgrade', (request, stream, head) => this.upgrade(request, stream, head));
    this.pinger = setInterval(() => {
      for (const socket of this.sockets) socket.ping();
    }, PING_INTERVAL_MS);
    this.pinger.unref();
  }

  get connections(): number {
    return this.sockets.length;
  }

  /** A ticket for one connection. */
  ticket(): string {
    const ticket = newSecret();
    this.tickets.add(ticket);
    return ticket;
  }

  send({ type, payload, attempt, retryReason }: Parcel): Promise<Receipt> {
    const envelope = {
      envelope_id: crypto.randomUUID(),
      type,
      payload,
      accepts_response_payload: type !== 'events_api',
      ...(type === 'events_api' && { retry_attempt: attempt, retry_reason: retryReason ?? '' }),
    };
    this.last = envelope;
    return this.dispatch(envelope);
  }

  repeat(shiftSeconds?: number): Promise<Receipt> {
    if (!this.last) throw new Error('Nothing was delivered yet');
    if (shiftSeconds) throw new Error('Socket Mode envelopes carry no signature to shift');
    return this.dispatch(this.last);
  }

  /** Tells every connection to go away, as Slack does before it recycles a host. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of this.sockets)
      sendJson(socket, { type: 'disconnect', reason, debug_info: { host: DEBUG_HOST } });
  }

  /** Breaks every connection without a word. */
  drop(): void {
    for (const socket of [...this.sockets]) socket.terminate();
  }

  close(): void {
    clearInterval(this.pinger);
    this.drop();
    this.upgrader.close();
  }

  private dispatch(envelope: Json): Promise<Receipt> {
    const socket = this.nextSocket();
    if (!socket) return Promise.resolve({ outcome: 'failed', reason: 'not_connected' });
    const id = String(envelope.envelope_id);
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.waiting.get(id)?.settle({ outcome: 'timeout', reason: 'timeout' }),
        this.deadline.ms,
      );
      const settle = (receipt: Receipt) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(receipt);
      };
      this.waiting.set(id, { envelope, socket, settle });
      sendJson(socket, envelope);
      if (this.duplicates > 0) {
        this.duplicates -= 1;
        sendJson(this.nextSocket() ?? socket, envelope);
      }
    });
  }

  private nextSocket(): WebSocket | undefined {
    this.turn += 1;
    return this.sockets[this.turn % Math.max(1, this.sockets.length)];
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!this.tickets.delete(url.searchParams.get('ticket') ?? '')) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.upgrader.handleUpgrade(request, stream, head, (socket) =>
      this.welcome(socket, url.searchParams.get('app_id') ?? ''),
    );
  }

  private welcome(socket: WebSocket, appId: string): void {
    if (this.sockets.length >= SOCKETS_PER_APP) {
      sendJson(socket, { type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: DEBUG_HOST } });
      socket.close();
      return;
    }
    this.sockets.push(socket);
    socket.on('message', (data) => this.acknowledge(String(data)));
    socket.on('close', () => this.farewell(socket));
    sendJson(socket, {
      type: 'hello',
      num_connections: this.sockets.length,
      connection_info: { app_id: appId },
      debug_info: { host: DEBUG_HOST, approximate_connection_time: 18_060 },
    });
    this.onConnected();
    this.events.emit({ type: 'socket_opened', sockets: this.sockets.length });
    this.redeliver();
  }

  private farewell(socket: WebSocket): void {
    const index = this.sockets.indexOf(socket);
    if (index >= 0) this.sockets.splice(index, 1);
    for (const entry of this.waiting.values()) if (entry.socket === socket) entry.socket = undefined;
    this.events.emit({ type: 'socket_closed', sockets: this.sockets.length });
    this.redeliver();
  }

  /** What a lost connection left unacknowledged goes to another one. */
  private redeliver(): void {
    for (const entry of this.waiting.values()) {
      if (entry.socket) continue;
      entry.socket = this.nextSocket();
      if (entry.socket) sendJson(entry.socket, entry.envelope);
    }
  }

  private acknowledge(text: string): void {
    const message: unknown = JSON.parse(text);
    if (!isObject(message) || typeof message.envelope_id !== 'string') return;
    const ack = isObject(message.payload) && Object.keys(message.payload).length > 0 ? message.payload : undefined;
    this.waiting.get(message.envelope_id)?.settle({ outcome: 'acked', ack });
  }
}

function sendJson(socket: WebSocket, body: Json): void {
  socket.send(JSON.stringify(body));
}
