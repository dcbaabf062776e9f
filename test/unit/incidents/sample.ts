import type { Incident } from '../../../src/incidents/model.ts';

export const noon = new Date('2026-11-23T12:00:00Z');

/** An incident of a moment ago, being paged; what a test doesn't say is ordinary. */
export function incidentOf(over: Partial<Incident> = {}): Incident {
  return {
    ...{ id: 42, title: 'API is down', severity: 'p0', label: 'P0 Critical', urgency: 'critical' },
    ...{ systems: '', known: '', phi: false, drill: false, way: 'page', version: 1, shown: 0, oldPages: 0 },
    ...{ declaredAt: noon, declaredBy: { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' } },
    ...{ type: '', private: false, roles: {} },
    pages: [{ n: 1, dedupKey: 'rounds:42:1', state: 'sending', attempts: 0 }],
    ...over,
  };
}
