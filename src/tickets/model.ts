import type { Secret } from '../kernel/secret.ts';

/** What a ticket says: nothing of PHI, that is up to whoever writes it. */
export interface Draft {
  /** One line of plain text. */
  title: string;
  /** Plain text, a paragraph each. */
  lines: readonly string[];
  /** A UUID of this ticket's own, by which it is found again. */
  marker: string;
}

export interface Ticket {
  /** What the tracker's API calls it. */
  key: string;
  /** What people call it: `OPS-12`, `infra#12`. */
  name: string;
  url: string;
}

/** A place where tickets are kept. Every method throws PortError: `unconfirmed` = it may have been done. */
export interface Tracker {
  /** GitHub, Jira, Linear. */
  name: string;
  /** How long after a request that was not answered its ticket may not be found yet, ms. */
  settlesInMs: number;
  create(draft: Draft, signal: AbortSignal): Promise<Ticket>;
  /** The ticket with this marker, made since then. */
  find(marker: string, since: Date, signal: AbortSignal): Promise<Ticket | undefined>;
  comment(key: string, text: string, signal: AbortSignal): Promise<void>;
}

/** One of them, as ops.yml says it. */
export type TrackerSettings = { token: string | Secret; auto: boolean } & (
  | { kind: 'github'; url: string; repo: string }
  | { kind: 'jira'; url: string; email: string; project: string; issueType: string }
  | { kind: 'linear'; url: string; team: string }
);
