import { escalationPlan } from '../../severities/decide.ts';
import type { Tx } from '../../store/store.ts';
import type { Change, Happened, Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { alarmHandler } from './alarm.ts';
import { fallbackHandler } from './fallback.ts';
import { alarmJob, fallbackJob, levelJob, levelSayJob, levelTimers, mailJob, reachJob } from './jobs.ts';
import { levelSayHandler } from './level-say.ts';
import { levelHandler } from './levels.ts';
import { reachHandler } from './reach.ts';
import { dropLevels, planLevels } from './store.ts';
import { mailHandler } from './told.ts';

const begins: readonly Change[] = ['declared', 'reopened', 'severity'];
const ends: readonly Change[] = ['acknowledged', 'resolved', 'merged'];

/** What follows while nobody acknowledges: the levels of its severity, e-mails, and other ways when it was not paged. */
export function createEscalation(room: Room): Part {
  const { jobs } = room;
  return {
    async follow(tx, { change, incident, at }) {
      const { id, way, drill } = incident;
      if (ends.includes(change)) return dropLevels(tx, id);
      if (!begins.includes(change)) return;
      await plan(tx, { change, incident, at }, room);
      if (way !== 'email' || drill || incident.acknowledged) return;
      const { version } = incident;
      await jobs.enqueue(tx, mailJob, { id, version }, { key: `${id}:${version}` });
    },
    register(queue, slack) {
      queue.handle(levelJob, levelHandler(room));
      queue.handle(levelSayJob, levelSayHandler(room, slack));
      queue.handle(reachJob, reachHandler(room));
      queue.handle(fallbackJob, fallbackHandler(room));
      queue.handle(mailJob, mailHandler(room));
      queue.handle(alarmJob, alarmHandler(room, slack));
    },
  };
}

/** The levels from now on, in the place of those before; none once somebody is on it. A drill keeps to Slack. */
async function plan(
  tx: Tx,
  { change, incident, at }: Pick<Happened, 'change' | 'incident' | 'at'>,
  { severities, timers }: Room,
): Promise<void> {
  const { id, severity: name, acknowledged, drill } = incident;
  // A page waits for nothing: a new incident has none.
  if (change !== 'declared') {
    await timers.cancelAll(tx, levelTimers(id));
    await dropLevels(tx, id);
  }
  const severity = severities.all.find((each) => each.id === name);
  const planned = severity && escalationPlan(severity, at);
  if (acknowledged || planned?.by !== 'rounds') return;
  const steps = planned.steps.filter(({ way }) => !drill || way === 'slack');
  const number = await planLevels(tx, id, steps);
  for (const { level, at: dueAt } of steps) {
    const key = `${levelTimers(id)}${number}.${level}`;
    await timers.set(tx, { key, dueAt, kind: levelJob, data: { id, plan: number, level } });
  }
}
