import type { RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { listenAt } from '../kernel/listening.ts';
import type { Certificate } from './certificates.ts';
import { demoPortSetting } from './ports.ts';

export interface TlsEndpoint {
  url: string;
  /** New connections get this certificate; before the first one they wait. */
  serve(certificate: Certificate): void;
  close(): Promise<void>;
}

/** HTTPS on a port of loopback. Throws OpsError `unavailable` when the port can't be had. */
export async function openTls(port: number, listener: RequestListener): Promise<TlsEndpoint> {
  const secure = createSecure(listener);
  const certified = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void certified.promise.then(() => secure.emit('connection', socket));
  });
  await listenAt(server, { host: '127.0.0.1', port, portSetting: demoPortSetting });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: ({ key, cert, ca }) => {
      secure.setSecureContext({ key, cert: cert + ca });
      certified.resolve();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
