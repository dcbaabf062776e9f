import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAudit } from '../../src/audit/audit.ts';
import type { Contact } from '../../src/config/model.ts';
import { createDirectory, type Directory } from '../../src/directory/directory.ts';
import { recordedIn } from '../../src/health/recorded.ts';
import { createIncidents, type Incidents } from '../../src/incidents/incidents.ts';
import { journalPager } from '../../src/incidents/journal/pager.ts';
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

export interface RoomOptions
  extends Partial<Pick<IncidentPorts, 'mail' | 'telephone' | 'announce' | 'onPaged' | 'severities'>> {
  /** Hears of deadlines that are kept late. */
  onLate?: Parameters<typeof createTimers>[0]['onLate'];
  contacts?: ReadonlyMap<string, Contact>;
  workspace: Workspace;
  jobs: Pick<Jobs, 'handle' | 'enqueue' | 'cancel' | 'hurry'>;
  clock: Clock;
  paging?: Partial<Paging>;
  announceIn?: string | undefined;
  checks?: IncidentPorts['checks'];
  port?: (port: IncidentPort) => IncidentPort;
  /** Where declarations wait while the database is away. */
  journalFolder?: string;
  onChanged?: () => void;
  /** What the test has beyond that: a history of checks, other hours. */
  over?: Partial<IncidentPorts>;
  /** Over the usual ones. */
  ports?: Partial<IncidentPorts>;
}

/** Incidents over a store and a workspace whose phone is their PagerDuty, registered with the queue. */
export async function incidentsOf(
  store: Store,
  options: RoomOptions,
): Promise<{ incidents: Incidents; timers: Timers; ports: IncidentPorts; directory: Directory }> {
  const { workspace, jobs, clock, port = (plain) => plain } = options;
  const { phone } = workspace;
  const log = memoryLog();
  const { apiToken, apiUrl, eventsUrl, routingKey, from } = phone;
  const environment = { pagerDuty: { apiToken, apiUrl, eventsUrl, routingKey, from, webhookSecret: undefined } };
  const paging = { ...pagingOf(environment, log), ...options.paging };
  const directory = createDirectory({
    ...{ store, clock, log, contacts: options.contacts ?? new Map(), onCalls: paging.onCalls },
    policy: paging.policies[0],
  });
  const timers = createTimers({ store, jobs, kinds: incidentTimerKinds, clock, log, onLate: options.onLate });
  const folder = options.journalFolder;
  const journal = folder === undefined ? undefined : journalPager({ folder, paging, log, clock });
  const ports: IncidentPorts = {
    ...{ store, jobs, timers, clock, log, severities: options.severities ?? (await loadSeverities([shipped])) },
    messages: await loadMessages([join(import.meta.dirname, '../../templates/messages')]),
    team: { zone: 'UTC', businessHours: 'Mon-Fri 08:00-18:00', holidays: [] },
    ...{ paging, directory, mail: options.mail, telephone: options.telephone, onPaged: options.onPaged },
    announce: options.announce ?? (async () => {}),
    ...{ ...(journal && { journal }), journalAfterMs: 500 },
    announceIn: 'announceIn' in options ? options.announceIn : '#alerts',
    onChanged: options.onChanged,
    ...(options.checks && { checks: options.checks }),
    breach: { assessWithinMs: 72 * 3_600_000, contact: '<@U0CARLA001>' },
    links: { tracker: undefined, auto: false, bridge: undefined },
    evidence: { recorded: (window) => recordedIn(store, window) },
    ...options.over,
    ...options.ports,
  };
  const incidents = createIncidents(ports);
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  const slack = slackPort(workspace, stopped);
  const mentionOf = async (name: string) => {
    const user = [...workspace.state.users.values()].find((each) => `@${each.name}` === name && !each.deleted);
    return (await slack.mentionOf(name)) ?? (user && `<@${user.id}>`);
  };
  incidents.register(jobs, port({ ...slack, mentionOf }));
  return { incidents, timers, ports, directory };
}

export interface Room {
  store: Store;
  workspace: Workspace;
  incidents: Incidents;
  ports: IncidentPorts;
  directory: Directory;
  queue: Queue;
  clock: ReturnType<typeof testClock>;
  /** Time passes, what is due comes into the queue, and everything in it is tried once. Resolves to the errors. */
  pass(ms: number): Promise<unknown[]>;
  /** The pages that ring or rang. */
  pages(): ReturnType<Workspace['phone']['pages']>;
  /** What its message and its posts say in a channel, oldest first; the first notification and who must be told apart. */
  said(channel?: string): string[];
  incident(id: number): Promise<Incident>;
  /** From now on, until others are, or `workspace.clearFaults()`. */
  fault: (...fault: [method: string, fault: Parameters<Workspace['fault']>[1]]) => void;
}

/** Incidents on a queue that a test runs by hand, by a clock that it moves. It is a Monday morning. */
export async function roomOf(store: Store, options: Partial<RoomOptions> = {}): Promise<Room> {
  await emptied(store);
  const workspace = options.workspace ?? (await startWorkspace());
  if (!options.workspace) onTestFinished(() => workspace.close());
  const clock = testClock();
  const queue = queueByHand({ elapse: (ms) => elapse(store, ms) });
  const { incidents, timers, ports, directory } = await incidentsOf(store, {
    ...options,
    workspace,
    jobs: queue,
    clock,
  });
  return {
    ...{ store, workspace, incidents, ports, directory, queue, clock },
    async pass(ms) {
      clock.move(ms);
      await timers.tick();
      return queue.run();
    },
    pages: () => workspace.phone.pages(),
    said: (channel = '#alerts') =>
      workspace.messages(channel).flatMap(({ bot_id, blocks, metadata }) => {
        const key = String(metadata?.event_payload.key);
        return bot_id && !/:(notification|offer:\w+|told)(@|$)/.test(key) ? [JSON.stringify(blocks)] : [];
      }),
    fault: (method, fault) => {
      workspace.clearFaults();
      workspace.fault(method, fault, 1_000);
    },
    incident: async (id) => (await incidents.show(id)).incident,
  };
}

/** What was begun is older by that much. */
async function elapse({ pool }: Store, ms: number): Promise<void> {
  for (const table of ['posting', 'incident_channel'])
    await pool.query(`update ${table} set begun_at = begun_at - $1 * interval '1 millisecond'`, [ms]);
}

/** Few rows: deleting them is quicker than truncating two dozen tables. What the law keeps can only be truncated. */
export async function emptied({ pool }: Store): Promise<void> {
  const kept = 'select 1 from breach_assessment union all select 1 from incident_hold limit 1';
  const { rows } = await pool.query(kept);
  if (rows.length > 0) await pool.query('truncate incident cascade');
  for (const table of [
    'incident_proposal',
    'posting',
    'incident',
    'business_timer',
    'on_call',
    'on_call_asked',
    'page_test',
  ])
    await pool.query(`delete from ${table}`);
  await pool.query(`select setval(pg_get_serial_sequence('incident', 'id'), 1, false)`);
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
