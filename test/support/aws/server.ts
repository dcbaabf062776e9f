import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsRefusal } from './refusal.ts';
import { type Authorization, parseAuthorization } from './sigv4.ts';

export interface Asked {
  region: string;
}

/** One AWS service that speaks AWS JSON: an operation throws AwsRefusal or returns what goes out. */
export interface AwsService {
  /** Of IAM actions and in the credential scope: `ecs`, `monitoring`. */
  signingName: string;
  iamPrefix: string;
  /** Before the dot in X-Amz-Target. */
  target: string;
  contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  operations: Record<string, (input: Record<string, unknown>, asked: Asked) => unknown>;
}

export type Fault =
  | 'denied'
  | 'explicitly denied'
  | 'throttled'
  | 'expired'
  | 'unknown key'
  | 'not subscribed'
  | 'internal'
  | 'unavailable'
  | 'garbage'
  | 'hang'
  | 'drop';

interface ActiveFault {
  fault: Fault;
  action: string | undefined;
  left: number;
}

export interface AwsCall {
  /** `ecs:ListServices`. */
  action: string;
  region: string;
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
  #waiting: { action: string; resolve: (call: AwsCall) => void }[] = [];

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

  /** The next call of an action, as soon as it has arrived. */
  nextCall(action: string): Promise<AwsCall> {
    return new Promise((resolve) => this.#waiting.push({ action, resolve }));
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
    const [target, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const service = this.#services.find((one) => one.target === target);
    if (!service || request.method !== 'POST' || request.url !== '/')
      return refuse(response, undefined, new AwsRefusal('UnknownOperationException', '', { status: 404 }));
    const run = service.operations[operation];
    try {
      if (request.headers['content-type'] !== service.contentType || !run)
        throw new AwsRefusal('UnknownOperationException', '');
      const { region } = parseAuthorization(request, service.signingName) satisfies Authorization;
      const input = parse(body);
      const call = { action: `${service.iamPrefix}:${operation}`, region, input, abandoned: abandonmentOf(response) };
      this.calls.push(call);
      this.#tellWaiting(call);
      const fault = this.#takeFault(call.action);
      if (fault === 'hang') return;
      if (fault === 'drop') return void request.socket.destroy();
      if (fault === 'garbage') return send(response, service, 200, '<html>proxy</html>');
      if (fault) throw refusalFor(fault, call.action);
      send(response, service, 200, JSON.stringify(run(input, { region })));
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      refuse(response, service, error);
    }
  }

  #tellWaiting(call: AwsCall): void {
    const told = this.#waiting.filter((one) => one.action === call.action);
    this.#waiting = this.#waiting.filter((one) => one.action !== call.action);
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

function parse(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsRefusal('SerializationException', 'Start of structure or map found where not expected.');
  return { ...value };
}

function abandonmentOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => !response.writableEnded && resolve()));
}

function send(
  response: ServerResponse,
  service: AwsService | undefined,
  status: number,
  body: string,
  headers = {},
): void {
  response.writeHead(status, {
    'content-type': service?.contentType ?? 'application/x-amz-json-1.1',
    'x-amzn-requestid': crypto.randomUUID(),
    ...headers,
  });
  response.end(body);
}

function refuse(response: ServerResponse, service: AwsService | undefined, refusal: AwsRefusal): void {
  const headers = refusal.queryCode ? { 'x-amzn-query-error': `${refusal.queryCode};Sender` } : {};
  const body = JSON.stringify({ __type: refusal.code, message: refusal.message });
  send(response, service, refusal.status, body, headers);
}

function refusalFor(fault: Exclude<Fault, 'hang' | 'drop' | 'garbage'>, action: string): AwsRefusal {
  const who = 'User: arn:aws:sts::123456789012:assumed-role/rounds/bot is not authorized to perform:';
  switch (fault) {
    case 'denied':
      return new AwsRefusal(
        'AccessDeniedException',
        `${who} ${action} because no identity-based policy allows the ${action} action`,
      );
    case 'explicitly denied':
      return new AwsRefusal(
        'AccessDeniedException',
        `${who} ${action} with an explicit deny in a service control policy`,
      );
    case 'throttled':
      return new AwsRefusal('ThrottlingException', 'Rate exceeded');
    case 'expired':
      return new AwsRefusal('ExpiredTokenException', 'The security token included in the request is expired');
    case 'unknown key':
      return new AwsRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
    case 'not subscribed':
      return new AwsRefusal('OptInRequired', 'The AWS Access Key Id needs a subscription for the service', {
        status: 403,
      });
    case 'internal':
      return new AwsRefusal('InternalFailure', 'The request processing has failed', { status: 500 });
    case 'unavailable':
      return new AwsRefusal('ServiceUnavailable', 'The request has failed due to a temporary failure', { status: 503 });
  }
}
