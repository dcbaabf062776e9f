import type { Jobs } from '../jobs/model.ts';
import type { Schedules } from '../jobs/timing.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Route } from './server.ts';

/** Whether one part works; `problem` says what doesn't. */
export type PartHealth = { ok: true } | { ok: false; problem: string };

/** The process is alive and its event loop answers. */
export const healthz: Route = async () => ({ status: 200, text: 'ok\n' });

/** Every part that is needed to answer people works; else 503 with what doesn't. Answers within `deadlineMs`. */
export function readyz(parts: Record<string, () => Promise<PartHealth>>, deadlineMs = 2_000): Route {
  const asked = new Map<string, Promise<PartHealth>>();
  // A part that still owes an answer isn't asked again: probes must not pile up behind it.
  function ask(name: string, part: () => Promise<PartHealth>): Promise<PartHealth> {
    const asking = asked.get(name) ?? part().finally(() => asked.delete(name));
    asked.set(name, asking);
    return asking;
  }
  return async () => {
    const late: PartHealth = { ok: false, problem: `no answer within ${deadlineMs / 1000} s` };
    const deadline = Promise.withResolvers<PartHealth>();
    const timer = setTimeout(() => deadline.resolve(late), deadlineMs);
    const states = await Promise.all(
      Object.entries(parts).map(async ([name, part]) => ({
        name,
        state: await Promise.race([ask(name, part), deadline.promise]),
      })),
    );
    clearTimeout(timer);
    const ready = states.every(({ state }) => state.ok);
    const lines = states.map(({ name, state }) => `${name}: ${state.ok ? 'ok' : state.problem}`);
    return { status: ready ? 200 : 503, text: `${lines.join('\n')}\n` };
  };
}

/** Whether the database answers and takes changes. */
export function databaseHealth(store: { ping(): Promise<unknown> }): () => Promise<PartHealth> {
  return () =>
    store.ping().then(
      () => ({ ok: true }),
      (error: unknown) => ({ ok: false, problem: error instanceof OpsError ? error.message : 'unreachable' }),
    );
}

/** A job that waits longer than this says that nobody works, ms. */
const longestWaitMs = 120_000;

/** Whether the queue answers and its jobs are begun. */
export function queueHealth(jobs: Pick<Jobs, 'state'>): () => Promise<PartHealth> {
  return () =>
    jobs.state().then(
      ({ oldestWaitingMs }): PartHealth => {
        if (oldestWaitingMs <= longestWaitMs) return { ok: true };
        return { ok: false, problem: `the oldest job has waited for ${Math.round(oldestWaitingMs / 1_000)} s` };
      },
      (): PartHealth => ({ ok: false, problem: 'unreadable' }),
    );
}

/** Whether the slots of schedules are enqueued. */
export function schedulesHealth(schedules: Pick<Schedules, 'problem'>): () => Promise<PartHealth> {
  return async () => {
    const problem = schedules.problem();
    return problem === undefined ? { ok: true } : { ok: false, problem };
  };
}

/** The first part that doesn't work, in words; undefined = all do. */
export function firstProblem(parts: Record<string, () => Promise<PartHealth>>): () => Promise<string | undefined> {
  return async () => {
    for (const [name, part] of Object.entries(parts)) {
      const state = await part();
      if (!state.ok) return `${name}: ${state.problem}`;
    }
    return undefined;
  };
}
