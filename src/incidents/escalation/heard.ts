import { newRequest } from '../../kernel/request.ts';
import { changeIncident } from '../change.ts';
import { takeOn } from '../end.ts';
import { kept } from '../given.ts';
import { acknowledging } from '../model.ts';
import type { Room } from '../ports.ts';
import * as rows from '../store.ts';

/**
 * Somebody acknowledged (or resolved) a page in PagerDuty. It counts for a page sent since the incident was declared, last
 * reopened or raised; of an earlier one it is noted, and the new page goes on ringing. Not one of ours: nothing.
 */
export async function hearOf(
  { dedupKey, who }: { dedupKey: string; who: { id: string; name: string } },
  room: Room,
): Promise<void> {
  const page = await rows.pageOfDedupKey(room.store.db(), dedupKey);
  if (!page) return;
  const { id, n } = page;
  // The same person, whether a webhook or an answer tells of them.
  const by = { id: `pagerduty:${kept(who.id, 200)}`, mention: `${kept(who.name, 200)} in PagerDuty` };
  await changeIncident({ by, request: newRequest() }, id, room, async (tx, incident, at) => {
    const decision = acknowledging(incident, n);
    if (decision === 'acknowledge') return takeOn(tx, incident, { at, by, doneOn: dedupKey }, room);
    if (decision === 'old_page' && !incident.acknowledged) {
      const words = `acknowledged page ${n}, from before it was reopened or raised`;
      const known = (await rows.eventsOf(tx, id)).some((event) => event.by === by.id && event.words === words);
      if (!known) await rows.addEvent(tx, id, { at, kind: 'note', by: by.id, words });
    }
    return { kind: decision, audit: [] };
  });
}
