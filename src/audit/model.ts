/** One thing somebody did, as a verb records it. Texts are redacted before they are stored. */
export interface AuditEntry {
  /** `maintenance.begin`, `check.mute`, `job.replay`. */
  action: string;
  /** What it was done to: `check/main-db`. */
  target: string;
  before?: unknown;
  after?: unknown;
  reason?: string;
}

/** Who asks for something, and the reference under which the log speaks of it. */
export interface Asker {
  /** `slack:U123`, `os:anna`, `rounds` for what the bot does by itself. */
  actor: string;
  request: string;
}
