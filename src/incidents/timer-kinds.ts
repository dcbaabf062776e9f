import type { JobKind } from '../jobs/model.ts';
import { chaseJob } from './after/followups.ts';
import { paperJob } from './after/papers.ts';
import { watchJob } from './jobs.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [watchJob, paperJob, chaseJob];
