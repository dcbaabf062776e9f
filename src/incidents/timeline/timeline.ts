import type { Permissions } from '../../kernel/access.ts';
import type { Tx } from '../../store/store.ts';
import type { Asker } from '../change.ts';
import type { By } from '../model.ts';
import type { Part } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import * as rows from '../store.ts';
import { type CheckEvent, takeChecks } from './checks.ts';
import { commandLog, type TypedCommand } from './commands.ts';
import { type Flagged, flagHandler, flagJob, flagMessage } from './flag.ts';
import { joinIncident, keepMembers } from './members.ts';
import { addNote, strikeEvent } from './note.ts';
import { hasMessages } from './rows.ts';

/** Somebody put a reaction on a message. */
export interface Reaction {
  by: By;
  /** `pushpin`, without colons. */
  name: string;
  channel: string;
  ts: string;
}

/** What happened in an incident, beyond what its own verbs write down. */
export interface Timeline {
  note(asker: Asker, said: { id: number; at: Date | undefined; words: string }): ReturnType<typeof addNote>;
  strike(asker: Asker, said: { event: number; reason: string }): ReturnType<typeof strikeEvent>;
  flag(asker: Asker, flagged: { id: number; message: Flagged; comment?: string }): ReturnType<typeof flagMessage>;
  /** Whether a reaction of this name flags a message. */
  wants(name: string): boolean;
  /** Flags a message where that is an incident's channel or thread; `denied`: they may not, and it is one's channel. */
  reacted(reaction: Reaction, permissions: Permissions): Promise<'taken' | 'not_ours' | 'denied'>;
  /** Somebody typed a command: written down beside it, once the asker was let in. */
  ran(command: TypedCommand): void;
  /** Somebody joined a channel: they are in the incident whose channel it is. */
  joined(join: { who: By; by: By; channel: string }): Promise<void>;
  /** Checks have changed; in the transaction that records it. */
  take(tx: Tx, events: readonly CheckEvent[]): Promise<void>;
  /** What people are called, by their ids, as far as Slack tells. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Waits for what is being written down. */
  settled(): Promise<void>;
}

export function createTimeline(room: Room): Part & Timeline {
  const { store, jobs, flagEmoji = defaultFlags, checks = [] } = room;
  const { ran, settled } = commandLog(room);
  let slack: IncidentPort | undefined;
  return {
    ran,
    settled,
    note: (asker, said) => addNote(asker, said, room),
    strike: (asker, said) => strikeEvent(asker, said, room),
    flag: (asker, flagged) => flagMessage(asker, flagged, room),
    wants: (name) => flagEmoji.includes(name),
    async reacted({ by: { id: person, mention }, channel, ts }, { may }) {
      const id = await rows.incidentOfHome(store.db(), channel);
      if (id === undefined && !(await hasMessages(store.db(), channel))) return 'not_ours';
      if ((await may('responder')).kind === 'denied') return id === undefined ? 'not_ours' : 'denied';
      const data = { channel, ts, by: { id: person, mention }, ...(id !== undefined && { id }) };
      await store.transaction<unknown, unknown>((tx) =>
        jobs.enqueue(tx, flagJob, data, { key: `flag:${channel}:${ts}:${person}` }),
      );
      jobs.hurry();
      return 'taken';
    },
    joined: (join) => joinIncident(join, room),
    take: (tx, events) => takeChecks(tx, events, checks),
    async names(ids) {
      const found = new Map<string, string>();
      for (const id of new Set(ids)) {
        const user = /^slack:([UW][A-Z0-9]+)$/.exec(id)?.[1];
        const name = user === undefined ? undefined : await slack?.nameOf(user);
        if (name !== undefined) found.set(id, name);
      }
      return found;
    },
    follow: keepMembers,
    register(queue, port) {
      slack = port;
      queue.handle(flagJob, flagHandler(room, port));
    },
  };
}

/** Reactions that flag a message where the configuration names none. */
const defaultFlags = ['pushpin', 'round_pushpin', 'star'];
