import type { ScannedFinding } from '../kernel/findings.ts';

/** What a job elsewhere says of one of its runs. */
export interface Report {
  what: 'start' | 'ok' | 'fail';
  /** As the job calls the run; '' = it doesn't: then it is the one that is on its way. */
  run: string;
  exitCode: number | undefined;
  /** One clean line, masked; '' = none. */
  message: string;
  /** What a scan found, all of it; undefined = it was none. */
  findings?: ScannedFinding[];
}

/** A run as it is recorded. */
export interface Run {
  id: number;
  run: string;
  startedAt: Date | undefined;
  endedAt: Date | undefined;
  outcome: 'running' | 'ok' | 'fail' | 'lost';
  exitCode: number | undefined;
  message: string;
}
