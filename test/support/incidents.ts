import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAudit } from '../../src/audit/audit.ts';
import { recordedIn } from '../../src/health/recorded.ts';
import { createIncidents, type Incidents } from '../../src/incidents/incidents.ts';
import type { Incident } from '../../src/incidents/model.ts';
import type { IncidentPort, IncidentPorts, Paging } from '../../src/incidents/ports.ts';
import { incidentTimerKinds } from '../../src/incidents/timer-kinds.ts';
import type { Jobs } from '../../src/jobs/model.ts';
import { createTimers } from '../../src/jobs/timers.ts';
import type { Timers } from '../../src/jobs/timing.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { loadMessages } from '../../src/messages/messages.ts';
import { pagingOf } from '../../src/pagerduty.ts';
import { loadSeverities } from '../../src/severities/load.ts';
import type { Store } from '../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type Queue, queueByHand } from './alerts.ts';
import { testClock } from './checks.ts';
import { memoryLog } from './memory-log.ts';
import { slackPort } from './slack-port.ts';

/** Anna, who declares; and Ben. */
export const anna = { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' };
export const ben = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
export const asker = { by: anna, request: 'ABC123' };

const shipped = join(import.meta.dirname, '../../templates/incidents');

export interface RoomOptions {
  workspace: Workspace;
  jobs: Pick<Jobs, 'handle' | 'enqueue' | 'cancel' | 'hurry'>;
  clock: Clock;
  paging?: Partial<Paging>;
  announceIn?: string | undefined;
  port?: (port: IncidentPort) => IncidentPort;
  /** Over the usual ones. */
  ports?: Partial<IncidentPorts>;
}

/** Incidents over a store and a workspace whose phone is their PagerDuty, registered with the queue. */
export async function incidentsOf(
  store: Store,
  options: RoomOptions,
): Promise<{ incidents: Incidents; timers: Timers; ports: IncidentPorts }> {
  const { workspace, jobs, clock, port = (plain) => plain } = options;
  const { phone } = workspace;
  const log = memoryLog();
  const { apiToken, apiUrl, eventsUrl, routingKey, from } = phone;
  const environment = { pagerDuty: { apiToken, apiUrl, eventsUrl, routingKey, from, webhookSecret: undefined } };
  const timers = createTimers({ store, jobs, kinds: incidentTimerKinds, clock, log });
  const ports: IncidentPorts = {
    ...{ store, jobs, timers, clock, log, severities: await loadSeverities([shipped]) },
    messages: await loadMessages([join(import.meta.dirname, '../../templates/messages')]),
    team: { zone: 'UTC', businessHours: 'Mon-Fri 08:00-18:00', holidays: [] },
    paging: { ...pagingOf(environment, log), ...options.paging },
    announceIn: 'announceIn' in options ? options.announceIn : '#alerts',
    breach: { assessWithinMs: 72 * 3_600_000, contact: '<@U0CARLA001>' },
    links: { tracker: undefined, auto: false, bridge: undefined },
    evidence: { recorded: (window) => recordedIn(store, window) },
    ...options.ports,
  };
  const incidents = createIncidents(ports);
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  incidents.register(jobs, port(slackPort(workspace, stopped)));
  return { incidents, timers, ports };
}

export interface Room {
  store: Store;
  workspace: Workspace;
  incidents: Incidents;
  ports: IncidentPorts;
  queue: Queue;
  clock: ReturnType<typeof testClock>;
  /** Time passes, what is due comes into the queue, and everything in it is tried once. Resolves to the errors. */
  pass(ms: number): Promise<unknown[]>;
  /** The pages that ring or rang. */
  pages(): ReturnType<Workspace['phone']['pages']>;
  /** What its message and its posts say, oldest first. */
  said(channel?: string): string[];
  incident(id: number): Promise<Incident>;
  /** From now on, until others are, or `workspace.clearFaults()`. */
  fault: (...fault: [method: string, fault: Parameters<Workspace['fault']>[1]]) => void;
}

/** Incidents on a queue that a test runs by hand, by a clock that it moves. It is a Monday morning. */
export async function roomOf(store: Store, options: Partial<RoomOptions> = {}): Promise<Room> {
  await store.pool.query('truncate incident restart identity cascade');
  await store.pool.query('truncate business_timer');
  const workspace = options.workspace ?? (await startWorkspace());
  if (!options.workspace) onTestFinished(() => workspace.close());
  const clock = testClock();
  const queue = queueByHand();
  const { incidents, timers, ports } = await incidentsOf(store, { ...options, workspace, jobs: queue, clock });
  return {
    ...{ store, workspace, incidents, ports, queue, clock },
    async pass(ms) {
      clock.move(ms);
      await timers.tick();
      return queue.run();
    },
    pages: () => workspace.phone.pages(),
    said: (channel = '#alerts') =>
      workspace.messages(channel).flatMap(({ bot_id, blocks }) => (bot_id ? [JSON.stringify(blocks)] : [])),
    fault: (method, fault) => {
      workspace.clearFaults();
      workspace.fault(method, fault, 1_000);
    },
    incident: async (id) => (await incidents.show(id)).incident,
  };
}

/** Who did what to incidents, oldest first. */
export async function auditedIncidents(store: Store): Promise<string[]> {
  const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 50 });
  return rows
    .map(({ recorded }) => recorded)
    .flatMap((row) => (row?.action.startsWith('incident.') ? [`${row.actor} ${row.action} ${row.target}`] : []))
    .reverse();
}

/** As PagerDuty signs a body. */
export function signed(body: string, secret: string): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
