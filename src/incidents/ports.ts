import type { Enqueuing, Jobs } from '../jobs/model.ts';
import type { Timers } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Post } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { Messages } from '../messages/messages.ts';
import type { Events } from '../paging/events.ts';
import type { PagerIncidents } from '../paging/incidents.ts';
import type { OnCalls } from '../paging/on-call.ts';
import type { TeamHours } from '../severities/business-hours.ts';
import type { Severities } from '../severities/model.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Tracker } from '../tickets/model.ts';
import type { Happened } from './part.ts';

/** The way to PagerDuty, as far as it is configured. */
export interface Paging {
  /** Undefined: PAGERDUTY_ROUTING_KEY is not set, so nobody can be paged. */
  routingKey: string | undefined;
  events: Events;
  /** With PAGERDUTY_API_TOKEN: who is on call, and what became of a page. */
  onCalls: OnCalls | undefined;
  incidents: PagerIncidents | undefined;
}

/** What incidents need of Slack. Every method throws PortError. */
export interface IncidentPort {
  post(message: {
    channel: string;
    post: Post;
    key: string;
    threadTs?: string;
    broadcast?: boolean;
  }): Promise<{ channel: string; ts: string }>;
  /** The timestamp of what was posted with `key` since then, when it is there; `channel` is an id. */
  find(message: { channel: string; key: string; since: Date; threadTs?: string }): Promise<string | undefined>;
  update(message: { channel: string; ts: string; post: Post }): Promise<void>;
  /** Puts a file into a channel; it may be there twice when the answer was unclear. */
  upload(file: { channel: string; name: string; title: string; bytes: Uint8Array }): Promise<void>;
  /** The id of a channel given by id or `#name`. */
  channelId(channel: string): Promise<string>;
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

/** What the parts of this room stand on. */
export interface Room extends IncidentPorts {
  /** Lets every part follow a change, in its transaction. */
  follow(tx: Tx, happened: Happened): Promise<void>;
}
