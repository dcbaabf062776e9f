import { createServer, type IncomingMessage, type Server } from 'node:http';
import { listenOn } from './listen.ts';

/** What a stand-in answers; `hang` never answers, `drop` breaks the connection. */
export type StandInAnswer = { status: number; body: string; type?: string } | 'hang' | 'drop';

/** A server in the place of a vendor's, with one answer for each path. */
export class StandIn {
  /** `GET /abilities` and who asked, in order. */
  readonly asked: { line: string; authorization: string | undefined; body: string }[] = [];
  readonly #server: Server;
  url = '';

  constructor(answer: (path: string) => StandInAnswer) {
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { method, url = '/', headers } = request;
        this.asked.push({ line: `${method} ${url}`, authorization: headers.authorization, body });
        const said = answer(url);
        if (said === 'drop') request.socket.destroy();
        else if (said !== 'hang') {
          response.writeHead(said.status, { 'content-type': said.type ?? 'application/json' }).end(said.body);
        }
      });
    });
  }

  async start(): Promise<string> {
    this.url = `http://127.0.0.1:${await listenOn(this.#server)}`;
    return this.url;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
