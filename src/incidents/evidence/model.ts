import type { By } from '../model.ts';

export const steps = ['logs', 'snapshot', 'retention', 'logging'] as const;
/** What people do to keep evidence elsewhere. */
export type Step = (typeof steps)[number];

export const stepNames: Record<Step, string> = {
  logs: 'Logs exported',
  snapshot: 'Snapshot taken',
  retention: 'Retention hold set',
  logging: 'Enhanced logging on',
};

/** Rounds does none of it: what somebody does, by hand. */
export const byHand: Record<Step, string> = {
  logs: 'export the log groups and the CloudTrail events of that time to a bucket that nobody can delete from',
  snapshot: 'snapshot the volumes and databases concerned, before anything is restarted or replaced',
  retention: 'put a legal hold or object lock on what is kept, raise the retention of log groups, stop lifecycle rules',
  logging: 'turn on CloudTrail data events, flow logs and the audit log of the database',
};

export interface DoneStep {
  step: Step;
  at: Date;
  by: By;
  /** Where it is. */
  reference: string;
}

/** Evidence of an incident is kept: what Rounds recorded from then until then. */
export interface Hold {
  id: number;
  /** A day before it was declared, or discovered. */
  from: Date;
  placedAt: Date;
  placedBy: By;
  done: DoneStep[];
}

/** Incidents of these types are offered a hold. */
export const heldTypes = ['access', 'breach'];

export interface Exported {
  name: string;
  bytes: Uint8Array;
  sha256: string;
  lines: number;
}
