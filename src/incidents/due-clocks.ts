import type { Incident } from './model.ts';
import type { Room } from './ports.ts';
import { isStakeholder } from './stakeholders/model.ts';
import { runningClocks } from './stakeholders/rows.ts';
import * as rows from './store.ts';

/** Of an incident that is open: something that is due. */
export interface DueClock {
  incident: Incident;
  kind: 'update' | 'response' | 'stakeholder';
  /** Plain text: `Next update`, `Tell Management`. */
  what: string;
  dueAt: Date;
}

/** More are open at a time nowhere. */
const most = 500;

/** All that is due in open incidents that somebody may see, soonest first. */
export async function dueClocks(viewer: rows.Viewer, { store }: Pick<Room, 'store'>): Promise<DueClock[]> {
  const db = store.db();
  const open = (await rows.listIncidents(db, most, viewer)).filter(({ resolved }) => !resolved);
  const byId = new Map(open.map((incident) => [incident.id, incident]));
  const clocks = await runningClocks(db, [...byId.keys()]);
  const due = [
    ...open.flatMap((incident): DueClock[] => {
      const { nextUpdateAt: dueAt } = incident;
      return dueAt ? [{ incident, kind: 'update', what: 'Next update', dueAt }] : [];
    }),
    ...clocks.map(({ id, clock }): DueClock => {
      const of = { incident: byId.get(id)!, dueAt: clock.dueAt };
      if (isStakeholder(clock)) return { ...of, kind: 'stakeholder', what: `Tell ${clock.who}` };
      return { ...of, kind: 'response', what: 'Somebody at work on it' };
    }),
  ];
  return due.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}
