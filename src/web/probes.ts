import type { Route } from './server.ts';

/** Whether one part works; `problem` says what doesn't. */
export type PartHealth = { ok: true } | { ok: false; problem: string };

/** The process is alive and its event loop answers. */
export const healthz: Route = async () => ({ status: 200, text: 'ok\n' });

/** Every part that is needed to answer people works; else 503 with what doesn't. */
export function readyz(parts: Record<string, () => Promise<PartHealth>>): Route {
  return async () => {
    const states = await Promise.all(
      Object.entries(parts).map(async ([name, part]) => ({ name, state: await part() })),
    );
    const ready = states.every(({ state }) => state.ok);
    const lines = states.map(({ name, state }) => `${name}: ${state.ok ? 'ok' : state.problem}`);
    return { status: ready ? 200 : 503, text: `${lines.join('\n')}\n` };
  };
}
