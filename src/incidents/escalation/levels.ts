import type { JobHandler } from '../../jobs/model.ts';
import type { Clock } from '../../kernel/clock.ts';
import { pageNow } from '../page-now.ts';
import type { IncidentPorts } from '../ports.ts';
import * as rows from '../store.ts';
import { levelSayJob, reachJob } from './jobs.ts';
import { isLate, type Level, levelDue } from './plan.ts';
import { addressesOf, type Found, namesOf } from './recipients.ts';
import { addNotice, levelOf, setFired } from './store.ts';
import { wayWords } from './words.ts';

type LevelData = { id: number; plan: number; level: number };

/** A level fires, once: what reaches people becomes jobs of their own, in its transaction. */
export function levelHandler(ports: IncidentPorts): JobHandler<LevelData> {
  const { store, jobs, clock } = ports;
  return async (data) => {
    const { id, plan, level: number } = data;
    const planned = await levelOf(store.db(), data);
    const found = planned && (await reachedBy(planned, ports));
    await store.transaction<unknown, void>(async (tx) => {
      const incident = await rows.lockIncident(tx, id);
      const level = await levelOf(tx, data);
      if (!incident || !level || !found || levelDue(incident, level) !== 'fire') return;
      const at = clock.now();
      await setFired(tx, { ...data, at });
      for (const { name, address } of found.reached) {
        const key = `level:${plan}.${number}:${address}`;
        const way = level.way as 'email' | 'sms' | 'phone';
        await addNotice(tx, id, { key, why: 'level', way, address, name });
        await jobs.enqueue(tx, reachJob, { id, key }, { key: `${id}:${key}` });
      }
      if (level.way === 'page') await pageNow(tx, { id, at }, ports);
      const words = eventWords(level, found, { at, clock });
      await rows.addEvent(tx, id, { at, kind: 'escalated', by: 'rounds', words, data: { plan, level: number } });
      await jobs.enqueue(tx, levelSayJob, data, { key: `${id}:${plan}.${number}` });
    });
    jobs.hurry();
  };
}

/** Whom a level reaches outside Slack. Nobody outside is told of a drill, where only Slack's levels are planned. */
async function reachedBy({ way, to }: Level, ports: IncidentPorts): Promise<Found> {
  return way === 'slack' || way === 'page' ? { reached: [], unreached: [] } : addressesOf(way, to, ports);
}

function eventWords(level: Level, found: Found, { at, clock }: { at: Date; clock: Clock }): string {
  const { way, to, dueAt } = level;
  const names = namesOf(way === 'slack' || way === 'page' ? to : found.reached);
  const whom = names && ` to ${names}`;
  const missed = found.unreached.length > 0 ? `; not reached: ${found.unreached.join('; ')}` : '';
  const late = isLate(dueAt, at, clock) ? ` (late: due ${dueAt.toISOString().slice(11, 16)} UTC)` : '';
  return `level ${level.level} of ${level.levels}: ${wayWords[way]}${whom}${missed}${late}`;
}
