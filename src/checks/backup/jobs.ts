import type { BackupJob, CopyJob } from '@aws-sdk/client-backup';
import { Unmeasured } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import { isJudged, labelOf } from './names.ts';
import type { BackupTarget } from './params.ts';
import type { Read } from './read.ts';

type Job = (BackupJob | CopyJob) & { CreationDate: Date; State: string };

const failed = new Set(['FAILED', 'EXPIRED', 'ABORTED', 'ABORTING']);
const running = new Set(['CREATED', 'PENDING', 'RUNNING']);

/** Jobs of resources that the check judges. Throws Unmeasured when one of them lacks what is judged. */
export function judgedJobs<J extends BackupJob | CopyJob>({ items }: Read<J>, target: BackupTarget): (J & Job)[] {
  const judged = items.filter((job) => isJudged(job, target));
  const partial = judged.find(({ State, CreationDate, ResourceArn }) => !State || !CreationDate || !ResourceArn);
  if (partial)
    throw new Unmeasured('invalid_answer', `AWS Backup lists a job of ${labelOf(partial)} without state or date`);
  return judged as (J & Job)[];
}

/**
 * What the jobs created since `since` came to; those that failed and were made good by a later one stand apart. One that no
 * later one made good counts however old it is: of a weekly backup, until the next week's.
 */
export function jobFacts(jobs: Job[], { complete }: { complete: boolean }, since: Date) {
  const recent = jobs.filter(({ CreationDate }) => CreationDate >= since);
  const bad = (some: Job[]) => some.filter(({ State }) => failed.has(State));
  const madeGood = (job: Job) =>
    jobs.some((later) => later.State === 'COMPLETED' && later.CreationDate > job.CreationDate && isSame(later, job));
  const number = (some: Job[]) => (complete ? some.length : null);
  const listed = (some: Job[]) => (complete || some.length > 0 ? few(some.map(inWords)) : null);
  return {
    jobs: number(recent),
    completed: number(recent.filter(({ State }) => State === 'COMPLETED')),
    running: number(recent.filter(({ State }) => running.has(State))),
    failed: listed(bad(jobs).filter((job) => !madeGood(job))),
    recovered: listed(bad(recent).filter(madeGood)),
    partial: listed(recent.filter(({ State }) => State === 'PARTIAL')),
    with_issues: listed(recent.filter(hasIssues)),
  };
}

/** The same resource into the same vault: a copy elsewhere doesn't make a failed backup good. */
function isSame(one: Job, other: Job): boolean {
  return one.ResourceArn === other.ResourceArn && vaultOf(one) === vaultOf(other);
}

function vaultOf(job: Job): string | undefined {
  return 'BackupVaultName' in job ? job.BackupVaultName : (job as CopyJob).DestinationBackupVaultArn;
}

/** What the console calls "completed with issues". */
function hasIssues(job: Job): boolean {
  return job.State === 'COMPLETED' && job.MessageCategory !== undefined && !isSuccess(job);
}

function isSuccess({ MessageCategory }: Job): boolean {
  return MessageCategory?.toUpperCase() === 'SUCCESS';
}

function inWords(job: Job): string {
  const why = job.StatusMessage ?? (isSuccess(job) ? undefined : job.MessageCategory);
  return `${labelOf(job)} ${job.State}${why ? `: ${why}` : ''}`;
}

/** How many jobs created since then completed; of a part of the jobs, none is not known to be none. */
export function completedSince(jobs: Job[], since: Date, complete: boolean): number | null {
  const count = jobs.filter(({ State, CreationDate }) => State === 'COMPLETED' && CreationDate >= since).length;
  return complete || count > 0 ? count : null;
}
