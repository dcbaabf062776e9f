import { remember } from './bounded.ts';
import type { Values } from './element-state.ts';
import { SlackError } from './errors.ts';
import type { WorkspaceEvents } from './events.ts';
import { compareTs, newId, newSecret, Timestamps } from './ids.ts';
import { KEPT, RESPONSE_URL, TRIGGER_LIFE_MS } from './limits.ts';
import type { Bookmark, Channel, Clock, Json, Message, StoredFile, Token, User, UserGroup, View } from './world.ts';

interface Trigger {
  user: string;
  expiresMs: number;
  exchanged: boolean;
  channel?: string;
  /** The modal the interaction came from; only such a trigger may push. */
  view?: string;
}

export interface ResponseUrl {
  channel: string;
  user: string;
  expiresMs: number;
  usesLeft: number;
  /** The message whose component was used; absent for slash commands. */
  message?: { ts: string; ephemeral: boolean };
}

export interface Identity {
  teamId: string;
  teamName: string;
  appId: string;
  botId: string;
  botUser: string;
}

/** Everything the workspace knows. Changes are made by `messages.ts`, `channels.ts` and `views.ts`, which say so in events. */
export class WorkspaceState {
  readonly clock: Clock;
  /** Of what lives in real time even when `clock` is moved: triggers, response_urls, rates. */
  readonly realClock: Clock;
  readonly events: WorkspaceEvents;
  readonly identity: Identity;
  readonly timestamps: Timestamps;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly groups = new Map<string, UserGroup>();
  readonly tokens = new Map<string, Token>();
  readonly messages: Message[] = [];
  readonly ephemerals: Message[] = [];
  /** Open modals of each user, the topmost last. */
  readonly stacks = new Map<string, View[]>();
  readonly homes = new Map<string, View>();
  /** Whether the app has turned its home tab on. */
  homeTab = true;
  /** What people chose in the menus of messages, by user and message. */
  readonly messageValues = new Map<string, Values>();
  readonly bookmarks: Bookmark[] = [];
  readonly files = new Map<string, StoredFile>();
  readonly triggers = new Map<string, Trigger>();
  readonly responseUrls = new Map<string, ResponseUrl>();
  /** Base of this server, set once it listens. */
  url = '';

  constructor(clock: Clock, events: WorkspaceEvents, identity: Identity, realClock = clock) {
    this.clock = clock;
    this.realClock = realClock;
    this.events = events;
    this.identity = identity;
    this.timestamps = new Timestamps(clock);
  }

  nowMs(): number {
    return this.clock.now().getTime();
  }

  realNowMs(): number {
    return this.realClock.now().getTime();
  }

  /** The channel by id, by `#name` or by name, whoever asks. */
  findChannel(ref: string): Channel | undefined {
    const byId = this.channels.get(ref);
    if (byId) return byId;
    const name = ref.replace(/^#/, '');
    return [...this.channels.values()].find((channel) => !channel.is_im && channel.name === name);
  }

  user(id: string, error = 'user_not_found'): User {
    const user = this.users.get(id);
    if (!user) throw new SlackError(error);
    return user;
  }

  isBotIn(channel: Channel): boolean {
    return channel.members.has(this.identity.botUser);
  }

  message(channel: string, ts: string): Message | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts);
  }

  messagesIn(channel: string): Message[] {
    return this.messages.filter((m) => m.channel === channel).sort((a, b) => compareTs(a.ts, b.ts));
  }

  newTrigger(user: string, origin: { channel?: string; view?: string } = {}): string {
    const id = `${this.realNowMs()}.${newId('').slice(0, 6)}.${newSecret().slice(0, 16)}`;
    const trigger = { user, expiresMs: this.realNowMs() + TRIGGER_LIFE_MS, exchanged: false, ...origin };
    remember(this.triggers, id, trigger, KEPT.triggers);
    return id;
  }

  /** Uses up a trigger, or throws Slack's error for an unknown, used or expired one. */
  exchangeTrigger(id: string): Trigger {
    const trigger = this.triggers.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.exchanged) throw new SlackError('exchanged_trigger_id');
    if (this.realNowMs() >= trigger.expiresMs) throw new SlackError('expired_trigger_id');
    trigger.exchanged = true;
    return trigger;
  }

  newResponseUrl(target: Pick<ResponseUrl, 'channel' | 'user' | 'message'>): string {
    const id = newSecret();
    const url = { ...target, usesLeft: RESPONSE_URL.uses, expiresMs: this.realNowMs() + RESPONSE_URL.lifeMs };
    remember(this.responseUrls, id, url, KEPT.responseUrls);
    return `${this.url}/response/${id}`;
  }

  /** How Slack's answers and payloads show a channel. */
  channelJson(channel: Channel): Json {
    const { members, topic, purpose, ...rest } = channel;
    return {
      ...rest,
      name_normalized: channel.name,
      is_channel: !channel.is_private && !channel.is_im,
      is_group: channel.is_private && !channel.is_im,
      is_general: channel.name === 'general',
      is_member: this.isBotIn(channel),
      num_members: members.size,
      topic: { value: topic, creator: channel.creator, last_set: 0 },
      purpose: { value: purpose, creator: channel.creator, last_set: 0 },
      ...(channel.is_im && { user: [...members].find((id) => id !== this.identity.botUser) }),
    };
  }
}
