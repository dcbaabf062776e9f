import { z } from 'zod';
import type { Facts } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';

/** Silence is unknown unless the operator says that it means down. */
export const onTimeout = z
  .enum(['unknown', 'fail'])
  .default('unknown')
  .describe('what silence until the timeout means; fail = it counts as not reachable');
export type OnTimeout = z.output<typeof onTimeout>;

/** `5 s`, `0.25 s`: time since `startedMs` (performance.now) as a person says it. */
export function secondsSince(startedMs: number): string {
  const seconds = (performance.now() - startedMs) / 1000;
  return `${Number(seconds.toFixed(seconds < 1 ? 2 : seconds < 10 ? 1 : 0))} s`;
}

/** The target stayed silent: throws Unmeasured('timeout'), or gives the facts of a target that is down. */
export function silent(message: string, mode: OnTimeout): Facts {
  if (mode === 'fail') return { reachable: false, error: message };
  throw new Unmeasured('timeout', message, { next: 'raise timeout, or set on_timeout: fail if silence means down' });
}
