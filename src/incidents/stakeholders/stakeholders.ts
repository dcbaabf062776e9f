import { OpsError } from '../../kernel/errors.ts';
import { type Asker, changeIncident } from '../change.ts';
import { kept } from '../given.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Part } from '../part.ts';
import type { Room } from '../ports.ts';
import * as incidents from '../store.ts';
import { boardHandler, boardJob, showBoard } from './board.ts';
import { type Clock, isStakeholder } from './model.ts';
import * as rows from './rows.ts';
import { clocksHandler, clocksJob, followClocks } from './watch.ts';

/** Who must be told in time, by a person: Rounds keeps the clocks, and tells nobody itself. */
export interface Stakeholders {
  /** Somebody was told. `who`: the clock's key, or as people call them. Throws OpsError `not_found`. */
  told(
    asker: Asker,
    how: { id: number; who: string; note: string },
  ): Promise<{ kind: 'told' | 'already'; incident: Incident; clock: Clock }>;
  /** Earliest first; without those who need not be told any more. */
  list(id: number): Promise<Clock[]>;
}

export function createStakeholders(room: Room): Part & Stakeholders {
  return {
    async told(asker, { id, who, note }) {
      let clock: Clock | undefined;
      const words = kept(note, 500);
      const done = await changeIncident<'told' | 'already'>(asker, id, room, async (tx, incident, at) => {
        const clocks = shown(await rows.clocksOf(tx, id));
        clock = clocks.find(({ key }) => key === who) ?? named(clocks, who);
        if (!clock) throw nobodyOf(incident, clocks);
        if (clock.state === 'done') return { kind: 'already', audit: [] };
        const { key } = clock;
        await rows.setDone(tx, id, { key, at, by: asker.by, note: words });
        clock = { ...clock, state: 'done', done: { at, by: asker.by, note: words } };
        const said = `${clock.who} was told${words && `: ${words}`}`;
        const data = { who: clock.who, dueAt: clock.dueAt.toISOString() };
        await incidents.addEvent(tx, id, { at, kind: 'told', by: asker.by.id, words: said, data });
        await showBoard(tx, id, room);
        const after = { who: clock.who, dueAt: clock.dueAt, late: at > clock.dueAt };
        return { kind: 'told', audit: [{ action: 'incident.told', after, ...(words && { reason: words }) }] };
      });
      return { ...done, clock: clock! };
    },
    list: async (id) => shown(await rows.clocksOf(room.store.db(), id)),
    follow: (tx, happened) => followClocks(tx, happened, room),
    register(jobs, slack) {
      jobs.handle(clocksJob, clocksHandler(room));
      jobs.handle(boardJob, boardHandler(room, slack));
    },
  };
}

function shown(clocks: readonly Clock[]): Clock[] {
  return clocks.filter((clock) => isStakeholder(clock) && clock.state !== 'dropped');
}

/** By its name, or by what only one begins with. */
function named(clocks: readonly Clock[], text: string): Clock | undefined {
  const word = text.trim().toLowerCase();
  const exact = clocks.find(({ who }) => who.toLowerCase() === word);
  const begins = word === '' ? [] : clocks.filter(({ who }) => who.toLowerCase().startsWith(word));
  return exact ?? (begins.length === 1 ? begins[0] : undefined);
}

function nobodyOf(incident: Incident, clocks: readonly Clock[]): OpsError {
  const names = clocks.map(({ who }) => who).join(', ');
  return new OpsError('not_found', `${nameOf(incident)} has nobody of that name who must be told`, {
    hint: names === '' ? 'Nobody must be told of it' : `one of ${names}`,
  });
}
