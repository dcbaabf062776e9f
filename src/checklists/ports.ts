import type { Check, Contact } from '../config/model.ts';
import type { CheckReport } from '../health/model.ts';
import type { Enqueuing, Jobs } from '../jobs/model.ts';
import type { Timers } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Post } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { LiveFolder } from '../live/folder.ts';
import type { PostPort } from '../posting/port.ts';
import type { TeamHours } from '../severities/business-hours.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Checklist } from './model.ts';
import type { Compiling } from './read.ts';

/** What checklists need of Slack. Every method throws PortError. */
export interface ChecklistPort extends PostPort {
  update(message: { channel: string; ts: string; post: Post; patienceMs?: number }): Promise<void>;
  /** How a message mentions a group or person so that they notice; undefined = they can't be mentioned. */
  mentionOf(name: string): Promise<string | undefined>;
}

/** A checklist, and whether its file is the operator's own. */
export interface Filed {
  checklist: Checklist;
  own: boolean;
}

export interface ChecklistPorts {
  store: Store;
  jobs: Enqueuing & Pick<Jobs, 'hurry'>;
  timers: Pick<Timers, 'set' | 'cancel'>;
  clock: Clock;
  log: Log;
  files: LiveFolder<Filed>;
  team: TeamHours;
  contacts: ReadonlyMap<string, Contact>;
  checks: readonly Check[];
  compile: Compiling['compile'];
  /** Of the shipped checklists, those that begin by their schedule. */
  scheduled: readonly string[];
  /** Where they are posted, and where else when that can't be: an id or `#name`. */
  channel: string | undefined;
  fallbackChannel: string | undefined;
  /** Measures these checks now; worst first. Ends early when `signal` is aborted: what is missing then was not measured. */
  measure(ids: readonly string[], signal: AbortSignal): Promise<readonly CheckReport[]>;
  /** Tells people of something that is about no run, once per `key`; the lines are plain text. */
  announce(tx: Tx, said: { key: string; lines: readonly [string, ...string[]] }): Promise<unknown>;
}
