import type { Fault } from '../faults.ts';
import type { Json, Message, User, UserGroup, View } from '../world.ts';

/**
 * What the page and its server say to each other. Channels, messages and views are for one viewer: what they can't see
 * isn't sent. Traffic (with its texts), pages, e-mails, text messages, calls, switches, faults and the clock are for whoever plays: all of it is sent.
 */

export interface ChannelShown {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  archived: boolean;
  topic: string;
  members: string[];
  bookmarks: { title: string; link: string; emoji: string }[];
}

/** A message as the viewer sees it. */
export type MessageShown = Message;

export type ViewShown = Omit<View, 'user'>;

/** A line of the drawer: a call of the bot, or something the workspace told the bot. */
export type TrafficShown =
  | {
      id: number;
      kind: 'call';
      at: string;
      method: string;
      sent: Json;
      answer: Json | undefined;
      status: number;
      ms: number;
      faulted: boolean;
    }
  | {
      id: number;
      kind: 'delivery';
      at: string;
      /** slash_commands, interactive (with the payload's type behind it), events_api (with the event's type). */
      method: string;
      sent: Json;
      answer: Json | undefined;
      outcome: 'acked' | 'timeout' | 'failed';
      ms: number;
      attempt: number;
    };

export interface ClockShown {
  /** ISO, at the moment it was sent. */
  now: string;
  /** Workspace seconds per real second. */
  speed: number;
  /** The team's IANA zone: "jump to 09:00" means there. */
  zone: string;
}

/** What PagerDuty would ring somebody's phone for. */
export interface PageShown {
  dedupKey: string;
  summary: string;
  source: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  details: Json;
  links: { href: string; text: string }[];
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** ISO, of the workspace's clock. */
  at: string;
  /** How often a trigger with this key arrived. */
  count: number;
  /** Id of whoever acknowledged or resolved it; none when an event did. */
  by?: string;
  /** ISO: since when its status is what it is, when it has changed. */
  changedAt?: string;
}

/** An e-mail, a text message or a call that reached somebody. */
export interface ReceivedShown {
  /** Later ones have higher numbers. */
  id: number;
  way: 'email' | 'text' | 'call';
  /** ISO, of the workspace's clock. */
  at: string;
  /** An address or a number, as it was dialled. */
  to: string;
  /** Whose that is, where somebody of the team has it. */
  name?: string;
  from: string;
  /** Of an e-mail. */
  subject?: string;
  /** What was written, or said. */
  words: string;
}

export interface Shortcut {
  callbackId: string;
  label: string;
  kind: 'global' | 'message';
}

/** A line that can be typed, offered while somebody types `/`. */
export interface Completion {
  /** `/ops health`: what is put into the composer. */
  line: string;
  /** Behind it, greyed: `[GROUP | CHECK]`. */
  usage: string;
  summary: string;
}

/** A thing of the demo system that can be broken. */
export interface SwitchShown {
  id: string;
  label: string;
  /** What breaks, in a line. */
  help: string;
  on: boolean;
}

/** A step of "what to try next". Done when somebody did it: the page looks at what they do. */
export interface GuideStep {
  title: string;
  /** A line below it. */
  help: string;
  /** Doing it for them: puts a line into the composer, turns a switch on or off, opens a part of the page. */
  act:
    | { kind: 'type'; line: string }
    | { kind: 'switch'; id: string; on: boolean }
    /** A channel is looked at in which the bot has written. */
    | { kind: 'look'; channel: string }
    /** One of these buttons was pressed, by action_id without the number behind it. */
    | { kind: 'press'; actionIds: string[] }
    | { kind: 'open'; what: 'home' | 'phone' | 'clock' | 'traffic' }
    /** This line was typed, and nobody answered until somebody was called. */
    | { kind: 'climb'; line: string };
}

/** Faults that stand until they are taken back, by method; `*` = every method. */
export type FaultsShown = Record<string, Fault>;

export interface Snapshot {
  team: string;
  /** Who looks, and who else can be acted as: people, not bots, not the deactivated. */
  me: string;
  people: User[];
  groups: UserGroup[];
  bot: { user: string; name: string; connected: boolean };
  channels: ChannelShown[];
  /** Id of the channel that a first visit shows. */
  openedFirst: string | null;
  messages: MessageShown[];
  ephemerals: MessageShown[];
  /** Open dialogs, the topmost last. */
  views: ViewShown[];
  home: ViewShown | null;
  shortcuts: Shortcut[];
  completions: Completion[];
  guide: GuideStep[];
  /** Empty without a demo system. */
  switches: SwitchShown[];
  system: string;
  faults: FaultsShown;
  /** Methods that the bot has called, for the fault switches. */
  methods: string[];
  /** Null where it can't be moved. */
  clock: ClockShown | null;
  pages: PageShown[];
  /** The newest last. */
  received: ReceivedShown[];
  traffic: TrafficShown[];
}

/** What the event stream sends, each as one JSON `data:` line. The first one is always `hello`. */
export type PageEvent =
  | { type: 'hello'; snapshot: Snapshot }
  | { type: 'message'; message: MessageShown }
  | { type: 'message_gone'; channel: string; ts: string }
  | { type: 'ephemeral'; message: MessageShown }
  | { type: 'ephemeral_gone'; channel: string; ts: string }
  | { type: 'channels'; channels: ChannelShown[] }
  | { type: 'people'; people: User[]; groups: UserGroup[] }
  | { type: 'views'; views: ViewShown[] }
  | { type: 'home'; home: ViewShown | null }
  | { type: 'bot'; connected: boolean }
  | { type: 'completions'; completions: Completion[] }
  | { type: 'switches'; switches: SwitchShown[] }
  | { type: 'faults'; faults: FaultsShown; methods: string[] }
  | { type: 'clock'; clock: ClockShown }
  | { type: 'pages'; pages: PageShown[] }
  | { type: 'received'; item: ReceivedShown }
  | { type: 'traffic'; entry: TrafficShown };

/** Where an element stands: a message (`ephemeral` when only the viewer sees it), or an open view. */
export type SurfaceRef = { channel: string; ts: string; ephemeral?: boolean } | { view: string };

export type ChoiceGiven = string | string[] | number | null;

/** What a person does: POST /page/act with `{as: user id, ...action}`; answers `ActOutcome`. */
export type Action =
  | { kind: 'say'; channel: string; text: string; threadTs?: string }
  | { kind: 'command'; channel: string; line: string }
  | { kind: 'click'; surface: SurfaceRef; blockId: string; actionId: string }
  | { kind: 'choose'; surface: SurfaceRef; blockId: string; actionId: string; choice: ChoiceGiven }
  /** Values by `block_id/action_id`. */
  | { kind: 'submit'; view: string; values: Record<string, ChoiceGiven> }
  | { kind: 'dismiss' }
  | { kind: 'react'; channel: string; ts: string; name: string }
  | { kind: 'open_home' }
  | { kind: 'join'; channel: string }
  | { kind: 'shortcut'; callbackId: string }
  | { kind: 'message_shortcut'; channel: string; ts: string; callbackId: string };

/** What whoever plays with the workspace does: POST /page/control. */
export type Control =
  | { kind: 'switch'; id: string; on: boolean }
  | { kind: 'fault'; method: string; fault: Fault | null }
  /** To this wall-clock time in the team's zone, the next time it comes: `09:00`. */
  | { kind: 'clock_jump'; to: string }
  | { kind: 'clock_speed'; speed: number }
  | { kind: 'page'; dedupKey: string; act: 'acknowledge' | 'resolve' }
  /** Ids of users, the first to be paged first; empty = nobody is on call, and nothing rings. */
  | { kind: 'on_call'; users: string[] };

export interface ActOutcome {
  ok: boolean;
  /** Slack's word: operation_timeout, dispatch_failed, unknown_command, invalid_input… */
  error?: string;
  /** In words for a person, where there are some. */
  message?: string;
  /** Of a dialog, by block_id. */
  errors?: Record<string, string>;
}
