import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import type { PagerEvent } from '../paging/model.ts';
import { type PageData, pollEveryMs, pollTimer, showJob, watchJob } from './jobs.ts';
import { type Incident, nameOf, type Page } from './model.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';
import { addOnce } from './timeline/rows.ts';

/**
 * Says one thing to PagerDuty about a page. What is sent again has the same dedup key, so it pages once. A page whose incident
 * somebody acknowledged or resolved meanwhile is not sent any more: it would ring for nothing.
 */
export function pageHandler(ports: IncidentPorts): JobHandler<PageData> {
  const { store, paging } = ports;
  return async ({ id, n, action }, { signal, attempt }) => {
    const incident = await rows.findIncident(store.db(), id);
    const page = incident?.pages.find((each) => each.n === n);
    if (!incident || !page) return;
    if (action === 'trigger' && (incident.acknowledged || incident.resolved)) return;
    // What was never accepted has nothing to be told of; a trigger that may have arrived is told to be over.
    if (action !== 'trigger' && page.state === 'refused') return;
    if (paging.routingKey === undefined) return refused(id, page, 'PAGERDUTY_ROUTING_KEY is not set', ports);
    try {
      await paging.events.send(paging.routingKey, eventOf(incident, page, action), signal);
    } catch (error) {
      if (action !== 'trigger' || !(error instanceof PortError) || error.reason === 'stopped') throw error;
      if (!error.retryable) return refused(id, page, error.message, ports);
      await tried(id, { ...page, attempts: attempt, reason: error.message }, ports);
      throw error;
    }
    if (action === 'trigger') await accepted(id, { ...page, attempts: attempt }, ports);
  };
}

/** Each new reason is worth a line of the timeline; half a day of tries is not. */
async function tried(id: number, page: Page, { store, clock }: IncidentPorts): Promise<void> {
  const { n, attempts, reason = '' } = page;
  await store.transaction<unknown, void>(async (tx) => {
    const before = (await rows.lockIncident(tx, id))?.pages.find((each) => each.n === n);
    await rows.setTried(tx, id, { n, attempts, reason });
    if (before?.state !== 'sending') return;
    const words = `page ${n}: ${reason}`;
    await addOnce(tx, id, { at: clock.now(), kind: 'page_failed', by: 'rounds', words, key: `failed ${words}` });
  });
}

async function accepted(id: number, page: Page, ports: IncidentPorts): Promise<void> {
  const { store, clock, jobs, timers, paging } = ports;
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    const before = incident?.pages.find(({ n }) => n === page.n);
    if (!incident || before?.state === 'accepted') return;
    const at = clock.now();
    await rows.setPage(tx, id, { n: page.n, state: 'accepted', attempts: page.attempts, acceptedAt: at });
    await rows.addEvent(tx, id, { at, kind: 'page_accepted', by: 'pagerduty', words: `page ${page.n}` });
    // Its message says who is on it, or that it is over.
    if (incident.acknowledged || incident.resolved) return;
    await rows.setNotPaged(tx, id, undefined);
    const dueAt = new Date(at.getTime() + pollEveryMs);
    if (paging.incidents)
      await timers.set(tx, { key: pollTimer(id), dueAt, kind: watchJob, data: { id, what: 'poll' } });
    await jobs.enqueue(tx, showJob, { id });
  });
}

/** Trying again can't help: people must hear of it now, not in a minute. */
async function refused(id: number, page: Page, why: string, ports: IncidentPorts): Promise<void> {
  await ports.store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.acknowledged || incident.resolved) return;
    const at = ports.clock.now();
    await rows.setPage(tx, id, { n: page.n, state: 'refused', attempts: page.attempts + 1, reason: why });
    await rows.addEvent(tx, id, { at, kind: 'not_paged', by: 'rounds', words: why });
    await rows.setNotPaged(tx, id, { why, at });
    await ports.jobs.enqueue(tx, showJob, { id });
  });
}

/** Neutral where PHI may be involved, or it is private: it is read aloud, and shown on locked screens. */
function eventOf(incident: Incident, { dedupKey }: Page, action: PageData['action']): PagerEvent {
  if (action !== 'trigger') return { action, dedupKey };
  const { label, title, phi, urgency, systems, declaredAt } = incident;
  const neutral = phi || incident.private;
  return {
    ...{ action, dedupKey, severity: urgency, source: systems && !neutral ? systems : 'Rounds', timestamp: declaredAt },
    summary: `${nameOf(incident)} ${label}: ${neutral ? 'see Slack' : title}`,
    client: 'Rounds',
    ...(!neutral && systems && { details: { systems } }),
  };
}
