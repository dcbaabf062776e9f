import type { DeadJob, Jobs } from '../../jobs/model.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

const late = { warnMs: 60_000, problemMs: 300_000 };
/** Dead jobs that are looked at for their reasons; the counts are of all. */
const deadShown = 100;

/** How old the oldest waiting job is, and the jobs that ran out of tries. */
export function queuePart(jobs: Pick<Jobs, 'state' | 'dead'>, clock: Clock): Part {
  return {
    name: 'queue',
    look: async () => {
      const { counts, oldestWaitingMs } = await jobs.state();
      const total = (state: string) =>
        counts.filter((each) => each.state === state).reduce((sum, { count }) => sum + count, 0);
      const waiting = waitingOf(oldestWaitingMs, total('waiting'), total('running'));
      if (total('dead') === 0) return [waiting];
      return [waiting, ...deadOf(await jobs.dead(deadShown), total('dead'), clock.now())];
    },
  };
}

function waitingOf(oldestMs: number, waiting: number, running: number): Found {
  const fix = 'see whether a bot runs (its log, /readyz) and what its jobs wait for (/metrics)';
  const words = `a job that is due has been waiting for ${formatDuration(oldestMs)}, ${waiting} wait in all`;
  if (oldestMs > late.problemMs) return problem(words, fix);
  if (oldestMs > late.warnMs) return warn(words, fix);
  return ok(`nothing is late: ${waiting} waiting, ${running} running`);
}

/** Dead jobs by kind and reason, the newest first. */
function deadOf(dead: readonly DeadJob[], total: number, now: Date): Found[] {
  const groups = Map.groupBy(dead, ({ kind, reason }) => `${kind} ${reason}`);
  const found = [...groups.values()].map((jobs) => {
    const [newest] = jobs;
    const { kind, reason, message, diedAt, id } = newest!;
    const ago = formatDuration(Math.max(0, now.getTime() - diedAt.getTime()));
    const words = `${jobs.length} dead ${kind} (${reason}), the newest ${ago} ago: ${message}`;
    return problem(
      words,
      `mend the cause, then npx rounds jobs replay ${id}${jobs.length > 1 ? ' (and the others)' : ''}`,
    );
  });
  const rest = total - dead.length;
  return rest > 0 ? [...found, problem(`${rest} more dead jobs, older ones`, '`npx rounds jobs` lists them')] : found;
}
