import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../../kernel/log.ts';
import { kept } from '../given.ts';
import type { Room } from '../ports.ts';
import { addCommand } from './rows.ts';

/** A command that somebody typed, before it is carried out. */
export interface TypedCommand {
  actor: { id: string };
  /** `health`, `incident`. */
  name: string;
  /** What stood behind it. */
  words: string;
  channel?: string | undefined;
  threadTs?: string | undefined;
}

/** Its own commands are no news in it. */
const left = ['timeline'];
/** How long stopping waits for a database that hangs. */
const patienceMs = 2_000;
/** A database that hangs must not collect them. */
const mostPending = 50;

export interface CommandLog {
  /** Writes it down beside the answer, which never waits for it. */
  ran(command: TypedCommand): void;
  /** Waits for what is on its way. */
  settled(): Promise<void>;
}

export function commandLog({ store, clock, log }: Pick<Room, 'store' | 'clock'> & { log: Log }): CommandLog {
  const pending = new Set<Promise<void>>();
  return {
    ran({ actor, name, words, channel, threadTs }) {
      const named = namedIn(words);
      if (left.includes(name) || (channel === undefined && named.length === 0)) return;
      if (pending.size >= mostPending) {
        log.warn({ command: name, actor: actor.id }, 'a command is not in the timeline: the database hangs');
        return;
      }
      const said = kept(`/ops ${name} ${words}`, 2_000);
      const ran = { at: clock.now(), by: actor.id, words: said, channel, threadTs, named };
      // A store that is away throws at once.
      const write = async () => addCommand(store.db(), ran);
      const done: Promise<void> = write()
        .catch((error: unknown) => {
          log.error({ err: error, command: name, actor: actor.id }, 'a command is not in the timeline');
        })
        .finally(() => pending.delete(done));
      pending.add(done);
    },
    async settled() {
      const stopped = new AbortController();
      const late = pause(patienceMs, undefined, { signal: stopped.signal }).catch(() => {});
      await Promise.race([Promise.all(pending), late]).finally(() => stopped.abort());
    },
  };
}

/** The incidents that words name: `INC-42`. Pure. */
function namedIn(words: string): number[] {
  const found = [...words.matchAll(/(?<![\w-])INC-?(\d{1,9})\b/gi)].map(([, digits]) => Number(digits));
  return [...new Set(found)].slice(0, 5);
}
