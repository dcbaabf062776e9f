import type { Log } from '../../src/kernel/log.ts';

export interface LogLine {
  level: keyof Log;
  fields: unknown;
  message: string | undefined;
}

/** A log that keeps its lines, for tests that look at them. */
export function memoryLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write =
    (level: keyof Log) =>
    (fields: unknown, message?: string): void => {
      lines.push(typeof fields === 'string' ? { level, fields: {}, message: fields } : { level, fields, message });
    };
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
