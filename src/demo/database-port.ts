import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Connection } from '../store/embedded/connection.ts';
import type { Session } from '../store/embedded/session.ts';

/** The embedded database on a TCP port of loopback. Who comes before it is ready waits. */
export class DatabasePort {
  private readonly session: () => Promise<Session>;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(session: () => Promise<Session>) {
    this.session = session;
  }

  /** Listens on a port (0 = any free one) and resolves with it. Rejects with the error of `listen`. */
  async open(port: number): Promise<number> {
    const server = createServer((socket) => void this.serve(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Refuses connections and cuts those that are open. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // Why the database did not open is told to whoever started it.
    const session = await this.session().catch(() => undefined);
    if (session === undefined || socket.destroyed) return void socket.destroy();
    const connection = new Connection(session);
    socket.on('close', () => connection.destroy());
    connection.on('error', () => socket.destroy());
    connection.on('close', () => socket.end());
    socket.pipe(connection).pipe(socket);
  }
}
