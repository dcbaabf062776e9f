import type { JobKind } from '../jobs/model.ts';
import { watchJob } from './jobs.ts';
import { nudgeJob } from './roles/nudge.ts';
import { chaseJob } from './tasks/jobs.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [watchJob, nudgeJob, chaseJob];
