import type { Jobs } from '../jobs/model.ts';
import { OpsError } from '../kernel/errors.ts';
import { newRequest } from '../kernel/request.ts';
import type { PagerNotice } from '../paging/webhook.ts';
import { type Declaration, declareIncident } from './declare.ts';
import { acknowledgeIncident, resolveIncident } from './end.ts';
import { kept } from './given.ts';
import { pageJob, showJob, watchJob } from './jobs.ts';
import { type By, type Incident, type IncidentEvent, nameOf } from './model.ts';
import { pageHandler } from './page.ts';
import type { IncidentPort, IncidentPorts } from './ports.ts';
import { showHandler } from './show.ts';
import * as rows from './store.ts';
import { watchHandler } from './watch.ts';

interface Asker {
  by: By;
  request: string;
}

/** Incidents: declared once, paged first, kept true in one message, acknowledged here or in PagerDuty, resolved. */
export interface Incidents {
  declare(asker: Asker, declared: Declaration): ReturnType<typeof declareIncident>;
  acknowledge(asker: Asker, id: number): ReturnType<typeof acknowledgeIncident>;
  resolve(asker: Asker, how: { id: number; words: string }): ReturnType<typeof resolveIncident>;
  /** The open ones first, newest first. */
  list(most: number): Promise<Incident[]>;
  /** Throws OpsError `not_found`. */
  show(id: number): Promise<{ incident: Incident; events: IncidentEvent[] }>;
  /** PagerDuty tells that somebody did something to a page of ours; anything else is not ours to know. */
  heard(notice: PagerNotice): Promise<void>;
  /** Registers what carries pages and messages out; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, slack: IncidentPort): void;
  /** Where they are announced: an id or `#name`. */
  announceIn: string | undefined;
}

export function createIncidents(ports: IncidentPorts): Incidents {
  const { store } = ports;
  /** A page waits for nothing: not for the next look of the queue either. */
  async function atOnce<Result>(verb: Promise<Result>): Promise<Result> {
    const result = await verb;
    ports.jobs.hurry();
    return result;
  }
  return {
    announceIn: ports.announceIn,
    declare: (asker, declared) => atOnce(declareIncident(asker, declared, ports)),
    acknowledge: (asker, id) => atOnce(acknowledgeIncident(asker, id, ports)),
    resolve: (asker, how) => atOnce(resolveIncident(asker, how, ports)),
    list: (most) => rows.listIncidents(store.db(), most),
    async show(id) {
      const incident = await rows.findIncident(store.db(), id);
      if (!incident)
        throw new OpsError('not_found', `There is no ${nameOf({ id })}`, { hint: '`/ops incident` lists them' });
      return { incident, events: await rows.eventsOf(store.db(), id) };
    },
    async heard({ what, dedupKey, agent }) {
      if (dedupKey === undefined || (what !== 'acknowledged' && what !== 'resolved')) return;
      // What an event of ours did is known here already; what PagerDuty did by itself (a timeout) put nobody to work.
      if (agent?.kind !== 'user') return;
      const id = await rows.incidentOfDedupKey(store.db(), dedupKey);
      if (id === undefined) return;
      const by = { id: `pagerduty:${agent.id}`, mention: `${kept(agent.name, 200)} in PagerDuty` };
      await atOnce(acknowledgeIncident({ by, request: newRequest() }, id, ports, { told: true }));
    },
    register(jobs, slack) {
      jobs.handle(pageJob, pageHandler(ports));
      jobs.handle(showJob, showHandler(ports, slack));
      jobs.handle(watchJob, watchHandler(ports));
    },
  };
}
