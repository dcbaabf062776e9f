/** What happened, told to PagerDuty under a key: triggers with a key that is open add to it, they don't page again. */
export type PagerEvent = PagerTrigger | { action: 'acknowledge' | 'resolve'; dedupKey: string };

/** The texts are shown, sent and read aloud by others: neutral ones, without what a stranger may not know. */
export interface PagerTrigger {
  action: 'trigger';
  dedupKey: string;
  summary: string;
  /** What is affected: a host, a check. */
  source: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  component?: string;
  group?: string;
  class?: string;
  /** When it began, where that is not now. */
  timestamp?: Date;
  details?: Record<string, unknown>;
  /** Web addresses; others are left out. */
  links?: readonly { href: string; text: string }[];
  /** Who sends it, as a name and a web address. */
  client?: string;
  clientUrl?: string;
}

/** PagerDuty has taken the event over; whether it reaches anybody is another question (`on-call.ts`). */
export interface Accepted {
  /** The key as it was sent, which is what PagerDuty's webhooks and its REST API show. */
  dedupKey: string;
}
