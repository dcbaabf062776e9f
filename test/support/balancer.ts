import { createServer, request } from 'node:http';
import { readBody } from '../../src/web/body.ts';
import { listenOn } from './listen.ts';

export interface Balancer {
  url: string;
  /** Ports of 127.0.0.1 that get requests, one after the other. */
  ports: number[];
  close(): void;
}

/** Round robin over HTTP, as a balancer of the network does it: who does not listen or answers 503 is passed over. */
export async function startBalancer(ports: number[] = []): Promise<Balancer> {
  let turn = 0;
  const server = createServer(async (req, res) => {
    const body = await readBody(req);
    for (let tries = 0; tries < balancer.ports.length; tries += 1) {
      turn += 1;
      const port = balancer.ports[turn % balancer.ports.length]!;
      const answer = await forward(port, body).catch(() => undefined);
      if (!answer || answer.status === 503) continue;
      return void res.writeHead(answer.status, answer.type ? { 'content-type': answer.type } : {}).end(answer.body);
    }
    res.writeHead(502).end();

    function forward(port: number, sent: Buffer) {
      return new Promise<{ status: number; type: string | undefined; body: Buffer }>((resolve, reject) => {
        const { method, url, headers } = req;
        const out = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, async (inward) => {
          const chunks: Buffer[] = [];
          for await (const chunk of inward as AsyncIterable<Buffer>) chunks.push(chunk);
          resolve({ status: inward.statusCode!, type: inward.headers['content-type'], body: Buffer.concat(chunks) });
        });
        out.on('error', reject).end(sent);
      });
    }
  });
  const balancer: Balancer = {
    url: `http://127.0.0.1:${await listenOn(server)}`,
    ports,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return balancer;
}
