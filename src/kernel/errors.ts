/** What went wrong, in words a person may see. `code` decides how a face (Slack, terminal) presents it. */
export type OpsErrorCode = 'not_found' | 'forbidden' | 'conflict' | 'invalid' | 'unavailable';

/** An expected failure whose message is safe to show; `hint` says what to do next. */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly code: OpsErrorCode;
  readonly hint: string | undefined;
  constructor(code: OpsErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A failure at the rim (Slack, a database server, a vendor). `reason` is short, stable and fit for a metric label. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly retryable: boolean;
  readonly reason: string;
  /** How long the other side asks to be left alone, ms: a retry comes no earlier. */
  readonly retryAfterMs: number | undefined;
  constructor(
    reason: string,
    message: string,
    options: { retryable: boolean; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
