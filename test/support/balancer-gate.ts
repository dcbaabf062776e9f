import { connect, createServer, type Socket } from 'node:net';
import { listenOn } from './listen.ts';

/** A TCP way to a server that can be shut, and whose connections can be left half-open. */
export interface Gate {
  port: number;
  /** New connections are cut off at once, old ones too. */
  shut(): void;
  open(): void;
  /** What is connected now stays connected, and nothing passes any more; new connections work. */
  freeze(): void;
  close(): void;
}

/** Listens on 127.0.0.1 and forwards to a port there. */
export async function startGate(options: { to: number; shut?: boolean }): Promise<Gate> {
  let isShut = options.shut ?? false;
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((inward) => {
    if (isShut) return void inward.destroy();
    const outward = connect(options.to, '127.0.0.1');
    const pair: [Socket, Socket] = [inward, outward];
    pairs.add(pair);
    inward.pipe(outward).pipe(inward);
    for (const socket of pair) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  const destroyAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: await listenOn(server),
    shut() {
      isShut = true;
      destroyAll();
    },
    open: () => {
      isShut = false;
    },
    freeze() {
      for (const [inward, outward] of pairs) {
        inward.unpipe(outward).pause();
        outward.unpipe(inward).pause();
      }
    },
    close() {
      destroyAll();
      server.close();
    },
  };
}
