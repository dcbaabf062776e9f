import type { JobHandler } from '../../jobs/model.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Tx } from '../../store/store.ts';
import { type Incident, nameOf } from '../model.ts';
import type { IncidentPorts } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { markedPost, plainPost, takeOnButton } from '../views/plain.ts';
import { reachJob } from './jobs.ts';
import { mailAddresses, namesOf } from './recipients.ts';
import { addNotice } from './store.ts';

/** Tells those on call by e-mail, where the severity says so at this hour; says NOT TOLD where that can't be done. */
export function mailHandler(ports: IncidentPorts): JobHandler<{ id: number; version: number }> {
  const { store, jobs } = ports;
  return async ({ id, version }) => {
    const { reached, unreached } = await mailAddresses(ports);
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      if (!incident || incident.acknowledged || incident.resolved || incident.way !== 'email') return;
      if (reached.length === 0) return sayNotTold(tx, incident, unreached.join('; '), ports);
      for (const { name, address } of reached) {
        const key = `told:${version}:${address}`;
        await addNotice(tx, id, { key, why: 'told', way: 'email', address, name });
        await jobs.enqueue(tx, reachJob, { id, key }, { key: `${id}:${key}` });
      }
      const post = plainPost(`E-mail to ${namesOf(reached)}`);
      await say(tx, ports, { id, key: `told:${version}`, to: 'incident', post });
    });
    jobs.hurry();
  };
}

/** Nobody may have been told by e-mail: in a post of its own that calls people, once. */
export async function sayNotTold(tx: Tx, incident: Incident, why: string, ports: IncidentPorts): Promise<void> {
  const { id, label, oldPages } = incident;
  const lines = [
    `🚨 *NOT TOLD: ${nameOf(incident)} ${escapeSlack(label)}, no e-mail went to who is on call* <!here>`,
    `Why: ${escapeSlack(why)}`,
    '→ Tell who is on call, then press the button',
  ];
  const post = markedPost(lines.join('\n'), [takeOnButton(id, 'I reached someone', 'danger')]);
  const key = `not-told:${oldPages}`;
  await say(tx, ports, { id, key, to: incident.private ? 'incident' : 'announcement', post });
  const known = (await rows.eventsOf(tx, id)).some(({ kind, data }) => kind === 'not_paged' && data?.key === key);
  if (known) return;
  const words = `not told: ${why}`;
  await rows.addEvent(tx, id, { at: ports.clock.now(), kind: 'not_paged', by: 'rounds', words, data: { key } });
}
