import type { JobKind } from '../jobs/model.ts';
import { breachJob } from './breach/jobs.ts';
import { offerHoldJob } from './evidence/jobs.ts';
import { watchJob } from './jobs.ts';
import { ticketDueJob } from './links/jobs.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [watchJob, breachJob, ticketDueJob, offerHoldJob];
