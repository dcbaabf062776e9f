import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallWatch } from '../api.ts';
import type { WorkspaceEvents } from '../events.ts';
import type { Fault, Faults } from '../faults.ts';
import type { Clock, Json } from '../world.ts';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Json;
}

/** What is asked, what a refusal looks like, and what happens when nothing goes wrong. */
export interface Asked {
  method: string;
  args: Json;
  invalid(errors: string[]): Answer;
  work(): Answer;
}

export interface Stage {
  faults: Faults;
  events: WorkspaceEvents;
  clock: Clock;
  /** Who sees each call before and after it took effect. */
  watch?: (() => CallWatch | undefined) | undefined;
}

/** One call, with the fault that is meant for it; told as a call, so that the drawer shows it beside Slack's. */
export async function play(
  { faults, events, clock, watch: watching }: Stage,
  { method, args, invalid, work }: Asked,
  response: ServerResponse,
): Promise<void> {
  const at = clock.now();
  const startedMs = performance.now();
  const watch = watching?.();
  let fault = faults.take(method);
  if (fault?.kind === 'delay') await delay(fault.ms);
  if (watch?.({ method, args }, 'before') === 'break') fault = { kind: 'drop-request' };
  const answer = refusedBy(fault, invalid) ?? work();
  if (watch?.({ method, args }, 'after') === 'break') fault = { kind: 'drop-response' };
  const dropped = fault?.kind === 'drop-request' || fault?.kind === 'drop-response';
  const call = {
    ...{ method, args, status: answer.status },
    ...(answer.body && !dropped && { answer: answer.body }),
    ...{ tokenHint: '', ms: performance.now() - startedMs, at, faulted: fault !== undefined },
  };
  events.emit({ type: 'call', call });
  if (dropped) response.destroy();
  else reply(response, answer);
}

/** The body, or undefined when it is larger than that; the rest is read and forgotten. */
export async function limitedBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function refusedBy(fault: Fault | undefined, invalid: Asked['invalid']): Answer | undefined {
  if (fault?.kind === 'drop-request') return { status: 0 };
  if (fault?.kind === 'http') return { status: fault.status };
  if (fault?.kind === 'ratelimited')
    return {
      status: 429,
      headers: { 'retry-after': String(fault.retryAfterSeconds) },
      body: { status: 'throttle exceeded' },
    };
  if (fault?.kind === 'error') return invalid([fault.error]);
  return undefined;
}

function reply(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
