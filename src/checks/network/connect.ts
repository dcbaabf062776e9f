import type { LookupFunction } from 'node:net';
import { connect } from 'node:net';

export type Connection =
  | { kind: 'open'; address: string; latencyMs: number }
  | { kind: 'failed'; error: Error }
  /** The signal was aborted first. */
  | { kind: 'silent' };

/** Opens a TCP connection and closes it at once. `lookup` resolves the name (dns.lookup when left out). Never rejects. */
export function openConnection(
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<Connection> {
  if (signal.aborted) return Promise.resolve({ kind: 'silent' });
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Connection>();
  const socket = connect({ host, port, ...(lookup && { lookup }) });
  const settle = (connection: Connection) => {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    resolve(connection);
  };
  const onAbort = () => settle({ kind: 'silent' });
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', (error) => settle({ kind: 'failed', error }));
  socket.on('connect', () =>
    settle({ kind: 'open', address: socket.remoteAddress ?? '', latencyMs: performance.now() - startedMs }),
  );
  return promise;
}
