import type { JobKind } from '../jobs/model.ts';
import { chaseJob as followUpJob } from './after/followups.ts';
import { paperJob } from './after/papers.ts';
import { breachJob } from './breach/jobs.ts';
import { channelJob } from './channel/jobs.ts';
import { levelJob } from './escalation/jobs.ts';
import { offerHoldJob } from './evidence/jobs.ts';
import { pollJob, watchJob } from './jobs.ts';
import { ticketDueJob } from './links/jobs.ts';
import { testWatchJob } from './page-test/jobs.ts';
import { nudgeJob } from './roles/nudge.ts';
import { boardJob } from './stakeholders/board.ts';
import { clocksJob } from './stakeholders/watch.ts';
import { chaseJob } from './tasks/jobs.ts';
import { remindJob } from './updates/remind.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [
  ...[watchJob, pollJob, channelJob, levelJob, testWatchJob, nudgeJob],
  ...[remindJob, clocksJob, boardJob, chaseJob, paperJob, followUpJob],
  ...[breachJob, ticketDueJob, offerHoldJob],
];
