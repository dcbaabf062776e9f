import { OpsError } from '../kernel/errors.ts';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** A primary that was demoted, or a guard against a full disk: what was to be changed may be later, elsewhere. */
export const READ_ONLY = '25006';

/** SQLSTATE: connection exceptions, server shutting down or starting, too many connections, ended by a session timeout, read-only. */
const SERVER_CODES = /^(08...|57P0[1235]|53300|25P03|25006)$/;

/** What pg and pg-pool say without a code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired$|Client has encountered a connection error|Client was closed and is not queryable|Postgres connection has been discarded|embedded database: )/;

/** True when the database could not be reached, the connection broke, or nothing may be changed: the work may be tried again later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof OpsError) return error.code === 'unavailable';
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && (NETWORK_CODES.has(code) || SERVER_CODES.test(code))) return true;
  // A Unix socket that is not there.
  if (code === 'ENOENT' && syscall === 'connect') return true;
  if (MESSAGES.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  return isUnavailable(error.cause);
}

/** A connection failure in a person's words: `connection refused`. Never holds an address or a secret. */
export function connectionFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return connectionFailure(error.errors[0]);
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host name not found';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection closed by the other side';
    case 'ETIMEDOUT':
      return 'timed out';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to the host';
    default:
      return /timeout/i.test(message) ? 'timed out' : message;
  }
}
