import type { Jobs } from '../jobs/model.ts';
import type { PagerNotice } from '../paging/webhook.ts';
import { type After, createAfter } from './after/after.ts';
import { type Breach, createBreach } from './breach/breach.ts';
import type { Asker } from './change.ts';
import { noSuchIncident } from './change.ts';
import { createChannel } from './channel/channel.ts';
import { type Declaration, declareIncident } from './declare.ts';
import { type DueClock, dueClocks } from './due-clocks.ts';
import { acknowledgeIncident, type Ending, resolveIncident } from './end.ts';
import { createEscalation } from './escalation/escalation.ts';
import { hearOf } from './escalation/heard.ts';
import { createEvidence, type Evidence } from './evidence/evidence.ts';
import { pageJob, pollJob, showJob, watchJob } from './jobs.ts';
import { createJournal, type Journal } from './journal/journal.ts';
import * as lifecycle from './lifecycle.ts';
import { createLinks, type Links } from './links/links.ts';
import type { By, Incident, IncidentEvent } from './model.ts';
import { pageHandler } from './page.ts';
import { createPageTests, type PageTests } from './page-test/page-test.ts';
import type { Part } from './part.ts';
import { personMeant } from './people.ts';
import type { IncidentPort, IncidentPorts, Room } from './ports.ts';
import { signalOf } from './proposals/pagerduty.ts';
import { createProposals, type Proposals } from './proposals/proposals.ts';
import { createRoles, type Roles } from './roles/roles.ts';
import { sayJob } from './say.ts';
import { sayHandler } from './saying.ts';
import { showHandler } from './show.ts';
import { createStakeholders, type Stakeholders } from './stakeholders/stakeholders.ts';
import type { StatsPeriod } from './stats/period.ts';
import { type Statistics, statisticsOf } from './stats/stats.ts';
import * as rows from './store.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions/subscriptions.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';
import { createTimeline, type Timeline } from './timeline/timeline.ts';
import { createUpdates, type Updates } from './updates/updates.ts';
import { watchHandler } from './watch.ts';
import { type Meant, whichIncident } from './which.ts';

/** Incidents: declared once, paged first, kept true in one message, acknowledged here or in PagerDuty, resolved. */
export interface Incidents {
  declare(asker: Asker, declared: Declaration): ReturnType<typeof declareIncident>;
  acknowledge(asker: Asker, id: number): ReturnType<typeof acknowledgeIncident>;
  resolve(asker: Asker, how: Ending): ReturnType<typeof resolveIncident>;
  mitigate(asker: Asker, id: number): ReturnType<typeof lifecycle.mitigateIncident>;
  reopen(asker: Asker, how: { id: number; words: string }): ReturnType<typeof lifecycle.reopenIncident>;
  changeSeverity(
    asker: Asker,
    how: { id: number; severity: string; words: string },
  ): ReturnType<typeof lifecycle.changeSeverity>;
  setPhi(asker: Asker, how: { id: number; phi: boolean; words?: string }): ReturnType<typeof lifecycle.setPhi>;
  pause(asker: Asker, how: { id: number; until: Date | undefined }): ReturnType<typeof lifecycle.pauseIncident>;
  resume(asker: Asker, id: number): ReturnType<typeof lifecycle.resumeIncident>;
  merge(asker: Asker, how: { id: number; into: number }): ReturnType<typeof lifecycle.mergeIncident>;
  /** Somebody is in it from now on. */
  add(asker: Asker, how: { id: number; who: By }): ReturnType<typeof lifecycle.addToIncident>;
  updates: Updates;
  stakeholders: Stakeholders;
  subscriptions: Subscriptions;
  /** What is due in open incidents that somebody may see, soonest first. */
  dueClocks(viewer: rows.Viewer): Promise<DueClock[]>;
  /** Who has which role. */
  roles: Roles;
  /** What has to be done. */
  tasks: Tasks;
  /** Whom somebody means: `@anna`, a mention, `me`. Throws OpsError. */
  person(text: string, asker: By): Promise<By>;
  /** The open ones first, newest first; private ones for those in them. */
  list(most: number, viewer: rows.Viewer): Promise<Incident[]>;
  /** The open ones, newest first; private ones for those in them. */
  open(viewer: rows.Viewer): Promise<Incident[]>;
  /** The incident that somebody means. Throws OpsError `not_found`, `invalid`. */
  which(meant: Meant): Promise<Incident>;
  /** Whatever it is. Throws OpsError `not_found`. */
  show(id: number): Promise<{ incident: Incident; events: IncidentEvent[] }>;
  /** PagerDuty tells that somebody did something to a page of ours, or that somebody else's alert pages: that is proposed. */
  heard(notice: PagerNotice): Promise<void>;
  /** Declares whatever the database does. */
  journal: Journal;
  /** What other tools report. */
  proposals: Proposals;
  /** Registers what carries pages and messages out; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, slack: IncidentPort): void;
  /** Proves that pages reach somebody. */
  pageTests: PageTests;
  /** What comes after an incident. */
  after: After;
  /** How they went over some time, as far as the viewer may see. */
  statistics(of: { period: StatsPeriod; viewer: rows.Viewer }): Promise<Statistics>;
  breach: Breach;
  links: Links;
  evidence: Evidence;
  /** Where they are announced: an id or `#name`. */
  announceIn: string | undefined;
  timeline: Timeline;
}

export function createIncidents(ports: IncidentPorts): Incidents {
  const { store } = ports;
  const parts: Part[] = [];
  const room: Room = {
    ...ports,
    follow: async (tx, happened) => {
      for (const part of parts) await part.follow?.(tx, happened);
    },
    unreached: async (lost) => {
      for (const part of parts) await part.unreached?.(lost);
    },
  };
  let asked: IncidentPort | undefined;
  const channel = createChannel(room);
  const pageTests = createPageTests(room);
  const journal = createJournal(room);
  const proposals = createProposals(room);
  const updates = createUpdates(room);
  const subscriptions = createSubscriptions(room);
  const stakeholders = createStakeholders(room);
  const roles = createRoles(room);
  const tasks = createTasks(room);
  const timeline = createTimeline(room);
  const breach = createBreach(room);
  const after = createAfter(room, { breach: breach.summary, names: timeline.names });
  const links = createLinks(room);
  const evidence = createEvidence(room);
  parts.push(createEscalation(room), pageTests, channel, journal, proposals);
  // The notice that it is over comes before the tasks that are left.
  parts.push(roles, updates, stakeholders, subscriptions, after, tasks, timeline);
  parts.push(breach, links, evidence);
  return {
    ...{ journal, proposals, breach, links, evidence },
    announceIn: ports.announceIn,
    pageTests,
    updates,
    stakeholders,
    subscriptions,
    dueClocks: (viewer) => dueClocks(viewer, ports),
    after,
    statistics: (of) => statisticsOf(of, room, after),
    timeline,
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
    roles,
    tasks,
    person: (text, asker) => personMeant(text, asker, asked),
    list: (most, viewer) => rows.listIncidents(store.db(), most, viewer),
    open: (viewer) => rows.openIncidents(store.db(), 200, viewer),
    which: (meant) => whichIncident(meant, ports),
    async show(id) {
      const incident = await rows.findIncident(store.db(), id);
      if (!incident) throw noSuchIncident(id);
      return { incident, events: await rows.eventsOf(store.db(), id) };
    },
    async heard(notice) {
      const { what, dedupKey, agent } = notice;
      const signal = signalOf(notice);
      if (signal) return void (await proposals.heard(signal));
      if (dedupKey === undefined || (what !== 'acknowledged' && what !== 'resolved')) return;
      // What an event of ours did is known here already; what PagerDuty did by itself (a timeout) put nobody to work.
      if (agent?.kind !== 'user') return;
      if (await pageTests.heard(dedupKey, agent)) return;
      await hearOf({ dedupKey, who: agent }, room);
    },
    register(jobs, slack) {
      asked = slack;
      jobs.handle(pageJob, pageHandler(ports));
      jobs.handle(showJob, showHandler(ports, slack));
      jobs.handle(sayJob, sayHandler(room, slack));
      jobs.handle(watchJob, watchHandler(room));
      jobs.handle(pollJob, watchHandler(room));
      for (const part of parts) part.register?.(jobs, slack);
    },
  };
}
