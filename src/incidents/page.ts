import type { JobContext, JobHandler } from '../jobs/model.ts';
import { ranMs } from '../kernel/clock.ts';
import { PortError } from '../kernel/errors.ts';
import { beginFallback } from './escalation/fallback.ts';
import { announceLatePage } from './escalation/late-page.ts';
import { secondPageHandler } from './escalation/second-page.ts';
import { type PageData, pollEveryMs, pollJob, pollTimer, showJob } from './jobs.ts';
import { type Page, whyNotPaged } from './model.ts';
import { eventOf, mayRing } from './page-event.ts';
import type { IncidentPorts } from './ports.ts';
import { say } from './say.ts';
import * as rows from './store.ts';
import { addOnce } from './timeline/rows.ts';
import { plainPost } from './views/plain.ts';

/**
 * Says one thing to PagerDuty about a page. What is sent again has the same dedup key, so it pages once. A page whose incident
 * somebody acknowledged or resolved meanwhile is not sent any more: it would ring for nothing.
 */
export function pageHandler(ports: IncidentPorts): JobHandler<PageData> {
  const second = secondPageHandler(ports);
  return (data, context) => (data.second ? second(data, context) : first(data, context, ports));
}

async function first({ id, n, action }: PageData, { signal, attempt, stillMine }: JobContext, ports: IncidentPorts) {
  const { store, paging } = ports;
  const incident = await rows.findIncident(store.db(), id);
  const page = incident?.pages.find((each) => each.n === n);
  if (!incident || !page) return;
  if (action === 'trigger' && !mayRing(incident, n)) return;
  // What was never accepted has nothing to be told of; a trigger that may have arrived is told to be over.
  if (action !== 'trigger' && page.state === 'refused') return;
  if (paging.routingKey === undefined) return refused(id, page, 'PAGERDUTY_ROUTING_KEY is not set', ports);
  // A process that was frozen here may wake when all is over: a trigger behind a resolve would open another one.
  if (!(await stillMine())) return;
  try {
    await paging.events.send(paging.routingKey, eventOf(incident, page.dedupKey, action), signal);
  } catch (error) {
    if (action !== 'trigger' || !(error instanceof PortError) || error.reason === 'stopped') throw error;
    if (!error.retryable) return refused(id, page, error.message, ports);
    await tried(id, { ...page, attempts: attempt, reason: error.message }, ports);
    throw error;
  }
  if (action === 'trigger') await accepted(id, { ...page, attempts: attempt }, ports);
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
  const after = await store.transaction<unknown, number | undefined>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    const before = incident?.pages.find(({ n }) => n === page.n);
    if (!incident || before?.state === 'accepted') return undefined;
    const at = clock.now();
    await rows.setPage(tx, id, { n: page.n, state: 'accepted', attempts: page.attempts, acceptedAt: at });
    await rows.addEvent(tx, id, { at, kind: 'page_accepted', by: 'pagerduty', words: `page ${page.n}` });
    const ms = ranMs(clock, page.madeAt ?? incident.declaredAt, at);
    await announceLatePage(tx, { incident, page, ms }, ports);
    // Its message says who is on it, or that it is over.
    if (!mayRing(incident, page.n)) return ms;
    await rows.setNotPaged(tx, id, undefined);
    const dueAt = new Date(at.getTime() + pollEveryMs);
    if (paging.incidents)
      await timers.set(tx, { key: pollTimer(id), dueAt, kind: pollJob, data: { id, what: 'poll' } });
    await jobs.enqueue(tx, showJob, { id });
    return ms;
  });
  if (after !== undefined) ports.onPaged?.(after);
}

/** Trying again can't help: people must hear of it now, not in a minute. */
async function refused(id: number, page: Page, why: string, ports: IncidentPorts): Promise<void> {
  await ports.store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || !mayRing(incident, page.n)) return;
    const at = ports.clock.now();
    await rows.setPage(tx, id, { n: page.n, state: 'refused', attempts: page.attempts + 1, reason: why });
    await rows.addEvent(tx, id, { at, kind: 'not_paged', by: 'rounds', words: why });
    if (whyNotPaged(incident) === undefined) {
      // An earlier one rings, and still does: this is one of the escalation.
      const words = `⚠️ Page ${page.n} was not sent: ${why}`;
      return say(tx, ports, { id, key: `page-refused:${page.n}`, to: 'incident', post: plainPost(words) });
    }
    await rows.setNotPaged(tx, id, { why, at });
    await beginFallback(tx, { id, n: page.n }, ports);
    await ports.jobs.enqueue(tx, showJob, { id });
  });
}
