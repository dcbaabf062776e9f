import type { JobKind } from '../jobs/model.ts';
import { watchJob } from './jobs.ts';
import { boardJob } from './stakeholders/board.ts';
import { clocksJob } from './stakeholders/watch.ts';
import { remindJob } from './updates/remind.ts';

/** The jobs of this room that deadlines enqueue. */
export const incidentTimerKinds: readonly JobKind<unknown>[] = [watchJob, remindJob, clocksJob, boardJob];
