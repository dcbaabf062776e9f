import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { OpsError } from './errors.ts';

/** Where a server listens, and the settings that change it. */
export interface Place {
  host: string;
  port: number;
  portSetting: string;
  hostSetting?: string;
}

/** Listens. Throws OpsError('unavailable') that says what to change when this place can't be had. */
export async function listenAt(server: NetServer, place: Place): Promise<void> {
  server.listen(place.port, place.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw explainListening(error, place);
  });
}

/** The error of `listen` in words and with a remedy; an unexpected one as it is. */
export function explainListening(error: unknown, { host, port, portSetting, hostSetting }: Place): unknown {
  const [message, hint] = words();
  return message === undefined ? error : new OpsError('unavailable', message, { hint, cause: error });

  function words(): [message?: string, hint?: string] {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        return [`Port ${port} on ${host} is in use`, `stop what uses it, or set ${portSetting}`];
      case 'EACCES':
        return [`This user may not listen on port ${port} of ${host}`, `set ${portSetting} to 1024 or above`];
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EINVAL':
        return [`${host} is no address of this machine`, hostSetting && `set ${hostSetting} to 127.0.0.1 or 0.0.0.0`];
      default:
        return [];
    }
  }
}

/** Takes no more connections; those that are still busy after `graceMs` are cut off. */
export async function closeServer(server: Server, graceMs = 1_000): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
