import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenAt } from '../kernel/listening.ts';

/** What can be broken, by the word in the path: `POST /break/api`. */
export const faults = {
  api: 'the API answers 503',
  slow: 'the API takes 900 ms',
  database: 'the API has lost its database',
  logins: 'somebody tries passwords: 42 failed logins in the last hour',
} as const;

type Fault = keyof typeof faults;

export interface Clinic {
  url: string;
  close(): Promise<void>;
}

/** A small clinic platform to watch and to break, on loopback. `POST /break/<fault>`, `POST /repair`. */
export async function startClinic(port: number, startedAt: Date): Promise<Clinic> {
  const broken = new Set<Fault>();
  const server = createServer(async (req, res) => {
    const path = req.url ?? '/';
    const send = (status: number, body: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (req.method === 'POST') {
      req.resume();
      return void send(...change(path, broken));
    }
    if (broken.has('slow')) await new Promise((resolve) => setTimeout(resolve, 900));
    if (path === '/api/health') {
      if (broken.has('api')) return void send(503, { status: 'unavailable' });
      const database = broken.has('database') ? 'disconnected' : 'connected';
      return void send(200, { status: broken.has('database') ? 'degraded' : 'healthy', database, redis: 'connected' });
    }
    if (path === '/api/health/metrics') return void send(200, metrics(broken, startedAt));
    return void send(200, { clinic: 'demo', faults, broken: [...broken] });
  });
  await listenAt(server, { host: '127.0.0.1', port, portSetting: 'DEMO_PORT, and the same port in ops.yml' });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function change(path: string, broken: Set<Fault>): [number, unknown] {
  const [, verb, word] = path.split('/');
  if (verb === 'repair') broken.clear();
  else if (verb === 'break' && word !== undefined && word in faults) broken.add(word as Fault);
  else return [404, { error: 'POST /break/<fault> or /repair', faults }];
  return [200, { broken: [...broken].map((fault) => faults[fault]) }];
}

function metrics(broken: ReadonlySet<Fault>, startedAt: Date): unknown {
  return {
    system: { startedAt },
    business: { patients: { active: 1284 } },
    security: { failedAuth: { lastHour: broken.has('logins') ? 42 : 1 } },
    database: { connected: !broken.has('database'), latency: broken.has('slow') ? 240 : 4 },
  };
}
