import type { JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import type { PageData } from '../jobs.ts';
import { eventOf, mayRing } from '../page-event.ts';
import type { IncidentPorts } from '../ports.ts';
import * as rows from '../store.ts';
import { alarmJob } from './jobs.ts';
import { type SecondPage, secondPagesOf, setSecondPage } from './store.ts';

/** Says one thing to PagerDuty about a page of the second routing key. */
export function secondPageHandler(ports: IncidentPorts): JobHandler<PageData> {
  const { store, paging, clock } = ports;
  return async ({ id, n, action }, { signal, stillMine }) => {
    const incident = await rows.findIncident(store.db(), id);
    const page = (await secondPagesOf(store.db(), id)).find((each) => each.n === n);
    if (!incident || !page) return;
    if (action === 'trigger' && !mayRing(incident, n)) return;
    if (action !== 'trigger' && page.state === 'refused') return;
    if (paging.fallbackKey === undefined) return ended('refused', 'PAGERDUTY_FALLBACK_ROUTING_KEY is not set');
    if (!(await stillMine())) return;
    try {
      await paging.events.send(paging.fallbackKey, eventOf(incident, page.dedupKey, action), signal);
    } catch (error) {
      if (action !== 'trigger' || !(error instanceof PortError) || error.reason === 'stopped') throw error;
      if (!error.retryable) return ended('refused', error.message);
      await ended('sending', error.message);
      throw error;
    }
    if (action === 'trigger') await ended('accepted');

    /** What came of it stands in the post that says NOT PAGED. */
    async function ended(state: SecondPage['state'], reason?: string): Promise<void> {
      await store.transaction<unknown, void>(async (tx) => {
        const at = clock.now();
        const changed = await setSecondPage(tx, id, {
          ...{ n, state, ...(reason !== undefined && { reason }) },
          ...(state === 'accepted' && { at }),
        });
        if (!changed) return;
        const words = state === 'accepted' ? 'paged by the second routing key' : `second routing key: ${reason}`;
        if (state !== 'sending') await rows.addEvent(tx, id, { at, kind: 'fallback', by: 'rounds', words });
        if (reason !== page?.reason || state !== 'sending') await ports.jobs.enqueue(tx, alarmJob, { id });
      });
    }
  };
}
