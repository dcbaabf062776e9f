import type { Asker } from '../change.ts';
import type { Part } from '../part.ts';
import type { Room } from '../ports.ts';
import type { Update, Written } from './model.ts';
import { snoozeReminder, stopReminders } from './quiet.ts';
import { followUpdates, remindHandler, remindJob } from './remind.ts';
import * as rows from './rows.ts';
import { type WrittenUpdate, writeUnchanged, writeUpdate } from './write.ts';

/** What people are told while an incident runs: numbered, in time. */
export interface Updates {
  /** Throws OpsError `not_found`. */
  write(asker: Asker, written: Written): Promise<WrittenUpdate>;
  /** "No change". `n`: the number that it was to have, when a reminder asked for it. Throws OpsError `not_found`. */
  unchanged(asker: Asker, how: { id: number; n?: number | undefined }): Promise<WrittenUpdate>;
  snooze(asker: Asker, how: { id: number; ms: number }): ReturnType<typeof snoozeReminder>;
  stop(asker: Asker, id: number): ReturnType<typeof stopReminders>;
  /** Newest first. */
  list(id: number): Promise<Update[]>;
  /** The last that said something: what the next begins with. */
  lastNews(id: number): Promise<Update | undefined>;
}

export function createUpdates(room: Room): Part & Updates {
  const { store } = room;
  return {
    write: (asker, written) => writeUpdate(asker, written, room),
    unchanged: (asker, how) => writeUnchanged(asker, how, room),
    snooze: (asker, how) => snoozeReminder(asker, how, room),
    stop: (asker, id) => stopReminders(asker, id, room),
    list: (id) => rows.updatesOf(store.db(), id),
    lastNews: (id) => rows.lastNews(store.db(), id),
    follow: (tx, happened) => followUpdates(tx, happened, room),
    register: (jobs, slack) => jobs.handle(remindJob, remindHandler(room, slack)),
  };
}
