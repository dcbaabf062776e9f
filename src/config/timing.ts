import { formatDuration } from '../kernel/duration.ts';
import type { Mistake, Path } from './mistake.ts';
import type { Check } from './model.ts';
import type { Timing } from './schema/checks.ts';

const hour = 3_600_000;
const day = 24 * hour;

type ResolvedTiming = Pick<
  Check,
  'everyMs' | 'timeoutMs' | 'attempts' | 'retryDelayMs' | 'openAfter' | 'closeAfter' | 'staleAfterMs'
>;

/** What a check says, else what `defaults` says, else the product's own. */
export function resolveTiming(own: Timing, defaults: Timing): ResolvedTiming {
  const everyMs = own.every ?? defaults.every ?? 5 * 60_000;
  const stale = own.stale_after ?? defaults.stale_after ?? { times: 3 };
  return {
    everyMs,
    timeoutMs: own.timeout ?? defaults.timeout ?? 5_000,
    attempts: own.attempts ?? defaults.attempts ?? 2,
    retryDelayMs: own.retry_delay ?? defaults.retry_delay ?? 500,
    openAfter: own.open_after ?? defaults.open_after ?? { hits: 2, of: 3 },
    closeAfter: own.close_after ?? defaults.close_after ?? 2,
    staleAfterMs: 'ms' in stale ? stale.ms : Math.round(stale.times * everyMs),
  };
}

/** Timings that can't work together: a run that outlasts its period, a result stale before the next one is due. */
export function judgeTiming(timing: ResolvedTiming, path: Path): Mistake[] {
  const mistakes: Mistake[] = [];
  const { everyMs, timeoutMs, attempts, retryDelayMs, staleAfterMs } = timing;
  const longestMs = attempts * timeoutMs + (attempts - 1) * retryDelayMs;
  if (longestMs > everyMs) {
    const sum = `${attempts} × ${formatDuration(timeoutMs)} + ${attempts - 1} × ${formatDuration(retryDelayMs)}`;
    mistakes.push({
      path: [...path, 'timeout'],
      found: `attempts that take up to ${formatDuration(longestMs)} (${sum})`,
      allowed: `at most every (${formatDuration(everyMs)}): a shorter timeout, fewer attempts or a longer every`,
    });
  }
  if (staleAfterMs <= everyMs) {
    mistakes.push({
      path: [...path, 'stale_after'],
      found: formatDuration(staleAfterMs),
      allowed: `more than every (${formatDuration(everyMs)})`,
    });
  }
  return mistakes;
}

/** A check that doesn't run in the same hours of each day (every 5 h, every 2 d) never has three days to compare with. */
export function judgeUsual(rules: Pick<Check, 'fail' | 'warn' | 'clear'>, everyMs: number, path: Path): Mistake[] {
  if (everyMs <= hour || day % everyMs === 0) return [];
  const asking = [...rules.fail, ...rules.warn, ...rules.clear].find(({ usual }) => usual.length > 0);
  if (!asking) return [];
  return [
    {
      path: [...path, 'every'],
      found: `every ${formatDuration(everyMs)}, and \`${asking.source}\` compares with the days before`,
      allowed: 'where a rule asks baseline(), every of 1 h or less, or one that divides a day: 2h, 3h, 6h, 1d',
    },
  ];
}
