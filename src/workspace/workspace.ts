import { type CallWatch, WebApi } from './api.ts';
import { isObject } from './args.ts';
import { Deliveries } from './delivery/deliveries.ts';
import { HttpTransport } from './delivery/http.ts';
import { type DisconnectReason, SocketTransport } from './delivery/sockets.ts';
import { type ApiCall, type DeliveryRecord, WorkspaceEvents } from './events.ts';
import type { Fault } from './faults.ts';
import { newId } from './ids.ts';
import { ACK_DEADLINE_MS, EVENT_RETRY_DELAYS_MS } from './limits.ts';
import { type Person, person } from './person.ts';
import { addChannel, addUser, issueToken, seed } from './seed.ts';
import { listen, workspaceServer } from './server.ts';
import { WorkspaceState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { changeGroup, changeUser } from './talk.ts';
import type { Channel, Clock, Message, User, UserGroup, View } from './world.ts';

export interface WorkspaceOptions {
  port?: number;
  host?: string;
  /** Moves triggers, response_urls and timestamps; network deadlines stay real. */
  clock?: Clock;
  /** The app's slash commands; others are unknown to Slack. */
  commands?: string[];
  /** Event types the app subscribed to. */
  eventTypes?: string[];
  /** False = the app has not turned its home tab on. */
  homeTab?: boolean;
  /** How long the app may take to acknowledge. */
  ackDeadlineMs?: number;
  /** When unacknowledged events are sent again. */
  retryDelaysMs?: number[];
}

const defaultEventTypes = [
  'app_mention',
  'app_home_opened',
  'user_change',
  'subteam_updated',
  'subteam_members_changed',
];

export type Workspace = Awaited<ReturnType<typeof startWorkspace>>;

/** Starts a Slack-compatible workspace with a small team in it, listening on `host`:`port` (127.0.0.1, any free port). */
export async function startWorkspace(options: WorkspaceOptions = {}) {
  const clock = options.clock ?? { now: () => new Date() };
  const events = new WorkspaceEvents();
  const state = new WorkspaceState(clock, events, {
    teamId: newId('T'),
    teamName: 'Rounds',
    appId: newId('A'),
    botId: newId('B'),
    botUser: newId('U'),
  });
  seed(state);
  state.homeTab = options.homeTab ?? true;
  const deadline = { ms: options.ackDeadlineMs ?? ACK_DEADLINE_MS };
  const deliveries = new Deliveries(events, options.retryDelaysMs ?? EVENT_RETRY_DELAYS_MS);
  const api = new WebApi(state, () => socketUrl());
  const server = workspaceServer(state, api);
  const sockets = new SocketTransport(server, events, deadline);
  sockets.onConnected = () => {
    deliveries.transport = sockets;
  };
  const socketUrl = () =>
    `${state.url.replace(/^http/, 'ws')}/link/?ticket=${sockets.ticket()}&app_id=${state.identity.appId}`;
  state.url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const botToken = issueToken(state, 'bot');
  const appToken = issueToken(state, 'app');

  const channel = (ref: string): Channel => {
    const found = state.findChannel(ref);
    if (!found) throw new Error(`No channel ${ref} in this workspace`);
    return found;
  };
  const userNamed = (ref: string): User => {
    const found = state.users.get(ref) ?? [...state.users.values()].find((user) => user.name === ref);
    if (!found) throw new Error(`No user ${ref} in this workspace`);
    return found;
  };

  const around: Surroundings = {
    state,
    deliveries,
    commands: options.commands ?? ['/ops'],
    eventTypes: options.eventTypes ?? defaultEventTypes,
  };

  return {
    state,
    events,
    url: state.url,
    /** What `slackApiUrl` must be set to. */
    apiUrl: `${state.url}/api/`,
    botToken,
    appToken,
    identity: state.identity,
    channel,
    /** A person of the team, ready to type and click. */
    user: (ref: string): Person => person(around, userNamed(ref), channel),
    /** A new full member, or what `rest` makes of them: `{is_restricted: true}` a guest, `{team_id: 'T0OTHER'}` a stranger. */
    addUser: (name: string, rest: Partial<User> = {}) => addUser(state, name, rest),
    /** Changes somebody's account; the app hears of it when it subscribed to user_change. */
    changeUser: (ref: string, changes: Partial<User>) => changeUser(around, userNamed(ref), changes),
    /** Adds a user group with these members. */
    addGroup: (handle: string, members: string[]): UserGroup => {
      const group = { id: newId('S'), handle, name: handle, users: members.map((ref) => userNamed(ref).id) };
      state.groups.set(group.id, group);
      return group;
    },
    /** Gives a group other members, disables it…; the app hears of it when it subscribed to subteam events. */
    changeGroup: (handle: string, changes: { members?: string[]; disabled?: boolean }) => {
      const group = [...state.groups.values()].find((candidate) => candidate.handle === handle);
      if (!group) throw new Error(`No user group ${handle} in this workspace`);
      const { members, ...rest } = changes;
      return changeGroup(around, group, {
        ...rest,
        ...(members && { users: members.map((ref) => userNamed(ref).id) }),
      });
    },
    addChannel: (name: string, members: string[], rest: Partial<Channel> = {}) =>
      addChannel(
        state,
        name,
        members.map((ref) => userNamed(ref).id),
        rest,
      ),
    issueToken: (kind: 'bot' | 'app', scopes?: string[]) => issueToken(state, kind, scopes),
    revokeToken: (value: string, status: 'revoked' | 'inactive' = 'revoked') => {
      const token = state.tokens.get(value);
      if (token) token.status = status;
    },
    /** Everything in a channel, threads included, oldest first. */
    messages: (ref: string): Message[] => state.messagesIn(channel(ref).id),
    thread: (ref: string, ts: string): Message[] =>
      state.messagesIn(channel(ref).id).filter((m) => m.ts === ts || m.thread_ts === ts),
    ephemerals: (ref: string): Message[] => state.ephemerals.filter((m) => m.ephemeral_to === userNamed(ref).id),
    /** A user's open dialogs, the topmost last. */
    views: (ref: string): View[] => state.stacks.get(userNamed(ref).id) ?? [],
    home: (ref: string): View | undefined => state.homes.get(userNamed(ref).id),
    traffic: api.traffic as readonly ApiCall[],
    deliveries: deliveries.records as readonly DeliveryRecord[],
    /** The next `times` calls of `method` (`*` = any) meet this fault. */
    fault: (method: string, fault: Fault, times?: number) => api.faults.next(method, fault, times),
    clearFaults: () => api.faults.clear(),
    /** Sees every call from now on, and may break its connection before or after it took effect. */
    onCall: (watch: CallWatch | undefined) => {
      api.onCall = watch;
    },
    enforceRateLimits: (enforced = true) => {
      api.rates.enforced = enforced;
    },
    /** Sends commands, interactions and events to `url` from now on, signed. */
    connectHttp: (target: { url: string; signingSecret: string }) => {
      deliveries.transport = new HttpTransport(target, clock, deadline);
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
      deliveries.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
