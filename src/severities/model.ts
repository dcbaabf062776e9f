/** How people are told of a new incident. `page` rings somebody's phone until they acknowledge. */
export const ways = ['page', 'email', 'slack'] as const;
export type Way = (typeof ways)[number];

/** How a level of the escalation reaches somebody. */
export const levelWays = ['slack', 'email', 'sms', 'phone', 'page'] as const;
export type LevelWay = (typeof levelWays)[number];

export const roleNames = ['commander', 'communications', 'operations', 'scribe'] as const;
export type RoleName = (typeof roleNames)[number];

export const urgencies = ['critical', 'error', 'warning', 'info'] as const;
/** PagerDuty's word for how bad an event is. */
export type Urgency = (typeof urgencies)[number];

/** How soon somebody must be at work on it. */
export type ResponseTime = { kind: 'within'; ms: number } | { kind: 'next_business_day' };

/** Whom a level reaches. A `contact` is a name that the directory of contacts knows: `on-call`, `backup`, `cto`. */
export interface Recipient {
  kind: 'contact' | 'member' | 'channel' | 'email' | 'phone';
  /** As written: `on-call`, `@devops`, `#alerts`, `anna@example.com`, `+1-555-0101`. */
  name: string;
}

/** One step of the escalation, while nobody has acknowledged. */
export interface Level {
  /** Since the first page or message. */
  afterMs: number;
  way: LevelWay;
  to: Recipient[];
}

/** Who escalates: one of them, never two. `nobody`: it pages at no hour, so there is nothing to acknowledge. */
export type Escalation = { by: 'pagerduty' } | { by: 'rounds'; levels: Level[] } | { by: 'nobody' };

/** Somebody who must be told in time, by a person who presses "done". */
export interface Stakeholder {
  who: string;
  withinMs: number;
  /** `e-mail and phone`: for the person who does it. */
  how?: string;
  /** Only when PHI may be involved. */
  onlyIf?: 'phi';
  /** Who decides whether, and what, they are told. */
  decides?: string;
}

/** A severity as its file says, defaults filled in, durations in ms. */
export interface Severity {
  /** The name of its file: `p0`. */
  id: string;
  /** What people see: `P0 Critical`. */
  label: string;
  /** Lower is worse; no two have the same. */
  rank: number;
  /** When to choose it, a sentence each. */
  criteria: string[];
  response: ResponseTime;
  page: { hours: Way; offHours: Way };
  urgency: Urgency;
  escalation: Escalation;
  roles: { needed: RoleName[]; nudgeAfterMs: number };
  /** Rhythm of updates, until it is mitigated and from then on; undefined = nobody is reminded. */
  updates: { everyMs: number; inRecoveryMs: number } | undefined;
  stakeholders: Stakeholder[];
  /** URLs, or names of files in templates/runbooks. */
  runbooks: string[];
  /** Names of files in templates/checklists. */
  checklists: string[];
  /** Names of files in templates/messages. */
  messages: { notification: string; update: string; resolution: string };
  /** Since the resolution; undefined = none is asked for. */
  reportWithinMs: number | undefined;
  postmortemWithinMs: number | undefined;
  /** Its channel is archived so long after the resolution; undefined = never. */
  archiveAfterMs: number | undefined;
}

/** All severities of a team, and where they were read. */
export interface Severities {
  /** Worst first. */
  all: readonly Severity[];
  folder: string;
}
