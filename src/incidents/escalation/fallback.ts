import type { JobHandler } from '../../jobs/model.ts';
import type { Tx } from '../../store/store.ts';
import { pageJob } from '../jobs.ts';
import type { IncidentPorts } from '../ports.ts';
import * as rows from '../store.ts';
import { alarmJob, fallbackJob, reachJob } from './jobs.ts';
import { fallbackDue } from './plan.ts';
import { mailAddresses } from './recipients.ts';
import { addNotice, addSecondPage } from './store.ts';

/** Page `n` was not confirmed: the other ways are tried too, each once. In the caller's transaction. */
export async function beginFallback(
  tx: Tx,
  { id, n }: { id: number; n: number },
  { jobs }: Pick<IncidentPorts, 'jobs'>,
): Promise<void> {
  await jobs.enqueue(tx, fallbackJob, { id, n }, { key: `${id}:${n}` });
}

/** An e-mail, and the page by the second routing key. The first goes on being tried. */
export function fallbackHandler(ports: IncidentPorts): JobHandler<{ id: number; n: number }> {
  const { store, jobs, clock, paging } = ports;
  return async ({ id, n }) => {
    const { reached, unreached } = await mailAddresses(ports);
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      if (!incident || fallbackDue(incident, n) !== 'go') return;
      for (const { name, address } of reached) {
        const key = `fallback:${n}:${address}`;
        await addNotice(tx, id, { key, why: 'fallback', way: 'email', address, name });
        await jobs.enqueue(tx, reachJob, { id, key }, { key: `${id}:${key}` });
      }
      const page = incident.pages.find((each) => each.n === n);
      if (paging.fallbackKey !== undefined && page) {
        await addSecondPage(tx, { id, n, dedupKey: `${page.dedupKey}:fallback` });
        const key = `${id}:${n}:trigger:second`;
        await jobs.enqueue(tx, pageJob, { id, n, action: 'trigger', second: true }, { key });
      }
      if (reached.length === 0) {
        const words = `no e-mail: ${unreached.join('; ')}`;
        await rows.addEvent(tx, id, { at: clock.now(), kind: 'fallback', by: 'rounds', words });
      }
      await jobs.enqueue(tx, alarmJob, { id });
    });
    jobs.hurry();
  };
}
