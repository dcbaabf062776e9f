/** One thing somebody did, as a verb records it. Values and the reason are redacted before they are stored. */
export interface AuditEntry {
  /** `maintenance.begin`, `check.mute`, `job.replay`. */
  action: string;
  /** What it was done to: `check/main-db`. Of configured ids and our own words, never of what a person typed: it is kept as it is. */
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
