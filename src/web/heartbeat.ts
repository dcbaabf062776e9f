import { Unmeasured } from '../kernel/check.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** How a beat went; `problem` is why none went out. */
interface Beat {
  at: Date;
  problem?: string;
}

export interface Heartbeat {
  start(): void;
  /** Undefined before the first is over. */
  last(): Beat | undefined;
  /** Resolves when no beat is on its way. */
  stop(): Promise<void>;
}

export interface HeartbeatOptions {
  /** Where to knock; read at each beat, since it may be a secret that is rotated. Throws `Unmeasured` when it is not set. */
  url: () => string;
  /** What is wrong with this process now; undefined = all is well. */
  problem: () => Promise<string | undefined>;
  log: Log;
  clock: Clock;
  /** Default 60 s. */
  everyMs?: number;
  /** How long one beat may take; default 10 s. */
  timeoutMs?: number;
}

/**
 * Tells an outside watchdog that Rounds lives, by a GET every 60 s, and only while it can do its work: when the beats stop,
 * the watchdog tells people what Rounds can't. What it does is logged once, when it changes.
 */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { log, clock, everyMs = 60_000, timeoutMs = 10_000 } = options;
  const stopping = new AbortController();
  let beating: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let trouble: string | undefined;
  let last: Beat | undefined;

  async function beat(): Promise<void> {
    const now = await tryOnce();
    if (stopping.signal.aborted) return;
    if (now !== undefined && trouble === undefined) log.warn(`no heartbeat: ${now}`);
    if (now === undefined && trouble !== undefined) log.info('the heartbeat goes out again');
    trouble = now;
    last = { at: clock.now(), ...(now !== undefined && { problem: now }) };
  }

  /** Resolves to why no beat went out. The address is never said: it is often a secret. */
  async function tryOnce(): Promise<string | undefined> {
    try {
      const problem = await options.problem();
      if (problem !== undefined) return problem;
      const url = options.url();
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await fetch(url, { signal, headers: { 'user-agent': 'rounds-heartbeat' } });
      await answer.body?.cancel();
      return answer.ok ? undefined : `the watchdog answers ${answer.status}`;
    } catch (error) {
      if (error instanceof Unmeasured) return error.message;
      return `the watchdog can't be reached (${codeOf(error)})`;
    }
  }

  /** While one is on its way none is begun: after a hang one goes out, not one for each that was missed. */
  function begin(): void {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  }

  return {
    start() {
      if (timer) return;
      begin();
      timer = setInterval(begin, everyMs).unref();
    },
    last: () => last,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await beating;
    },
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name;
}
