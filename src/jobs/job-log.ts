import type { Log } from '../kernel/log.ts';

/** A log whose every line names the job. */
export function jobLog(log: Log, job: { job: string; kind: string; attempt: number }): Log {
  const bound =
    (level: keyof Log) =>
    (fields: unknown, message?: string): void =>
      typeof fields === 'string' ? log[level](job, fields) : log[level]({ ...job, ...Object(fields) }, message);
  return { debug: bound('debug'), info: bound('info'), warn: bound('warn'), error: bound('error') };
}
