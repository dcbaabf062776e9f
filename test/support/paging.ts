import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from './listen.ts';

export interface Asked {
  line: string;
  body: string;
  authorization: string | undefined;
  /** Of a webhook. */
  signature: string | string[] | undefined;
}
type Behaviour = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void;

/** A server in the place of PagerDuty that behaves as the test says, request by request; the last behaviour stays. */
export class Misbehaving {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #behaviours: Behaviour[];
  url = '';

  constructor(...behaviours: Behaviour[]) {
    this.#behaviours = behaviours;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    this.url = `http://127.0.0.1:${await listenOn(this.#server)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url = '/', headers } = request;
    const signature = headers['x-pagerduty-signature'];
    const asked = { line: `${method} ${url}`, body, authorization: headers.authorization, signature };
    this.asked.push(asked);
    const behave = this.#behaviours.length > 1 ? this.#behaviours.shift() : this.#behaviours[0];
    behave?.(response, asked, request);
  }
}

/** Answers with this; an object as JSON, a text as it is. */
export function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): Behaviour {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  return (response) => void response.writeHead(status, { 'content-type': type, ...headers }).end(text);
}

/** Reads the request and never answers. */
export const hang: Behaviour = () => {};
/** Reads the request, then breaks the connection. */
export const reset: Behaviour = (_, __, request) => void request.socket.resetAndDestroy();
/** The status and the beginning of a body, then the connection breaks. */
export const breakOff: (status: number) => Behaviour = (status) => (response, _, request) => {
  response.writeHead(status, { 'content-length': '1000' });
  response.write('{"status":', () => request.socket.destroy());
};
