import type { Alerts } from '../alerts/alerts.ts';
import type { Charts } from '../charts/charts.ts';
import type { Ops } from '../config/model.ts';
import type { Health } from '../health/health.ts';
import type { Enqueuing } from '../jobs/model.ts';
import type { Timers } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Picture, Post, TextFile } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { LiveFolder } from '../live/folder.ts';
import type { PostPort } from '../posting/port.ts';
import type { Store } from '../store/store.ts';
import type { ReportFile } from './read.ts';
import type { Sources } from './section.ts';

/** What reports need of Slack. Every method throws PortError. */
export interface ReportPort extends PostPort {
  update(message: { channel: string; ts: string; post: Post; patienceMs?: number }): Promise<void>;
  upload(files: {
    channel: string;
    threadTs?: string;
    comment?: string;
    pictures: readonly (Picture | TextFile)[];
    stillMine?: () => Promise<boolean>;
  }): Promise<void>;
  /** How a message mentions a group or person so that they notice; undefined = they can't be mentioned. */
  mentionOf(name: string): Promise<string | undefined>;
}

/** A checklist under way, or one that is over, as reports tell of it. */
export interface ChecklistState {
  /** Names the run. */
  id: number;
  name: string;
  title: string;
  owner?: string;
  startedAt: Date;
  dueAt?: Date;
  done: number;
  total: number;
  /** Absent = it is still open. */
  closed?: { at: Date; how: 'done' | 'closed' };
}

/** What reports ask of checklists. */
export interface ChecklistsPast {
  /** Not done yet, the longest overdue first. */
  open(): Promise<ChecklistState[]>;
  /** Ended in that time, oldest first. */
  endedBetween(from: Date, to: Date): Promise<ChecklistState[]>;
}

/** What this room stands on. */
export interface ReportPorts {
  ops: Ops;
  store: Store;
  jobs: Enqueuing;
  timers: Pick<Timers, 'set' | 'cancel'>;
  clock: Clock;
  log: Log;
  charts: Charts;
  health: Pick<Health, 'measure' | 'last'>;
  sources: Sources;
  files: LiveFolder<ReportFile>;
  /** Tells people of something in plain lines, once per `key`. */
  announce: Alerts['announce'];
  /** How long one section may take once the checks are measured, ms; default 10 s. */
  sectionMs?: number;
}
