import type { Directory } from '../directory/directory.ts';
import type { Enqueuing, Jobs } from '../jobs/model.ts';
import type { Timers } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Picture, Post, TextFile } from '../kernel/command.ts';
import type { GivenMessage } from '../kernel/form.ts';
import type { Log } from '../kernel/log.ts';
import type { Mail } from '../mail/mail.ts';
import type { Messages } from '../messages/messages.ts';
import type { Events } from '../paging/events.ts';
import type { PagerIncidents } from '../paging/incidents.ts';
import type { OnCalls } from '../paging/on-call.ts';
import type { PostPort } from '../posting/port.ts';
import type { TeamHours } from '../severities/business-hours.ts';
import type { Severities } from '../severities/model.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Telephone } from '../telephone/telephone.ts';
import type { Tracker } from '../tickets/model.ts';
import type { JournalPager } from './journal/pager.ts';
import type { Happened, Unreached } from './part.ts';
import type { WatchedCheck } from './timeline/checks.ts';

/** The way to PagerDuty, as far as it is configured. */
export interface Paging {
  /** Undefined: PAGERDUTY_ROUTING_KEY is not set, so nobody can be paged. */
  routingKey: string | undefined;
  /** Of another service: takes a page that is not confirmed in time. */
  fallbackKey?: string | undefined;
  /** The escalation policies behind the routing key; none = it is not known which. */
  policies: readonly string[];
  events: Events;
  /** With PAGERDUTY_API_TOKEN: who is on call, and what became of a page. */
  onCalls: OnCalls | undefined;
  incidents: PagerIncidents | undefined;
}

/** What incidents need of Slack. Every method throws PortError. */
export interface IncidentPort extends PostPort {
  update(message: { channel: string; ts: string; post: Post; patienceMs?: number }): Promise<void>;
  /** Shows files in a channel or a thread, once; `unconfirmed` = they may be there. `channel` is an id. */
  upload(files: {
    channel: string;
    threadTs?: string;
    comment?: string;
    pictures: readonly (Picture | TextFile)[];
    stillMine?: () => Promise<boolean>;
  }): Promise<void>;
  /** How a message mentions a group or person (`@dba`, `U123`) so that they notice; undefined = they can't be mentioned. */
  mentionOf(name: string): Promise<string | undefined>;
  /** A message as it is now, of a thread too; undefined = it is not there any more. */
  read(message: { channel: string; ts: string }): Promise<GivenMessage | undefined>;
  /** Only `user` sees it. */
  whisper(message: { channel: string; user: string; post: Post; threadTs?: string }): Promise<void>;
  /** What somebody is called; undefined when Slack doesn't tell. Never rejects. */
  nameOf(user: string): Promise<string | undefined>;
  channels: ChannelPort;
}

/** Channels that the bot makes and keeps; `channel` and `person` are ids. Every method throws PortError. */
export interface ChannelPort {
  create(channel: { name: string; isPrivate: boolean }): Promise<{ id: string; name: string }>;
  /** The one of this name that the bot itself made since then. */
  made(channel: { name: string; since: Date }): Promise<{ id: string; name: string } | undefined>;
  /** Undefined: there is none that the bot can see. */
  look(channel: string): Promise<{ name: string; isMember: boolean; isArchived: boolean } | undefined>;
  setTopic(channel: string, topic: string): Promise<void>;
  /** All of them or none. Who is in it already is no error. */
  invite(channel: string, people: readonly string[]): Promise<void>;
  /** Who has this address; undefined: nobody here. */
  personOf(email: string): Promise<string | undefined>;
  pin(channel: string, ts: string): Promise<void>;
  /** Not repeatable: after an unclear answer it may be there. */
  bookmark(channel: string, link: { title: string; url: string }): Promise<void>;
  archive(channel: string): Promise<void>;
  unarchive(channel: string): Promise<void>;
}

export interface IncidentPorts {
  store: Store;
  jobs: Enqueuing & Pick<Jobs, 'hurry'>;
  timers: Pick<Timers, 'set' | 'cancel' | 'cancelAll'>;
  clock: Clock;
  log: Log;
  paging: Paging;
  severities: Severities;
  messages: Messages;
  team: TeamHours;
  /** Where incidents are announced: an id or `#name`; undefined = only where they were declared. */
  announceIn: string | undefined;
  /** Whom names reach: `on-call`, `cto`. */
  directory: Pick<Directory, 'people' | 'bySlack' | 'toCall'>;
  /** Undefined: no SMTP_URL is set. */
  mail: Mail | undefined;
  /** Undefined: no TWILIO_ACCOUNT_SID is set. */
  telephone: Telephone | undefined;
  /** Tells people of something that is about no incident, once per `key`; the lines are plain text. */
  announce(tx: Tx, said: { key: string; lines: readonly [string, ...string[]]; channel?: string }): Promise<unknown>;
  /** Hears how long after it was decided each page was accepted, ms of real time. */
  onPaged?: ((ms: number) => void) | undefined;
  /** Where declarations wait for the database, and what pages for them; without it this process alone remembers them. */
  journal?: JournalPager;
  /** How long a declaration waits for the database; default 4 s. */
  journalAfterMs?: number;
  /** Hears, in this process, when what people see of incidents may have changed. */
  onChanged?: (() => void) | undefined;
  /** Reactions that flag a message for the timeline; default `pushpin`, `round_pushpin`, `star`. */
  flagEmoji?: readonly string[] | undefined;
  /** The checks of the configuration, for what belongs together; default none. */
  checks?: readonly WatchedCheck[];
  /** Default: no check has a history. */
  checksPast?: ChecksPast | undefined;
  breach: BreachSettings;
  links: LinkSettings;
  evidence: EvidenceSources;
}

/** What others recorded, as evidence. */
export interface EvidenceSources {
  /** A row each of what the checks measured. */
  recorded(window: { from: Date; to: Date }): AsyncIterable<unknown>;
}

/** Of the ticket and the call of an incident. */
export interface LinkSettings {
  tracker: Tracker | undefined;
  /** Urgent incidents get a ticket by themselves. */
  auto: boolean;
  /** Of every incident, until another is set. */
  bridge: string | undefined;
}

/** Of the assessment that PHI asks for. */
export interface BreachSettings {
  /** Since PHI was said to be possible. */
  assessWithinMs: number;
  /** The compliance contact, as a message marks them. */
  contact: string | undefined;
}

/** What checks were while an incident ran: from their history. */
export interface ChecksPast {
  /** Stretches in which checks failed, warned or could not be measured, in order. */
  notOk(from: Date, to: Date): Promise<{ id: string; outcome: string; from: Date; to: Date; reason: string }[]>;
  /** Pictures of some of these checks over that time; fewer where there is nothing to draw. */
  pictures(ids: readonly string[], span: { from: Date; to: Date }, signal: AbortSignal): Promise<Picture[]>;
}

/** What the parts of this room stand on. */
export interface Room extends IncidentPorts {
  /** Lets every part follow a change, in its transaction. */
  follow(tx: Tx, happened: Happened): Promise<void>;
  /** Lets every part do what it must when a direct message can't reach somebody, now or ever. */
  unreached(lost: Unreached): Promise<void>;
}
