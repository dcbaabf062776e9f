import type { JobKind } from '../jobs/model.ts';
import { channelJob } from './channel/jobs.ts';
import { watchJob } from './jobs.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [watchJob, channelJob];
