import { randomUUID } from 'node:crypto';
import type { JobContext, JobHandler, JobKind, Jobs } from '../jobs/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** The queue of a shadow run: in memory, without retries, ended with its process. */
export interface ShadowQueue extends Pick<Jobs, 'handle' | 'enqueue' | 'cancel'> {
  /** Begins what waits. */
  work(): void;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

interface Waiting {
  name: string;
  /** Of its kind: those of one series run one after the other. */
  series: string | undefined;
  data: unknown;
}

/** Kinds that nothing here handles are dropped. Slots that come again and again need no key: each is enqueued once. */
export function shadowQueue({ clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }): ShadowQueue {
  const handlers = new Map<string, JobHandler<unknown>>();
  const series = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  let waiting: Waiting[] = [];

  function work(): void {
    const begun = waiting;
    waiting = [];
    for (const job of begun) begin(job);
  }

  function begin(job: Waiting): void {
    const before = job.series === undefined ? undefined : series.get(job.series);
    const run: Promise<void> = (before ?? Promise.resolve())
      .then(() => carryOut(job))
      .finally(() => {
        running.delete(run);
        if (job.series !== undefined && series.get(job.series) === run) series.delete(job.series);
        work();
      });
    running.add(run);
    if (job.series !== undefined) series.set(job.series, run);
  }

  async function carryOut({ name, data }: Waiting): Promise<void> {
    const context: JobContext = {
      ...{ id: randomUUID(), attempt: 1, lastAttempt: true, signal, log, clock },
      stillMine: async () => true,
    };
    try {
      await handlers.get(name)?.(data, context);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, job: name }, 'a part of the shadow run failed');
    }
  }

  return {
    work,
    handle<Data>(kind: JobKind<Data>, run: JobHandler<Data>) {
      handlers.set(kind.name, run as JobHandler<unknown>);
    },
    async enqueue(_tx, kind, data) {
      const own = kind.serial?.(data);
      waiting.push({ name: kind.name, data, series: own === undefined ? undefined : `${kind.name} ${own}` });
      return 'enqueued';
    },
    async cancel() {},
    async idle() {
      for (work(); running.size > 0; work()) await Promise.all(running);
    },
  };
}
