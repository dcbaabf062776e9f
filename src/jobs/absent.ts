import type { OpsError } from '../kernel/errors.ts';
import type { Jobs } from './model.ts';

/** Stands in for the queue of a database that can't be reached: nothing can be enqueued or read, all fails with `why`. */
export function absentJobs(why: OpsError): Jobs {
  const fail = () => Promise.reject(why);
  return {
    enqueue: fail,
    cancel: fail,
    handle() {},
    start: fail,
    hurry() {},
    stop: async () => {},
    state: fail,
    dead: fail,
    replay: fail,
  };
}
