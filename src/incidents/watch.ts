import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { beginFallback } from './escalation/fallback.ts';
import { hearOf } from './escalation/heard.ts';
import { alarmJob } from './escalation/jobs.ts';
import { secondPagesOf } from './escalation/store.ts';
import { pageJob, pollEveryMs, pollJob, pollTimer, showJob, type WatchData } from './jobs.ts';
import { currentPages, type Incident, whyNotPaged } from './model.ts';
import type { IncidentPorts, Room } from './ports.ts';
import * as rows from './store.ts';

/** Looks whether anybody was paged, and then whether somebody has acknowledged in PagerDuty, where no webhook may arrive. */
export function watchHandler(ports: Room): JobHandler<WatchData> {
  return async ({ id }, { signal }) => {
    const incident = await rows.findIncident(ports.store.db(), id);
    if (!incident || incident.acknowledged || incident.resolved) return;
    if (await heardOf(incident, ports, signal)) return;
    const why = whyNotPaged(incident);
    const reached = why === undefined ? await isAnybodyOnCall(incident, ports, signal) : undefined;
    if (why !== undefined) await say(incident, why, ports);
    else if (reached === false) await say(incident, 'PagerDuty accepted it, and nobody is on call', ports);
    else if (reached && incident.notPaged) await ringAgain(id, ports);
    if (ports.paging.incidents) await again(id, ports);
  };
}

/** PagerDuty accepts events that reach nobody: who would they ring? Undefined = it can't be told: what was said stands. */
async function isAnybodyOnCall(
  incident: Incident,
  { paging, log }: IncidentPorts,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (!paging.onCalls) return undefined;
  try {
    return await paging.onCalls.isAnybody(paging.policies, signal);
  } catch (error) {
    if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
    log.warn({ err: error, incident: incident.id }, 'who is on call is not known');
    return undefined;
  }
}

async function say(seen: Incident, why: string, { store, clock, jobs }: IncidentPorts): Promise<void> {
  await store.transaction<unknown, void>(async (tx) => {
    const { id } = seen;
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.acknowledged || incident.resolved || incident.notPaged?.why === why) return;
    // Accepted, or reopened, while it was looked at.
    if (whyNotPaged(incident) === undefined && whyNotPaged(seen) !== undefined) return;
    if (incident.oldPages !== seen.oldPages) return;
    const at = clock.now();
    await rows.setNotPaged(tx, id, { why, at });
    await jobs.enqueue(tx, showJob, { id });
    // Another reason is no news: it is shown, and calls nobody again.
    if (incident.notPaged) return void (await jobs.enqueue(tx, alarmJob, { id }));
    await rows.addEvent(tx, id, { at, kind: 'not_paged', by: 'rounds', words: why });
    const n = currentPages(incident).at(-1)?.n;
    if (n !== undefined) await beginFallback(tx, { id, n }, { jobs });
  });
  jobs.hurry();
}

/** What was accepted while nobody was on call rang nobody, and never will by itself: it is sent once more. */
async function ringAgain(id: number, { store, clock, jobs }: IncidentPorts): Promise<void> {
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident?.notPaged || incident.acknowledged || incident.resolved) return;
    for (const { n, state } of currentPages(incident).slice(-1)) {
      if (state !== 'accepted') continue;
      await rows.setPage(tx, id, { n, state: 'sending', attempts: 0, reason: 'Nobody was on call' });
      const key = `${id}:${n}:trigger:${clock.now().getTime()}`;
      await jobs.enqueue(tx, pageJob, { id, n, action: 'trigger' }, { key });
    }
  });
}

/** Takes over what PagerDuty knows of its pages: true = somebody is on it. */
async function heardOf(incident: Incident, ports: Room, signal: AbortSignal): Promise<boolean> {
  const { paging, log, store } = ports;
  if (!paging.incidents) return false;
  const second = await secondPagesOf(store.db(), incident.id);
  const rang = [...currentPages(incident), ...second.filter(({ n }) => n > incident.oldPages)];
  for (const { dedupKey, state } of rang.filter((page) => page.state === 'accepted').reverse()) {
    try {
      const found = await paging.incidents.find(dedupKey, signal);
      if (!found || found.status === 'triggered') continue;
      const who = found.acknowledgedBy ?? found.resolvedBy;
      // What PagerDuty or an event did by itself put nobody to work.
      if (!who) continue;
      await hearOf({ dedupKey, who: { id: who.id ?? who.email ?? who.name, name: who.name } }, ports);
      return true;
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      log.warn({ err: error, incident: incident.id, state }, 'whether a page was acknowledged is not known');
    }
  }
  return false;
}

async function again(id: number, { store, clock, timers }: IncidentPorts): Promise<void> {
  const dueAt = new Date(clock.now().getTime() + pollEveryMs);
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.acknowledged || incident.resolved) return;
    await timers.set(tx, { key: pollTimer(id), dueAt, kind: pollJob, data: { id, what: 'poll' } });
  });
}
