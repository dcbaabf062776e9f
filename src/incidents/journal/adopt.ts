import type { Tx } from '../../store/store.ts';
import { confirmTimer, confirmWithinMs, pageJob, pollEveryMs, pollJob, pollTimer, watchJob } from '../jobs.ts';
import { currentPages, type Incident } from '../model.ts';
import { tellPages } from '../page-now.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';
import type { Entry } from './model.ts';

/** The page that went out without the database becomes a page of the incident: whoever acknowledges either ends both. */
export async function adopt(tx: Tx, { id, entry }: { id: number; entry: Entry }, room: Room): Promise<number> {
  const { clock, jobs, timers, paging } = room;
  const { attempts, acceptedAt } = entry.page;
  const now = clock.now().getTime();
  const n = await rows.insertPage(tx, id, { at: entry.made.at, dedupKey: entry.dedupKey });
  const confirmAt = new Date(Math.max(now, entry.made.at.getTime() + confirmWithinMs));
  await timers.set(tx, { key: confirmTimer(id), dueAt: confirmAt, kind: watchJob, data: { id, what: 'confirm' } });
  if (acceptedAt === undefined) {
    await jobs.enqueue(tx, pageJob, { id, n, action: 'trigger' }, { key: `${id}:${n}:trigger` });
    return n;
  }
  await rows.setPage(tx, id, { n, state: 'accepted', attempts, acceptedAt });
  const words = `page ${n}, while the database was away`;
  await rows.addEvent(tx, id, { at: acceptedAt, kind: 'page_accepted', by: 'pagerduty', words });
  const dueAt = new Date(now + pollEveryMs);
  if (paging.incidents) await timers.set(tx, { key: pollTimer(id), dueAt, kind: pollJob, data: { id, what: 'poll' } });
  return n;
}

/**
 * The database had taken the declaration, though it did not say so: the incident has a page of its own. The one that went
 * out first stays, since people know of it; the other is resolved. Of one that surely rings and one that may not, the first stays.
 */
export async function adoptBeside(tx: Tx, { id }: Incident, entry: Entry, room: Room): Promise<void> {
  const incident = await rows.lockIncident(tx, id);
  if (!incident || entry.page.state === 'nobody' || entry.page.state === 'refused') return;
  // Another process that shares the journal, or this one before it ended, has adopted it.
  if (incident.pages.some(({ dedupKey }) => dedupKey === entry.dedupKey)) return;
  if (entry.page.acceptedAt === undefined && rings(incident)) return endUnsent(tx, incident, entry, room);
  const over = incident.resolved ? 'resolve' : incident.acknowledged ? 'acknowledge' : undefined;
  const n = await adopt(tx, { id, entry }, room);
  if (over) {
    await room.timers.cancelAll(tx, confirmTimer(id));
    await room.timers.cancelAll(tx, pollTimer(id));
    return tellPages(tx, { id, pages: [{ n, dedupKey: entry.dedupKey }] }, over, room);
  }
  if (entry.page.state === 'accepted') await rows.setNotPaged(tx, id, undefined);
  await tellPages(tx, incident, 'resolve', room);
}

function rings(incident: Incident): boolean {
  return (
    !incident.acknowledged && !incident.resolved && currentPages(incident).some(({ state }) => state === 'accepted')
  );
}

/** PagerDuty did not say that it took the journal's page; it may have, so it is told that it is over. It is not sent again. */
async function endUnsent(tx: Tx, { id }: Incident, { made, dedupKey }: Entry, room: Room): Promise<void> {
  const n = await rows.insertPage(tx, id, { at: made.at, dedupKey });
  await tellPages(tx, { id, pages: [{ n, dedupKey }] }, 'resolve', room);
}
