import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Tx } from '../store/store.ts';
import { kept } from './given.ts';
import { pageJob, showJob, timersOf } from './jobs.ts';
import { acknowledging, type By, type Incident, nameOf } from './model.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';

interface Asker {
  by: By;
  request: string;
}

/** Somebody takes an incident on: the page stops ringing. `already`: somebody did before, nothing was changed. */
export async function acknowledgeIncident(
  asker: Asker,
  id: number,
  ports: IncidentPorts,
  /** Of what PagerDuty told: it knows already. */
  { told = false }: { told?: boolean } = {},
): Promise<{ kind: 'acknowledged' | 'already' | 'over'; incident: Incident }> {
  return change(asker, id, ports, async (tx, incident, at) => {
    const decision = acknowledging(incident);
    if (decision !== 'acknowledge') return { kind: decision, audit: [] };
    await rows.setAcknowledged(tx, id, { at, by: asker.by.mention });
    await rows.addEvent(tx, id, { at, kind: 'acknowledged', by: asker.by.id, words: '' });
    await ports.timers.cancelAll(tx, timersOf(id));
    if (!told) await say(tx, incident, 'acknowledge', ports);
    return { kind: 'acknowledged', audit: [{ action: 'incident.acknowledge', target: `incident/${id}` }] };
  });
}

/** An incident is over: its page is resolved, its timers are gone. `over`: it was before, nothing was changed. */
export async function resolveIncident(
  asker: Asker,
  { id, words }: { id: number; words: string },
  ports: IncidentPorts,
): Promise<{ kind: 'resolved' | 'over'; incident: Incident }> {
  const reason = kept(words, 2_000);
  return change(asker, id, ports, async (tx, incident, at) => {
    if (incident.resolved) return { kind: 'over', audit: [] };
    await rows.setResolved(tx, id, { at, by: asker.by.mention, words: reason });
    await rows.addEvent(tx, id, { at, kind: 'resolved', by: asker.by.id, words: reason });
    await ports.timers.cancelAll(tx, timersOf(id));
    await say(tx, incident, 'resolve', ports);
    return {
      kind: 'resolved',
      audit: [{ action: 'incident.resolve', target: `incident/${id}`, ...(reason && { reason }) }],
    };
  });
}

/** Tells PagerDuty of each of its pages, behind what is said of them already. */
async function say(
  tx: Tx,
  { id, pages }: Incident,
  action: 'acknowledge' | 'resolve',
  { jobs }: IncidentPorts,
): Promise<void> {
  for (const { n } of pages) await jobs.enqueue(tx, pageJob, { id, n, action }, { key: `${id}:${n}:${action}` });
}

/** One transaction: the incident locked, what is decided on it, its audit, and its message brought up to date. */
async function change<K extends string>(
  asker: Asker,
  id: number,
  ports: IncidentPorts,
  decide: (
    tx: Tx,
    incident: Incident,
    at: Date,
  ) => Promise<{ kind: K; audit: { action: string; target: string; reason?: string }[] }>,
): Promise<{ kind: K; incident: Incident }> {
  const { store, clock, jobs } = ports;
  return verb<unknown, { kind: K; incident: Incident }>(
    { store, clock },
    { actor: asker.by.id, request: asker.request },
    async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      if (!incident)
        throw new OpsError('not_found', `There is no ${nameOf({ id })}`, { hint: '`/ops incident` lists them' });
      const { kind, audit } = await decide(tx, incident, clock.now());
      if (audit.length > 0) await jobs.enqueue(tx, showJob, { id });
      return { result: { kind, incident: (await rows.findIncident(tx, id))! }, audit };
    },
  );
}
