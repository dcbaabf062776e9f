import type { Tx } from '../store/store.ts';
import { secondPagesOf } from './escalation/store.ts';
import { confirmTimer, confirmWithinMs, pageJob, watchJob } from './jobs.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';

/** Rings: a page of its own with the next number, and the look whether it was accepted. In the caller's transaction. */
export async function pageNow(tx: Tx, { id, at }: { id: number; at: Date }, ports: IncidentPorts): Promise<number> {
  const { jobs, timers } = ports;
  const n = await rows.insertPage(tx, id, { at });
  await jobs.enqueue(tx, pageJob, { id, n, action: 'trigger' }, { key: `${id}:${n}:trigger` });
  const dueAt = new Date(at.getTime() + confirmWithinMs);
  await timers.set(tx, { key: confirmTimer(id), dueAt, kind: watchJob, data: { id, what: 'confirm' } });
  return n;
}

/** Tells PagerDuty of each of its pages, behind what is said of them already; but for the one on which it was done there. */
export async function tellPages(
  tx: Tx,
  { id, pages }: { id: number; pages: readonly { n: number; dedupKey: string }[] },
  action: 'acknowledge' | 'resolve',
  { jobs }: Pick<IncidentPorts, 'jobs'>,
  doneOn?: string,
): Promise<void> {
  for (const { n, dedupKey } of pages) {
    if (dedupKey !== doneOn) await jobs.enqueue(tx, pageJob, { id, n, action }, { key: `${id}:${n}:${action}` });
  }
  for (const { n, dedupKey } of await secondPagesOf(tx, id)) {
    const key = `${id}:${n}:${action}:second`;
    if (dedupKey !== doneOn) await jobs.enqueue(tx, pageJob, { id, n, action, second: true }, { key });
  }
}
