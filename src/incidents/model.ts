import type { RoleName, Urgency, Way } from '../severities/model.ts';

/** Somebody who does something to an incident: `id` is `slack:U1`, `os:anna`, `pagerduty:Anna`; `mention` is for messages. */
export interface By {
  id: string;
  mention: string;
}

/** An incident as it stands. */
export interface Incident {
  id: number;
  title: string;
  /** The name of its severity's file, and that severity's label and urgency when it was declared. */
  severity: string;
  label: string;
  urgency: Urgency;
  systems: string;
  known: string;
  /** PHI may be involved; "not sure" is yes. */
  phi: boolean;
  /** Nobody outside is told of a drill. */
  drill: boolean;
  declaredAt: Date;
  declaredBy: By;
  /** One of `incidentTypes`, or empty. */
  type: string;
  /** Only its members see it. */
  private: boolean;
  /** What it was declared from. */
  origin?: Origin;
  /** `id` is who, as `By`; `by` is how a message names them. */
  acknowledged?: { at: Date; by: string; id?: string };
  /** The harm is over, the cause may not be. */
  mitigated?: { at: Date; by: string };
  /** Nobody is reminded of anything meanwhile. */
  paused?: { at: Date; by: string; until?: Date };
  /** The incident that it was found to be the same as. */
  mergedInto?: number;
  roles: Partial<Record<RoleName, By & { since: Date }>>;
  /** When the next update is due; nothing is due when it is absent. */
  nextUpdateAt?: Date;
  resolved?: Resolved;
  /** How people are told, by its severity and the time of day. */
  way: Way;
  /** Why nobody may have been paged, and since when that is known. */
  notPaged?: { why: string; at: Date; said: boolean };
  /** Where the post stands that says so, until it has been taken back. */
  alarm?: { channel: string; ts: string };
  /** Oldest first; none where nobody is paged. */
  pages: Page[];
  /** Pages up to this one are from before it was reopened or raised: what becomes of them counts no more. */
  oldPages: number;
  /** Where else it is. */
  links?: { ticket?: { name: string; url: string }; bridge?: { url: string } };
  version: number;
  shown: number;
  /** Where it was declared, when that was in Slack. */
  channel?: string;
  /** Its own channel, once it is there. */
  home?: { channel: string; name: string };
  /** Why nothing can be posted there, or why it has none: then all goes on where its message stands. */
  homeProblem?: string;
  /** Where its message stands. */
  message?: { channel: string; ts: string };
}

/** What people said when it was over. */
export interface Resolved {
  at: Date;
  by: string;
  /** As `By`. */
  id?: string;
  /** What resolved it. */
  words: string;
  /** Absent = not known yet. */
  cause?: string;
  prevention?: string;
  /** When the harm ended, where somebody said so. */
  endedAt?: Date;
  falseAlarm?: true;
}

/** One page: a dedup key of PagerDuty's. */
export interface Page {
  n: number;
  dedupKey: string;
  state: 'sending' | 'accepted' | 'refused';
  attempts: number;
  /** Why it was not accepted yet. */
  reason?: string;
  acceptedAt?: Date;
  /** When it was decided to send it. */
  madeAt?: Date;
}

/** What an incident was declared from, as it was then; texts are redacted. */
export type Origin =
  | { kind: 'message'; channel: string; ts: string; user?: string; at: string; text: string }
  | { kind: 'check'; id: string; outcome: string; reason: string; since?: string }
  | { kind: 'alert'; source: string; name: string; key: string };

/** What happened. */
export interface IncidentEvent {
  /** Names it, once it is written down. */
  id?: number;
  /** When it happened. */
  at: Date;
  kind: EventKind;
  /** `slack:U1`, `pagerduty:…`, `rounds`. */
  by: string;
  /** Plain text. */
  words: string;
  data?: Record<string, unknown>;
  /** Somebody said that it does not belong here, or is wrong. */
  struck?: { at: Date; by: string; reason: string };
}

export type EventKind =
  | 'declared'
  | 'page_accepted'
  /** A try failed that is repeated. */
  | 'page_failed'
  | 'not_paged'
  | 'fallback'
  | 'escalated'
  | 'acknowledged'
  | 'mitigated'
  | 'resolved'
  | 'reopened'
  | 'severity'
  | 'phi'
  | 'merged'
  | 'paused'
  | 'resumed'
  | 'role'
  | 'member'
  | 'update'
  | 'told'
  /** A time limit was missed. */
  | 'overdue'
  | 'task'
  | 'check'
  | 'command'
  | 'message'
  | 'note'
  | 'channel'
  | 'ticket'
  | 'evidence'
  | 'breach'
  | 'report'
  | 'postmortem'
  | 'followup';

/** What kinds of incident there are, as the dialog names them (catalogue of procedures). */
export const incidentTypes: Readonly<Record<string, string>> = {
  degradation: 'Service degradation',
  latency: 'High latency',
  connections: 'Connection errors',
  containers: 'Container service failure',
  database: 'Database',
  'data-corruption': 'Data corruption',
  backup: 'Backup failure',
  disk: 'Disk full',
  cache: 'Cache failure',
  network: 'Network partition',
  region: 'Region failure',
  access: 'Unauthorized access',
  breach: 'Data breach',
};

/** `INC-42` */
export function nameOf({ id }: { id: number }): string {
  return `INC-${id}`;
}

/** What a person meant by `INC-42`, `inc42`, `#42` or `42`; undefined = none of these. */
export function numberOf(text: string): number | undefined {
  const digits = /^(?:inc-?|#)?(\d{1,15})$/i.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What an acknowledgement means for an incident as it stands; of page `n` where it was done there. Whoever acknowledges a page
 * from before it was reopened or raised has not seen what it is now. Pure.
 */
export function acknowledging(incident: Incident, n?: number): 'acknowledge' | 'already' | 'over' | 'old_page' {
  if (incident.resolved) return 'over';
  if (n !== undefined && n <= incident.oldPages) return 'old_page';
  return incident.acknowledged ? 'already' : 'acknowledge';
}

/** How a page stands, for the message. Pure. */
export type Paging =
  | { kind: 'acknowledged'; at: Date; by: string }
  | { kind: 'not_paged'; why: string; at: Date }
  | { kind: 'paged'; at: Date }
  | { kind: 'paging' }
  /** Nobody is paged by policy (`slack`, `email`), or since it is a drill. */
  | { kind: 'nobody'; why: 'drill' | 'policy' };

export function pagingOf(incident: Incident): Paging {
  const { acknowledged, notPaged, drill, way } = incident;
  if (acknowledged) return { kind: 'acknowledged', ...acknowledged };
  if (drill) return { kind: 'nobody', why: 'drill' };
  if (way !== 'page') return { kind: 'nobody', why: 'policy' };
  if (notPaged) return { kind: 'not_paged', why: notPaged.why, at: notPaged.at };
  const accepted = currentPages(incident).find(({ state }) => state === 'accepted')?.acceptedAt;
  return accepted ? { kind: 'paged', at: accepted } : { kind: 'paging' };
}

/** Why nobody may have been paged some time after the declaration, as far as the page itself tells; undefined = accepted. Pure. */
export function whyNotPaged(incident: Incident): string | undefined {
  const pages = currentPages(incident);
  if (pages.some(({ state }) => state === 'accepted')) return undefined;
  return pages.at(-1)?.reason ?? 'PagerDuty has not answered yet';
}

/** Those sent since it was declared, last reopened or raised. Pure. */
export function currentPages({ pages, oldPages }: Pick<Incident, 'pages' | 'oldPages'>): Page[] {
  return pages.filter(({ n }) => n > oldPages);
}
