import type { PagerEvent } from '../paging/model.ts';
import { neutralHead } from './escalation/words.ts';
import type { PageData } from './jobs.ts';
import type { Incident } from './model.ts';

/** What PagerDuty is told. Neutral where PHI may be involved: it is read aloud, and shown on locked screens. Pure. */
export function eventOf(incident: Incident, dedupKey: string, action: PageData['action']): PagerEvent {
  if (action !== 'trigger') return { action, dedupKey };
  const { phi, urgency, systems, declaredAt } = incident;
  const open = !phi && !incident.private;
  return {
    ...{ action, dedupKey, severity: urgency, source: systems && open ? systems : 'Rounds', timestamp: declaredAt },
    ...{ summary: neutralHead(incident), client: 'Rounds' },
    ...(open && systems && { details: { systems } }),
  };
}

/** Whether page `n` should still ring: one from before it was reopened or raised has had its time. Pure. */
export function mayRing({ acknowledged, resolved, oldPages }: Incident, n: number): boolean {
  return !acknowledged && !resolved && n > oldPages;
}
