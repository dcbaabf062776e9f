import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, refusalFor } from './fault.ts';
import { AwsRefusal } from './refusal.ts';
import type { AwsService } from './service.ts';
import { parseAuthorization, signingNameOf } from './sigv4.ts';
import { emptyReply, type Reply, readQuestion, refusalReply, replyOf } from './wire.ts';

export type { Fault } from './fault.ts';
export type { AwsService } from './service.ts';

interface ActiveFault {
  fault: Fault;
  action: string | undefined;
  left: number;
}

export interface AwsCall {
  /** `ecs:ListServices`. */
  action: string;
  region: string;
  /** Whose keys signed it. */
  accessKeyId: string;
  input: Record<string, unknown>;
  /** Resolves when the client gave up before an answer. */
  abandoned: Promise<void>;
}

/**
 * A real HTTP server in AWS's place for any number of services: `AWS_ENDPOINT_URL` points at `url`. It checks protocol, target
 * and signature header of each request, keeps the calls, and can be broken: for all actions or for one, for good or a few times.
 */
export class AwsServer {
  readonly calls: AwsCall[] = [];
  #faults: ActiveFault[] = [];
  #server: Server;
  #services: AwsService[];
  #waiting: { action: string; region: string | undefined; resolve: (call: AwsCall) => void }[] = [];

  constructor(services: AwsService[]) {
    this.#services = services;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Starts listening on 127.0.0.1; port 0 takes a free one. */
  async start(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  break(fault: Fault, { action, times = Infinity }: { action?: string; times?: number } = {}): void {
    this.#faults.push({ fault, action, left: times });
  }

  mend(): void {
    this.#faults = [];
  }

  /** The next call of an action, in this region or in any, as soon as it has arrived. */
  nextCall(action: string, region?: string): Promise<AwsCall> {
    return new Promise((resolve) => this.#waiting.push({ action, region, resolve }));
  }

  /** How many calls each action got, since the start or the last `forget`. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { action } of this.calls) counts[action] = (counts[action] ?? 0) + 1;
    return counts;
  }

  forget(): void {
    this.calls.length = 0;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const service = this.#services.find((one) =>
      'target' in one ? one.target === targetOf(request) : one.signingName === signingNameOf(request),
    );
    try {
      if (!service) throw new AwsRefusal('UnknownOperationException', '', { status: 404 });
      const { operation, input, run } = readQuestion(service, request, body);
      const { region, accessKeyId } = parseAuthorization(request, service.signingName, isJson(service));
      const action = `${service.iamPrefix}:${operation}`;
      const call = { action, region, accessKeyId, input, abandoned: abandonmentOf(response) };
      this.calls.push(call);
      this.#tellWaiting(call);
      const fault = this.#takeFault(action);
      if (fault === 'hang') return;
      if (fault === 'drop') return void request.socket.destroy();
      if (fault === 'garbage') return send(response, { status: 200, headers: {}, body: '<html>proxy</html>' });
      if (fault === 'empty') return send(response, emptyReply(service, operation));
      if (fault) throw refusalFor(fault, action, service);
      send(response, replyOf(service, operation, run({ region, accessKeyId })));
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      send(response, refusalReply(service, error));
    }
  }

  #tellWaiting(call: AwsCall): void {
    const told = this.#waiting.filter(
      ({ action, region }) => action === call.action && (region === undefined || region === call.region),
    );
    this.#waiting = this.#waiting.filter((one) => !told.includes(one));
    for (const one of told) one.resolve(call);
  }

  #takeFault(action: string): Fault | undefined {
    const active = this.#faults.find((one) => one.left > 0 && (one.action === undefined || one.action === action));
    if (active) active.left -= 1;
    return active?.fault;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function targetOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[0]!;
}

function isJson({ protocol }: AwsService): boolean {
  return protocol === undefined || protocol === 'json';
}

function abandonmentOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => !response.writableEnded && resolve()));
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { 'x-amzn-requestid': crypto.randomUUID(), ...headers });
  response.end(body);
}
