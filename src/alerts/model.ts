import type { CheckReport, Outcome } from '../health/model.ts';
import type { Post } from '../kernel/command.ts';

/** Mutes or maintenance of these checks began or ended. */
export interface Silence {
  checkIds: readonly string[];
  kind: 'begun' | 'ended';
  /** Undefined = until somebody ends it. */
  until?: Date;
  /** Plain text: who, or which window. */
  by?: string;
  /** The id of a mute that a button may end. */
  mute?: string;
}

/**
 * What alerts need of Slack. Every method throws PortError; `unconfirmed` and `stopped` = it may have happened.
 * `patienceMs`: how long a 429 may hold it up.
 */
export interface AlertPort {
  /** `onAgain` is called before it is sent a second time, after an unclear answer; what it throws stops that. */
  post(message: {
    channel: string;
    post: Post;
    key: string;
    threadTs?: string;
    broadcast?: boolean;
    patienceMs?: number;
    onAgain?: () => Promise<void>;
  }): Promise<{ channel: string; ts: string }>;
  /** `channel` is an id; `since`: no older message needs to be looked at. */
  find(message: {
    channel: string;
    key: string;
    threadTs?: string;
    since?: Date;
    patienceMs?: number;
  }): Promise<string | undefined>;
  update(message: { channel: string; ts: string; post: Post; patienceMs?: number }): Promise<void>;
  /** The id of a channel given by id or `#name`. */
  channelId(channel: string): Promise<string>;
  /** How a message mentions an owner (`@dba`, `U123`) so that they notice; undefined = they can't be mentioned. */
  mentionOf(owner: string): Promise<string | undefined>;
}

/** The part of a report that a message shows. */
export type Said = Pick<CheckReport, 'outcome' | 'reason' | 'next' | 'owner' | 'runbook' | 'since'>;

export interface Muted {
  /** A measurement from before says nothing about it. */
  begunAt?: Date;
  until?: Date;
  by?: string;
  /** The id of the mute, when somebody can end it. */
  mute?: string;
  /** The mute is over: what a regular run measures from `begunAt` on decides whether it is still so. */
  ended?: boolean;
  /** What was measured last when it ended; undefined = nothing is known. */
  seen?: { outcome: Outcome; at: Date };
}

/** A check from the moment people are told about it until it is over. */
export interface Problem {
  checkId: string;
  openedAt: Date;
  /** When it went wrong and when it was good again, as measured. */
  beganAt: Date;
  endedAt?: Date;
  /** `removed`: the check is no longer in the configuration. */
  ending?: 'ok' | 'removed';
  worst: Outcome;
  /** Why, when it was worst; undefined = not known. */
  worstReason?: string;
  /** What was found last while it was not ok. */
  said: Said;
  muted?: Muted;
}

export type StepKind = 'worsened' | 'improved' | 'joined' | 'again' | 'unmuted' | 'closed';

/** One thing that a thread has to tell about a check. */
export interface Step {
  version: number;
  checkId: string;
  kind: StepKind;
  /** People must see it now. */
  notify: boolean;
  /** What was found. */
  said: Said;
  /** What it was before. */
  was?: Outcome;
  /** How often it went wrong within the last hour, this time included. */
  times?: number;
}

/** A post of a thread that the channel shows; once all it tells of is over it must say so. */
export interface Standing {
  ts: string;
  what: (Pick<Said, 'outcome' | 'reason'> & { checkId: string })[];
}

/** What an announcement says; plain text. */
export interface Announcement {
  /** The first is bold and the notification's text. */
  lines: string[];
}

/** One message with its thread: what it should say, and what was posted of it. */
export interface Notice {
  id: string;
  channel: string;
  openedAt: Date;
  version: number;
  shown: number;
  said: number;
  posting?: number;
  saying?: number;
  /** How long ago such a post was sent off, by the database's clock. */
  begunAgoMs?: number;
  channelId?: string;
  ts?: string;
  gone: boolean;
  /** Oldest first. */
  standing: Standing[];
  announcement?: Announcement;
  /** Oldest first; a check that went wrong again is in it several times. */
  problems: Problem[];
  /** What the thread has not told yet, oldest first. */
  steps: Step[];
}
