import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../kernel/log.ts';

/**
 * Bolt's logger on ours. Its debug lines hold whole payloads and are dropped; tokens are blanked. What Bolt calls an error
 * is mostly one request that failed, and is handled where it failed: here it is a warning.
 */
export function boltLog(log: Log): Logger {
  const line = (parts: unknown[]) =>
    parts
      .map(textOf)
      .join(' ')
      .replaceAll(/xox[a-z]-[\w-]+|xapp-[\w-]+/g, '[token]');
  return {
    debug: () => {},
    info: (...parts) => log.debug({ from: 'bolt' }, line(parts)),
    warn: (...parts) => log.warn({ from: 'bolt' }, line(parts)),
    error: (...parts) => log.warn({ from: 'bolt' }, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  return part instanceof Error ? part.message : (JSON.stringify(part) ?? String(part));
}
