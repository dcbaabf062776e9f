import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { newRequest } from '../kernel/request.ts';
import { acknowledgeIncident } from './end.ts';
import { pollEveryMs, pollTimer, showJob, type WatchData, watchJob } from './jobs.ts';
import { type Incident, whyNotPaged } from './model.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';

/** Looks whether anybody was paged, and then whether somebody has acknowledged in PagerDuty, where no webhook may arrive. */
export function watchHandler(ports: IncidentPorts): JobHandler<WatchData> {
  return async ({ id, what }, { signal }) => {
    const incident = await rows.findIncident(ports.store.db(), id);
    if (!incident || incident.acknowledged || incident.resolved) return;
    const why = whyNotPaged(incident) ?? (await nobodyOnCall(incident, ports, signal));
    if (what === 'confirm' || why !== incident.notPaged?.why) await say(id, why, ports);
    if (!(await heardOf(incident, ports, signal))) await again(id, ports);
  };
}

/** PagerDuty accepts events that reach nobody: who would they ring? Undefined = somebody is on call, or it can't be told. */
async function nobodyOnCall(
  incident: Incident,
  { paging, log }: IncidentPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!paging.onCalls) return undefined;
  try {
    const reached = await paging.onCalls.now(undefined, signal);
    return reached.length === 0 ? 'PagerDuty accepted it, and nobody is on call' : undefined;
  } catch (error) {
    if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
    log.warn({ err: error, incident: incident.id }, 'who is on call is not known');
    return undefined;
  }
}

async function say(id: number, why: string | undefined, { store, clock, jobs }: IncidentPorts): Promise<void> {
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.acknowledged || incident.resolved || incident.notPaged?.why === why) return;
    const at = clock.now();
    await rows.setNotPaged(tx, id, why === undefined ? undefined : { why, at });
    if (why !== undefined) await rows.addEvent(tx, id, { at, kind: 'not_paged', by: 'rounds', words: why });
    await jobs.enqueue(tx, showJob, { id });
  });
}

/** Takes over what PagerDuty knows of the page: true = nothing more is to be looked for. */
async function heardOf(incident: Incident, ports: IncidentPorts, signal: AbortSignal): Promise<boolean> {
  const { paging, log } = ports;
  if (!paging.incidents) return true;
  for (const { dedupKey, state } of incident.pages) {
    if (state !== 'accepted') continue;
    try {
      const found = await paging.incidents.find(dedupKey, signal);
      if (!found || found.status === 'triggered') continue;
      const who = found.acknowledgedBy ?? found.resolvedBy;
      const name = who?.name ?? 'somebody';
      const by = { id: `pagerduty:${who?.email ?? name}`, mention: `${name} in PagerDuty` };
      await acknowledgeIncident({ by, request: newRequest() }, incident.id, ports, { told: true });
      return true;
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      log.warn({ err: error, incident: incident.id }, 'whether a page was acknowledged is not known');
    }
  }
  return false;
}

async function again(id: number, { store, clock, timers }: IncidentPorts): Promise<void> {
  const dueAt = new Date(clock.now().getTime() + pollEveryMs);
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.acknowledged || incident.resolved) return;
    await timers.set(tx, { key: pollTimer(id), dueAt, kind: watchJob, data: { id, what: 'poll' } });
  });
}
