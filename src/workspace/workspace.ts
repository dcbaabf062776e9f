import { type CallWatch, WebApi } from './api.ts';
import { isObject } from './args.ts';
import { Deliveries } from './delivery/deliveries.ts';
import { HttpTransport } from './delivery/http.ts';
import { type DisconnectReason, SocketTransport } from './delivery/sockets.ts';
import { type ApiCall, type DeliveryRecord, WorkspaceEvents } from './events.ts';
import type { Fault } from './faults.ts';
import { newId, newIdentity } from './ids.ts';
import { changesKept, Keeper, readKept } from './keeping/file.ts';
import { keptOf, restore } from './keeping/kept.ts';
import { ACK_DEADLINE_MS, EVENT_RETRY_DELAYS_MS } from './limits.ts';
import { startMailbox } from './mailbox/mailbox.ts';
import { defaultEventTypes, type WorkspaceOptions } from './options.ts';
import { Page } from './page/page.ts';
import { type Person, person } from './person.ts';
import { startPhone } from './phone/phone.ts';
import { issueToken, seed } from './seed.ts';
import { isLoopback, listen, workspaceServer } from './server.ts';
import { WorkspaceState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { teamOf } from './team.ts';
import type { Clock, Message, View } from './world.ts';

const systemClock: Clock = { now: () => new Date() };

export type { WorkspaceOptions } from './options.ts';
export type Workspace = Awaited<ReturnType<typeof startWorkspace>>;

/** Starts a Slack-compatible workspace with a small team in it, listening on `host`:`port` (127.0.0.1, any free port). */
export async function startWorkspace(options: WorkspaceOptions = {}) {
  const { playClock, page: pageOptions, warn = () => {} } = options;
  const host = options.host ?? '127.0.0.1';
  if (pageOptions && !isLoopback(host))
    throw new Error(`The workspace's page is for this machine only, not for ${host}`);
  const clock = playClock ?? options.clock ?? systemClock;
  const realClock = options.realClock ?? (playClock ? systemClock : clock);
  const events = new WorkspaceEvents();
  const before = options.file === undefined || options.afresh ? {} : await readKept(options.file, warn);
  const state = new WorkspaceState(clock, events, before.found?.identity ?? newIdentity(), realClock);
  if (before.found) restore(state, before.found);
  else seed(state);
  state.homeTab = options.homeTab ?? true;
  const deadline = { ms: options.ackDeadlineMs ?? ACK_DEADLINE_MS };
  const deliveries = new Deliveries(events, options.retryDelaysMs ?? EVENT_RETRY_DELAYS_MS, clock);
  const api = new WebApi(state, () => socketUrl());
  const server = workspaceServer(state, api, async (...request) => (await page?.answer(...request)) ?? false);
  const sockets = new SocketTransport(server, events, deadline);
  sockets.onConnected = () => {
    deliveries.transport = sockets;
  };
  const socketUrl = () =>
    `${state.url.replace(/^http/, 'ws')}/link/?ticket=${sockets.ticket()}&app_id=${state.identity.appId}`;
  const botToken = issueToken(state, 'bot');
  const appToken = issueToken(state, 'app');

  const around: Surroundings = {
    state,
    deliveries,
    commands: options.commands ?? ['/ops'],
    eventTypes: options.eventTypes ?? defaultEventTypes,
    ...(pageOptions && { shortcuts: pageOptions.shortcuts }),
  };
  const { userNamed, ...team } = teamOf(around);
  const { phone, received, ...phoneServer } = await startPhone(state, api.faults, {
    before: before.found,
    webhook: options.pagerDutyWebhook,
    watch: () => api.onCall,
  });
  const { mailbox, ...mailServer } = await startMailbox(state, api.faults, received);
  const keeper =
    options.file === undefined || before.off
      ? undefined
      : new Keeper(options.file, () => keptOf(state, { pages: phone.pages(), received: phone.received() }), {
          warn,
          from: options.keepFrom,
        });
  if (keeper) {
    if (!before.found) keeper.soon();
    events.on((event) => changesKept(event) && keeper.soon());
    phone.onChange(() => keeper.soon());
    phone.onReceived(() => keeper.soon());
  }
  const page: Page | undefined =
    pageOptions &&
    new Page({
      options: pageOptions,
      state,
      faults: api.faults,
      phone,
      ...(playClock && { playClock }),
      person: (user) => person(around, user, team.channel),
      connected: () => deliveries.transport?.via === 'http' || sockets.connections > 0,
      ackMs: () => deadline.ms,
      warn,
    });
  state.url = await listen(server, options.port ?? 0, host).catch(async (error: unknown) => {
    page?.close();
    await Promise.all([phoneServer.close(), mailServer.close()]);
    throw error;
  });

  return {
    state,
    events,
    url: state.url,
    /** What `slackApiUrl` must be set to. */
    apiUrl: `${state.url}/api/`,
    botToken,
    appToken,
    identity: state.identity,
    ...team,
    /** What pages people, and the settings that make the bot use it. */
    phone,
    /** What takes e-mails. */
    mailbox,
    /** A person of the team, ready to type and click. */
    user: (ref: string): Person => person(around, userNamed(ref), team.channel),
    issueToken: (kind: 'bot' | 'app', scopes?: string[]) => issueToken(state, kind, scopes),
    revokeToken: (value: string, status: 'revoked' | 'inactive' = 'revoked') => {
      const token = state.tokens.get(value);
      if (token) token.status = status;
    },
    /** Everything in a channel, threads included, oldest first. */
    messages: (ref: string): Message[] => state.messagesIn(team.channel(ref).id),
    thread: (ref: string, ts: string): Message[] =>
      state.messagesIn(team.channel(ref).id).filter((m) => m.ts === ts || m.thread_ts === ts),
    ephemerals: (ref: string): Message[] => state.ephemerals.filter((m) => m.ephemeral_to === userNamed(ref).id),
    /** A user's open dialogs, the topmost last. */
    views: (ref: string): View[] => state.stacks.get(userNamed(ref).id) ?? [],
    home: (ref: string): View | undefined => state.homes.get(userNamed(ref).id),
    traffic: api.traffic as readonly ApiCall[],
    deliveries: deliveries.records as readonly DeliveryRecord[],
    /** Somebody moves to another time zone. */
    setZone: (ref: string, zone: string) => {
      userNamed(ref).tz = zone;
      events.emit({ type: 'people_changed' });
    },
    /** The next `times` calls of `method` (`*` = any) meet this fault. */
    fault: (method: string, fault: Fault, times?: number) => api.faults.next(method, fault, times),
    clearFaults: () => api.faults.clear(),
    /** Sees every call from now on, those to the phone as `pagerduty.…` too, and may break its connection before or after it took effect. */
    onCall: (watch: CallWatch | undefined) => {
      api.onCall = watch;
    },
    enforceRateLimits: (enforced = true) => {
      api.rates.enforced = enforced;
    },
    /** Sends commands, interactions and events to `url` from now on, signed. */
    connectHttp: (target: { url: string; signingSecret: string }) => {
      deliveries.transport = new HttpTransport(target, realClock, deadline);
      events.emit({ type: 'http_connected' });
    },
    /** Sends Slack's challenge; true when the app answers with it. */
    verifyUrl: async (): Promise<boolean> => {
      const challenge = newId('');
      const payload = { type: 'url_verification', token: 'unused-verification-token', challenge };
      const { ack } = await deliveries.send('url_verification', payload);
      return ack === challenge || (isObject(ack) && ack.challenge === challenge);
    },
    /** Socket Mode: how many connections there are, and ways to trouble them. */
    sockets: {
      count: () => sockets.connections,
      disconnect: (reason: DisconnectReason = 'refresh_requested') => sockets.disconnect(reason),
      drop: () => sockets.drop(),
      /** The next `envelopes` are sent twice, to different connections where there are several. */
      duplicateNext: (envelopes = 1) => {
        sockets.duplicates = envelopes;
      },
    },
    /** From the next delivery on the app has this long to acknowledge (Slack: 3,000 ms). */
    setAckDeadline: (ms: number) => {
      deadline.ms = ms;
    },
    deliverAgain: () => deliveries.again(),
    deliverWithTimestamp: (shiftSeconds: number) => deliveries.again(shiftSeconds),
    waitFor: events.waitFor.bind(events) as WorkspaceEvents['waitFor'],
    close: async () => {
      page?.close();
      await Promise.all([phoneServer.close(), mailServer.close()]);
      deliveries.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await keeper?.close();
    },
  };
}
