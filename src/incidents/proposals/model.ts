import { createHash } from 'node:crypto';

export const sources = { alertmanager: 'Alertmanager', pagerduty: 'PagerDuty' } as const;
export type Source = keyof typeof sources;

/** What another tool reports. Texts are redacted and cut. */
export interface Signal {
  source: Source;
  /** The same key is the same trouble. */
  key: string;
  what: 'firing' | 'over';
  name: string;
  systems: string;
  details: string;
  /** In the tool's own words: `critical`. */
  severity: string;
  url?: string;
  alerts: number;
  since: Date;
  /** When the tool says so; only where deliveries can overtake each other. */
  at?: Date;
}

/** What a person is asked: is it an incident? */
export interface Proposal {
  id: number;
  source: Source;
  key: string;
  name: string;
  systems: string;
  details: string;
  severity: string;
  url?: string;
  alerts: number;
  times: number;
  since: Date;
  /** When it was over by itself. */
  overAt?: Date;
  state: 'open' | 'declared' | 'dismissed';
  decided?: { at: Date; by: string };
  /** The incident that was declared from it; `resolvedAt`: it is over. */
  incident?: { id: number; resolvedAt?: Date };
  version: number;
  shown: number;
  /** Where its message stands. */
  message?: { channel: string; ts: string };
}

/** What comes back this soon after it was over is the same trouble: it flaps. */
export const sameWithinMs = 30 * 60_000;

/**
 * What a report of something that goes on means, by what was made of the last one of its key. `again`: it came back, and
 * stands where it stood; `still`: nothing is new but its figures; `late`: overtaken by the news that it is over. Pure.
 */
export function proposing(
  before: Pick<Proposal, 'state' | 'overAt' | 'incident'> | undefined,
  { now, at }: { now: Date; at?: Date | undefined },
): 'new' | 'again' | 'still' | 'late' {
  if (!before) return 'new';
  const { overAt, incident, state } = before;
  if (overAt && at && at <= overAt) return 'late';
  // Whoever works on the incident knows.
  if (state === 'declared' && incident && !incident.resolvedAt) return overAt ? 'again' : 'still';
  const ended = overAt ?? incident?.resolvedAt;
  if (!ended) return 'still';
  if (now.getTime() - ended.getTime() > sameWithinMs) return 'new';
  return overAt ? 'again' : 'still';
}

/** Of one length and without secrets, whatever it is made of. Pure. */
export function hashed(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 40);
}

/** "HighErrorRate on api" */
export function titleOf({ name, systems }: Pick<Proposal, 'name' | 'systems'>): string {
  return systems ? `${name} on ${systems}` : name;
}
