import { randomBytes } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { PageShown } from '../page/contract.ts';
import { listen } from '../server.ts';
import type { WorkspaceState } from '../state.ts';
import { Alerts } from './alerts.ts';
import { phoneServer } from './server.ts';

/** The stand-in for PagerDuty: what the bot's environment must say, and what would ring. */
export interface Phone {
  /** PAGERDUTY_EVENTS_URL: an origin. */
  eventsUrl: string;
  /** PAGERDUTY_API_URL: the same origin. */
  apiUrl: string;
  /** PAGERDUTY_ROUTING_KEY. */
  routingKey: string;
  /** PAGERDUTY_API_TOKEN. */
  apiToken: string;
  /** PAGERDUTY_FROM: the e-mail address of a user. */
  from: string;
  /** The newest last. */
  pages(): PageShown[];
  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** False when no page with this key is open. */
  acknowledge(dedupKey: string): boolean;
  /** False when no page with this key is open. */
  resolve(dedupKey: string): boolean;
}

/** Starts it on a free loopback port of its own: PagerDuty's addresses are origins, paths are appended to them. */
export async function startPhone(state: WorkspaceState, faults: Faults, before: PageShown[] = []) {
  const { events } = state;
  const alerts = new Alerts(state.clock, before);
  const routingKey = randomBytes(16).toString('hex');
  const apiToken = randomBytes(10).toString('hex');
  const users = () =>
    [...state.users.values()]
      .filter((user) => !user.is_bot && !user.deleted)
      .map(({ real_name: name, email }) => ({ name, email }));
  const server = phoneServer({ alerts, faults, events, clock: state.clock, routingKey, apiToken, users });
  const url = await listen(server, 0, '127.0.0.1');
  const phone: Phone = {
    eventsUrl: url,
    apiUrl: url,
    routingKey,
    apiToken,
    from: users()[0]?.email ?? '',
    pages: () => alerts.shown(),
    onChange: (listener) => alerts.onChange(listener),
    acknowledge: (dedupKey) => alerts.acknowledge(dedupKey),
    resolve: (dedupKey) => alerts.resolve(dedupKey),
  };
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { phone, close };
}
