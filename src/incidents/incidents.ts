import type { Jobs } from '../jobs/model.ts';
import { newRequest } from '../kernel/request.ts';
import type { PagerNotice } from '../paging/webhook.ts';
import { type Breach, createBreach } from './breach/breach.ts';
import type { Asker } from './change.ts';
import { noSuchIncident } from './change.ts';
import { type Declaration, declareIncident } from './declare.ts';
import { acknowledgeIncident, resolveIncident } from './end.ts';
import { createEvidence, type Evidence } from './evidence/evidence.ts';
import { kept } from './given.ts';
import { pageJob, showJob, watchJob } from './jobs.ts';
import * as lifecycle from './lifecycle.ts';
import { createLinks, type Links } from './links/links.ts';
import type { By, Incident, IncidentEvent } from './model.ts';
import { pageHandler } from './page.ts';
import type { Part } from './part.ts';
import type { IncidentPort, IncidentPorts, Room } from './ports.ts';
import { sayHandler, sayJob } from './say.ts';
import { showHandler } from './show.ts';
import * as rows from './store.ts';
import { watchHandler } from './watch.ts';
import { type Meant, whichIncident } from './which.ts';

/** Incidents: declared once, paged first, kept true in one message, acknowledged here or in PagerDuty, resolved. */
export interface Incidents {
  declare(asker: Asker, declared: Declaration): ReturnType<typeof declareIncident>;
  acknowledge(asker: Asker, id: number): ReturnType<typeof acknowledgeIncident>;
  resolve(asker: Asker, how: { id: number; words: string }): ReturnType<typeof resolveIncident>;
  mitigate(asker: Asker, id: number): ReturnType<typeof lifecycle.mitigateIncident>;
  reopen(asker: Asker, how: { id: number; words: string }): ReturnType<typeof lifecycle.reopenIncident>;
  changeSeverity(
    asker: Asker,
    how: { id: number; severity: string; words: string },
  ): ReturnType<typeof lifecycle.changeSeverity>;
  setPhi(asker: Asker, how: { id: number; phi: boolean }): ReturnType<typeof lifecycle.setPhi>;
  pause(asker: Asker, how: { id: number; until: Date | undefined }): ReturnType<typeof lifecycle.pauseIncident>;
  resume(asker: Asker, id: number): ReturnType<typeof lifecycle.resumeIncident>;
  merge(asker: Asker, how: { id: number; into: number }): ReturnType<typeof lifecycle.mergeIncident>;
  /** Somebody is in it from now on. */
  add(asker: Asker, how: { id: number; who: By }): ReturnType<typeof lifecycle.addToIncident>;
  /** The open ones first, newest first; private ones for those in them. */
  list(most: number, viewer: rows.Viewer): Promise<Incident[]>;
  /** The incident that somebody means. Throws OpsError `not_found`, `invalid`. */
  which(meant: Meant): Promise<Incident>;
  /** Whatever it is. Throws OpsError `not_found`. */
  show(id: number): Promise<{ incident: Incident; events: IncidentEvent[] }>;
  /** PagerDuty tells that somebody did something to a page of ours; anything else is not ours to know. */
  heard(notice: PagerNotice): Promise<void>;
  /** Registers what carries pages and messages out; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, slack: IncidentPort): void;
  breach: Breach;
  links: Links;
  evidence: Evidence;
  /** Where they are announced: an id or `#name`. */
  announceIn: string | undefined;
}

export function createIncidents(ports: IncidentPorts): Incidents {
  const { store } = ports;
  const parts: Part[] = [];
  const room: Room = {
    ...ports,
    follow: async (tx, happened) => {
      for (const part of parts) await part.follow?.(tx, happened);
    },
  };
  const breach = createBreach(room);
  const links = createLinks(room);
  const evidence = createEvidence(room);
  parts.push(breach, links, evidence);
  return {
    ...{ breach, links, evidence },
    announceIn: ports.announceIn,
    declare: (asker, declared) => declareIncident(asker, declared, room),
    acknowledge: (asker, id) => acknowledgeIncident(asker, id, room),
    resolve: (asker, how) => resolveIncident(asker, how, room),
    mitigate: (asker, id) => lifecycle.mitigateIncident(asker, id, room),
    reopen: (asker, how) => lifecycle.reopenIncident(asker, how, room),
    changeSeverity: (asker, how) => lifecycle.changeSeverity(asker, how, room),
    setPhi: (asker, how) => lifecycle.setPhi(asker, how, room),
    pause: (asker, how) => lifecycle.pauseIncident(asker, how, room),
    resume: (asker, id) => lifecycle.resumeIncident(asker, id, room),
    merge: (asker, how) => lifecycle.mergeIncident(asker, how, room),
    add: (asker, how) => lifecycle.addToIncident(asker, how, room),
    list: (most, viewer) => rows.listIncidents(store.db(), most, viewer),
    which: (meant) => whichIncident(meant, ports),
    async show(id) {
      const incident = await rows.findIncident(store.db(), id);
      if (!incident) throw noSuchIncident(id);
      return { incident, events: await rows.eventsOf(store.db(), id) };
    },
    async heard({ what, dedupKey, agent }) {
      if (dedupKey === undefined || (what !== 'acknowledged' && what !== 'resolved')) return;
      // What an event of ours did is known here already; what PagerDuty did by itself (a timeout) put nobody to work.
      if (agent?.kind !== 'user') return;
      const id = await rows.incidentOfDedupKey(store.db(), dedupKey);
      if (id === undefined) return;
      const incident = await rows.findIncident(store.db(), id);
      // Of an earlier page it says nothing of what rings now: a severity that was raised, an incident that was reopened.
      if (incident?.pages.at(-1)?.dedupKey !== dedupKey) return;
      const by = { id: `pagerduty:${agent.id}`, mention: `${kept(agent.name, 200)} in PagerDuty` };
      await acknowledgeIncident({ by, request: newRequest() }, id, room, { told: true });
    },
    register(jobs, slack) {
      jobs.handle(pageJob, pageHandler(ports));
      jobs.handle(showJob, showHandler(ports, slack));
      jobs.handle(sayJob, sayHandler(ports, slack));
      jobs.handle(watchJob, watchHandler(room));
      for (const part of parts) part.register?.(jobs, slack);
    },
  };
}
