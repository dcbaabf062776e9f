import { randomBytes } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { PageShown } from '../page/contract.ts';
import { listen } from '../server.ts';
import type { WorkspaceState } from '../state.ts';
import { Account } from './account.ts';
import { Alerts } from './alerts.ts';
import { type PhoneParts, phoneServer } from './server.ts';
import { Webhooks, type WebhookTarget } from './webhooks.ts';

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
  /** By this user (an id), else by the first on call. False when no page with this key is open. */
  acknowledge(dedupKey: string, userId?: string): boolean;
  /** As `acknowledge`. */
  resolve(dedupKey: string, userId?: string): boolean;
  /** Ids of the users on call, the first to be paged first. At first the user group `oncall`. */
  onCall(): string[];
  /** With an empty list nobody is on call: events are accepted, and nothing rings. Throws when there is no such user. */
  setOnCall(userIds: string[]): void;
  /** From now on what happens to pages is told there, signed; undefined ends it. */
  sendWebhooks(target: WebhookTarget | undefined): void;
}

/** Starts it on a free loopback port of its own: PagerDuty's addresses are origins, paths are appended to them. */
export async function startPhone(
  state: WorkspaceState,
  faults: Faults,
  {
    before,
    webhook,
    watch,
  }: { before?: PageShown[] | undefined; webhook?: WebhookTarget | undefined; watch?: PhoneParts['watch'] } = {},
) {
  const { events, clock } = state;
  const account = new Account(state);
  const alerts = new Alerts(clock, () => account.onCall().length > 0, before);
  const webhooks = new Webhooks(events, clock);
  webhooks.target = webhook;
  alerts.onHappened = (what, page) =>
    webhooks.send(what, account.agent(page, 'user_reference'), account.webhookData(page));
  const routingKey = randomBytes(16).toString('hex');
  const apiToken = randomBytes(10).toString('hex');
  const server = phoneServer({ alerts, account, faults, events, clock, routingKey, apiToken, watch });
  const url = await listen(server, 0, '127.0.0.1');
  const holder = () => account.onCall()[0] ?? account.people()[0]?.id;
  const phone: Phone = {
    eventsUrl: url,
    apiUrl: url,
    routingKey,
    apiToken,
    from: account.people()[0]?.email ?? '',
    pages: () => alerts.shown(),
    onChange: (listener) => alerts.onChange(listener),
    acknowledge: (dedupKey, userId = holder()) => alerts.acknowledge(dedupKey, userId),
    resolve: (dedupKey, userId = holder()) => alerts.resolve(dedupKey, userId),
    onCall: () => account.onCall(),
    setOnCall: (userIds) => account.setOnCall(userIds),
    sendWebhooks: (target) => {
      webhooks.target = target;
    },
  };
  const close = async () => {
    webhooks.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { phone, close };
}
