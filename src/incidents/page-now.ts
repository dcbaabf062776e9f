import type { Tx } from '../store/store.ts';
import { confirmTimer, confirmWithinMs, pageJob, watchJob } from './jobs.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';

/** Rings: a page of its own with the next number, and the look whether it was accepted. In the caller's transaction. */
export async function pageNow(tx: Tx, { id, at }: { id: number; at: Date }, ports: IncidentPorts): Promise<void> {
  const { jobs, timers } = ports;
  const n = await rows.insertPage(tx, id);
  await jobs.enqueue(tx, pageJob, { id, n, action: 'trigger' }, { key: `${id}:${n}:trigger` });
  const dueAt = new Date(at.getTime() + confirmWithinMs);
  await timers.set(tx, { key: confirmTimer(id), dueAt, kind: watchJob, data: { id, what: 'confirm' } });
}

/** Tells PagerDuty of each of its pages, behind what is said of them already. */
export async function tellPages(
  tx: Tx,
  { id, pages }: { id: number; pages: readonly { n: number }[] },
  action: 'acknowledge' | 'resolve',
  { jobs }: Pick<IncidentPorts, 'jobs'>,
): Promise<void> {
  for (const { n } of pages) await jobs.enqueue(tx, pageJob, { id, n, action }, { key: `${id}:${n}:${action}` });
}
