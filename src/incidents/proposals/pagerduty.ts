import type { PagerNotice } from '../../paging/webhook.ts';
import { kept } from '../given.ts';
import { hashed, type Signal } from './model.ts';

/** What PagerDuty tells of an incident that somebody else's alert opened; undefined: it is ours, or nothing begins or ends. Pure. */
export function signalOf({ what, dedupKey, incident, at }: PagerNotice): Signal | undefined {
  if (what !== 'triggered' && what !== 'resolved') return undefined;
  if (dedupKey?.startsWith('rounds:')) return undefined;
  return {
    ...{ source: 'pagerduty', key: hashed(incident.id), what: what === 'triggered' ? 'firing' : 'over' },
    ...{ name: kept(incident.title, 150) || 'Incident', systems: '', details: '', severity: '', alerts: 1 },
    ...{ since: at, at, ...(incident.url?.startsWith('https://') && { url: incident.url.slice(0, 500) }) },
  };
}
