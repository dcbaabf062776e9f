import { onTestFinished } from 'vitest';
import heartbeat from '../../src/checks/heartbeat.ts';
import { heartbeatRoutes } from '../../src/heartbeat-hook.ts';
import { createHeartbeats, type Heartbeats } from '../../src/heartbeats/heartbeats.ts';
import { type CheckType, Unmeasured } from '../../src/kernel/check.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { type Reveal, Secret } from '../../src/kernel/secret.ts';
import type { Store } from '../../src/store/store.ts';
import { startWeb } from '../../src/web/server.ts';
import { checkOf } from './checks.ts';
import { memoryLog } from './memory-log.ts';

export const token = 'a-token-of-the-tests-0123456789';

/** Knows the secrets it is given. */
export function revealing(secrets: Record<string, string> = { TOKEN: token }): Reveal {
  return (value) => {
    if (!(value instanceof Secret)) return value;
    const secret = secrets[value.name];
    if (secret === undefined) throw new Unmeasured('no_credentials', `secret ${value.name} is not set`);
    return secret;
  };
}

/** A check that waits for reports, as configured. */
export function awaiting(id: string, params: object = {}) {
  const target = heartbeat.params.parse({ token: { secret: 'TOKEN' }, every: '24h', grace: '1h', ...params });
  return checkOf(heartbeat.run as Parameters<typeof checkOf>[0], {
    ...{ id, type: 'heartbeat', target },
    definition: heartbeat as unknown as CheckType,
  });
}

/** The bot's web server with its route for reports, and jobs that report to it. */
export async function reportsTo(
  store: Store,
  { clock, checks, reveal = revealing() }: { clock: Clock; checks: ReturnType<typeof awaiting>[]; reveal?: Reveal },
  heartbeats: Heartbeats = createHeartbeats({ store, clock }),
) {
  const log = memoryLog();
  const routes = heartbeatRoutes({ checks, heartbeats, reveal, log });
  const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes });
  onTestFinished(() => web.close());
  const url = `http://127.0.0.1:${web.port}/hooks/heartbeat/`;
  /** `backup`, `backup/start`, `backup?exit=3`; what it was answered. */
  async function beat(path: string, { headers = {}, ...init }: RequestInit & { headers?: object } = {}) {
    const authorization = `Bearer ${token}`;
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { authorization, ...headers }, ...init });
    return [answer.status, (await answer.text()).trim()] as const;
  }
  return { heartbeats, beat, url, log, read: (id: string) => heartbeats.read(id) };
}
