import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Args } from './args.ts';
import { parseArguments } from './body.ts';
import { append } from './bounded.ts';
import { SlackError } from './errors.ts';
import type { ApiCall } from './events.ts';
import { type Fault, Faults } from './faults.ts';
import { KEPT } from './limits.ts';
import type { Method } from './method.ts';
import { METHODS } from './methods/all.ts';
import { RateLimits } from './rates.ts';
import type { WorkspaceState } from './state.ts';
import { authenticate, presentedToken, requireScope } from './tokens.ts';
import type { Json, Token } from './world.ts';

export interface ApiRequest {
  method: string;
  headers: IncomingHttpHeaders;
  query: URLSearchParams;
  body: Buffer;
}

/** Sees a call before anything happened and after it took effect; `break` breaks the connection there. */
export type CallWatch = (call: { method: string; args: Json }, moment: 'before' | 'after') => 'break' | undefined;

export interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  /** Undefined for a bare HTTP error. */
  body?: Json;
}

/** Slack's Web API over the state: tokens, scopes, rates, faults, then the method. */
export class WebApi {
  readonly faults = new Faults();
  readonly rates = new RateLimits();
  readonly traffic: ApiCall[] = [];
  onCall: CallWatch | undefined;
  private readonly state: WorkspaceState;
  private readonly socketUrl: () => string;

  constructor(state: WorkspaceState, socketUrl: () => string) {
    this.state = state;
    this.socketUrl = socketUrl;
  }

  /** The answer, or undefined when the connection is to be broken instead. */
  async answer(request: ApiRequest): Promise<ApiAnswer | undefined> {
    const startedMs = performance.now();
    const at = this.state.clock.now();
    let fault = this.faults.take(request.method);
    let args: Json = {};
    let answer: ApiAnswer;
    try {
      args = await parseArguments(request.body, request.headers['content-type'] ?? '', request.query);
      if (this.onCall?.({ method: request.method, args }, 'before') === 'break') fault = { kind: 'drop-request' };
      answer = await this.perform(request, args, fault);
      if (this.onCall?.({ method: request.method, args }, 'after') === 'break') fault = { kind: 'drop-response' };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      answer = { status: 200, headers: {}, body: { ok: false, error: error.code, ...error.extra } };
    }
    const dropped = fault?.kind === 'drop-request' || fault?.kind === 'drop-response';
    const { token: _token, ...shown } = args;
    const call: ApiCall = {
      method: request.method,
      args: shown,
      ...(answer.body && !dropped && { answer: answer.body }),
      status: answer.status,
      tokenHint: presentedToken(request.headers, args)?.slice(0, 12) ?? '',
      ms: performance.now() - startedMs,
      at,
      faulted: fault !== undefined,
    };
    append(this.traffic, call, KEPT.calls);
    this.state.events.emit({ type: 'call', call });
    return dropped ? undefined : answer;
  }

  private async perform(request: ApiRequest, args: Json, fault: Fault | undefined): Promise<ApiAnswer> {
    if (fault?.kind === 'drop-request') return { status: 0, headers: {} };
    if (fault?.kind === 'delay') await delay(fault.ms);
    if (fault?.kind === 'http') return { status: fault.status, headers: {} };
    if (fault?.kind === 'ratelimited') return tooMany(fault.retryAfterSeconds);
    if (fault?.kind === 'error') throw new SlackError(fault.error);
    const method = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
    if (!method) throw new SlackError('unknown_method', { req_method: request.method });
    if (method.token === 'none') return { status: 200, headers: {}, body: { ok: true, ...this.run(method, args) } };
    const token = authenticate(this.state, presentedToken(request.headers, args));
    const headers = {
      'x-oauth-scopes': token.scopes.join(','),
      'x-accepted-oauth-scopes': method.scopes.join(','),
    };
    const tokenFits = request.method === 'auth.test' || (method.token ?? 'bot') === token.kind;
    if (!tokenFits) return { status: 200, headers, body: { ok: false, error: 'not_allowed_token_type' } };
    try {
      requireScope(token, method.scopes);
      const waitSeconds = this.rates.admit(request.method, method.tier, String(args.channel), this.state.realNowMs());
      if (waitSeconds !== undefined) return tooMany(waitSeconds);
      return { status: 200, headers, body: { ok: true, ...this.run(method, args, token) } };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return { status: 200, headers, body: { ok: false, error: error.code, ...error.extra } };
    }
  }

  private run(method: Method, args: Json, token: Token = NO_TOKEN): Json {
    return method.run({ state: this.state, args: new Args(args), token, socketUrl: this.socketUrl });
  }
}

const NO_TOKEN: Token = { value: '', kind: 'bot', scopes: [], status: 'live' };

function tooMany(seconds: number): ApiAnswer {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error: 'ratelimited' } };
}
