import type { Logger } from 'pino';

/** The part of pino that features use. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
