import { randomBytes } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { PageShown, ReceivedShown } from '../page/contract.ts';
import { listen } from '../server.ts';
import type { WorkspaceState } from '../state.ts';
import { Account } from './account.ts';
import { Alerts } from './alerts.ts';
import { Received } from './received.ts';
import { type PhoneParts, phoneServer } from './server.ts';
import type { TelephoneAccount } from './telephone.ts';
import { Webhooks, type WebhookTarget } from './webhooks.ts';

/** The stand-in for PagerDuty and for Twilio: what the bot's environment must say, and what would ring. */
export interface Phone {
  /** PAGERDUTY_EVENTS_URL: an origin. */
  eventsUrl: string;
  /** PAGERDUTY_API_URL: the same origin. */
  apiUrl: string;
  /** PAGERDUTY_ROUTING_KEY. */
  routingKey: string;
  /** PAGERDUTY_FALLBACK_ROUTING_KEY: of another service of the same account. */
  fallbackKey: string;
  /** PAGERDUTY_API_TOKEN. */
  apiToken: string;
  /** PAGERDUTY_FROM: the e-mail address of a user. */
  from: string;
  /** TWILIO_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM. */
  telephone: TelephoneAccount & { url: string };
  /** The newest last. */
  pages(): PageShown[];
  /** E-mails, text messages and calls, the newest last. */
  received(): ReceivedShown[];
  /** Hears of each of them, until the returned function is called. */
  onReceived(listener: (item: ReceivedShown) => void): () => void;
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
  }: {
    /** What an earlier run kept. */
    before?: { pages: PageShown[]; received: ReceivedShown[] } | undefined;
    webhook?: WebhookTarget | undefined;
    watch?: PhoneParts['watch'];
  } = {},
) {
  const { events, clock } = state;
  const account = new Account(state);
  const alerts = new Alerts(clock, () => account.onCall().length > 0, before?.pages);
  const received = new Received(clock, (address) => account.nameAt(address), before?.received);
  const webhooks = new Webhooks(events, clock);
  webhooks.target = webhook;
  alerts.onHappened = (what, page) =>
    webhooks.send(what, account.agent(page, 'user_reference'), account.webhookData(page));
  const routingKey = randomBytes(16).toString('hex');
  const fallbackKey = randomBytes(16).toString('hex');
  const apiToken = randomBytes(10).toString('hex');
  const telephone = {
    accountSid: `AC${randomBytes(16).toString('hex')}`,
    authToken: randomBytes(16).toString('hex'),
    from: '+12025550199',
  };
  const server = phoneServer({
    ...{ alerts, account, received, faults, events, clock },
    ...{ routingKeys: [routingKey, fallbackKey], apiToken, telephone, watch },
  });
  const url = await listen(server, 0, '127.0.0.1');
  const holder = () => account.onCall()[0] ?? account.people()[0]?.id;
  const phone: Phone = {
    eventsUrl: url,
    apiUrl: url,
    routingKey,
    fallbackKey,
    apiToken,
    from: account.people()[0]?.email ?? '',
    telephone: { url, ...telephone },
    pages: () => alerts.shown(),
    received: () => received.shown(),
    onReceived: (listener) => received.onReceived(listener),
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
  return { phone, received, close };
}
