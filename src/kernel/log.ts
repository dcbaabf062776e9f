import { type Logger, pino } from 'pino';
import { redactDeep } from './redact.ts';

/** The part of pino that features use. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface LogTarget {
  /** A person watches: lines instead of JSON. */
  readable: boolean;
  write(line: string): void;
}

/**
 * A logger that writes JSON lines for machines, or `23:07:12 warn  words {more}` for a person at a terminal. Every line is
 * redacted: messages, fields, errors with their stacks.
 */
export function createLog(level: string, target: LogTarget): Log {
  const write = (line: string) => target.write(target.readable ? readable(safeLine(line)) : safeLine(line));
  return pino({ level }, { write });
}

/** One line of JSON, redacted value by value, so that it stays JSON. */
function safeLine(line: string): string {
  const { level, time, pid, hostname, ...said } = JSON.parse(line) as Record<string, unknown>;
  return `${JSON.stringify({ level, time, pid, hostname, ...Object(redactDeep(said)) })}\n`;
}

const words: Record<number, string> = { 10: 'trace', 20: 'debug', 30: '', 40: 'warn', 50: 'error', 60: 'fatal' };

function readable(line: string): string {
  const { level, time, pid, hostname, msg, ...more } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(Number(time)).toTimeString().slice(0, 8);
  const rest = Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : '';
  const word = words[Number(level)] ?? String(level);
  return `${[at, word, String(msg ?? '')].filter(Boolean).join(' ')}${rest}\n`;
}
