import type { Jobs } from '../jobs/model.ts';
import type { Tx } from '../store/store.ts';
import type { By, Incident } from './model.ts';
import type { IncidentPort } from './ports.ts';

/** What an incident went through; others may have something to do then. */
export type Change =
  | 'declared'
  | 'acknowledged'
  | 'mitigated'
  | 'resolved'
  | 'reopened'
  /** Its severity is another. */
  | 'severity'
  | 'phi'
  | 'merged'
  | 'paused'
  | 'resumed'
  /** Somebody has a role, or lost it. */
  | 'roles'
  /** Its ticket or its bridge is another. */
  | 'links';

/** One change, with the incident as it is now. */
export interface Happened {
  change: Change;
  incident: Incident;
  /** Undefined when it was declared. */
  before: Incident | undefined;
  at: Date;
  by: By;
}

/** Somebody who can't be told anything: deactivated, gone, a bot. */
export interface Unreached {
  /** Of the incident that they were to be told of. */
  id: number;
  /** `slack:U1` */
  person: string;
}

/** One thing that follows from incidents: updates, tasks, their channel. It keeps its own tables, jobs and timers. */
export interface Part {
  /** Writes what follows into the transaction of the change itself: jobs, timers, rows. Nothing outside is called. */
  follow?(tx: Tx, happened: Happened): Promise<void>;
  /** Takes from them what nobody would do now. May be called twice. */
  unreached?(lost: Unreached): Promise<void>;
  /** Registers what carries its jobs out; before the queue starts. */
  register?(jobs: Pick<Jobs, 'handle'>, slack: IncidentPort): void;
}
