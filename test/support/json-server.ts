import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { atFileEnd } from './leftovers.ts';
import { listenOn } from './listen.ts';

export interface JsonReply {
  status?: number;
  headers?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown;
}

/** An HTTP server on 127.0.0.1 whose answers a test decides; undefined = silence, 'cut' = it hangs up. */
export async function jsonServer(reply: (request: IncomingMessage, url: URL) => JsonReply | 'cut' | undefined) {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const answer = reply(request, new URL(request.url ?? '/', 'http://stand-in'));
    if (answer === 'cut') request.socket.destroy();
    else if (answer) send(response, answer);
  });
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  const port = await listenOn(server);
  atFileEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, open: () => sockets.size };
}

function send(response: ServerResponse, { status = 200, headers, body }: JsonReply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
}
