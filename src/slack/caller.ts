import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient, WebClientOptions } from '@slack/web-api';
import { PortError } from '../kernel/errors.ts';
import { type Failure, failureOf, isDeadToken, portError } from './failures.ts';
import type { SlackMethod } from './scopes.ts';

export type Answer = Record<string, unknown>;

/**
 * One call to Slack's Web API. Waits as a 429 asks, as long as `patienceMs` (default 30 s) allows; repeats nothing else.
 * @throws PortError; reason `unconfirmed` when it may have happened.
 */
export type Call = (method: SlackMethod, args: Answer, options?: CallOptions) => Promise<Answer>;

interface CallOptions {
  patienceMs?: number;
  /** Calls of one lane wait for each other's 429; default: the method. */
  lane?: string;
  /** Look-ups go through a client of their own, so that they never stand before a post. */
  slow?: true;
  /** Harmless to repeat after an ambiguous failure: tried three times in all. */
  idempotent?: true;
}

/** Hears of every call that has ended; `outcome` is `ok` or a PortError's reason. */
export type CallWatch = (call: { method: SlackMethod; outcome: string; durationMs: number }) => void;

/** What the caller tells about the token: the word Slack refuses it with, or that it works. */
export interface TokenWatch {
  refused(word: string): void;
  accepted(): void;
}

/**
 * Slack is not idempotent: a deadline, and no retry that we have not thought about. A call on its way ends at once when
 * `signal` is aborted: a request that hangs would keep a stopping process alive.
 */
export function clientOptions(apiUrl: string | undefined, timeoutMs: number, signal: AbortSignal): WebClientOptions {
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: (url, init) =>
      fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
  };
}

const defaultPatienceMs = 30_000;
const idempotentTries = 3;

export function createCall(options: {
  client: WebClient;
  slowClient: WebClient;
  token: TokenWatch;
  signal: AbortSignal;
  watch?: CallWatch;
}): Call {
  const openAtMs = new Map<string, number>();

  return async (method, args, { patienceMs = defaultPatienceMs, lane = method, slow, idempotent } = {}) => {
    const giveUpAtMs = performance.now() + patienceMs;
    for (let tries = 1; ; tries += 1) {
      await laneOpens(lane, giveUpAtMs, method);
      if (options.signal.aborted) throw stopped(method);
      const begunMs = performance.now();
      const ended = (outcome: string) => options.watch?.({ method, outcome, durationMs: performance.now() - begunMs });
      try {
        const answer = await (slow ? options.slowClient : options.client).apiCall(method, args);
        ended('ok');
        options.token.accepted();
        return { ...answer };
      } catch (error) {
        if (options.signal.aborted) throw stopped(method);
        const failure = failureOf(error);
        ended(portError(method, failure, error).reason);
        if (failure.kind === 'refused' && isDeadToken(failure.error)) options.token.refused(failure.error);
        if (failure.kind === 'rate_limited') closeLane(lane, failure.afterMs);
        else if (!(idempotent && mayRepeat(failure) && tries < idempotentTries))
          throw portError(method, failure, error);
      }
    }
  };

  /** Calls of a lane overlap: a shorter pause that another one is asked for takes nothing off a longer one. */
  function closeLane(lane: string, forMs: number): void {
    openAtMs.set(lane, Math.max(openAtMs.get(lane) ?? 0, performance.now() + forMs));
  }

  async function laneOpens(lane: string, giveUpAtMs: number, method: SlackMethod): Promise<void> {
    const atMs = openAtMs.get(lane) ?? 0;
    const leftMs = atMs - performance.now();
    if (atMs > giveUpAtMs) {
      throw portError(method, { kind: 'rate_limited', afterMs: Math.max(0, Math.ceil(leftMs)) }, undefined);
    }
    if (leftMs <= 0) return;
    await wait(leftMs, undefined, { signal: options.signal }).catch(() => 'aborted: the caller looks at the signal');
  }
}

/** What was on its way when the bot stopped: nobody knows whether it happened, and nothing is tried again. */
function stopped(method: SlackMethod): PortError {
  return new PortError('stopped', `the bot stopped before Slack answered ${method}`, { retryable: false });
}

function mayRepeat(failure: Failure): boolean {
  return failure.kind === 'ambiguous' || failure.kind === 'not_sent';
}
