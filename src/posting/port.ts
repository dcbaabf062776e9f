import type { Post } from '../kernel/command.ts';

/** What posting once needs of Slack. Every method throws PortError. */
export interface PostPort {
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
  /** The timestamp of what was posted with `key` since then, when it is there; `channel` is an id. */
  find(message: {
    channel: string;
    key: string;
    since: Date;
    threadTs?: string;
    patienceMs?: number;
  }): Promise<string | undefined>;
  /** The id of a channel given by id or `#name`; for a person's id, of the direct message with them. */
  channelId(channel: string): Promise<string>;
}

/** What is known of one post: where it stands, or that it may be on its way. */
export interface PostRow {
  posted?: { channel: string; ts: string };
  begun?: { agoMs: number; channel: string; threadTs?: string };
}

/** Where it is written down that a post begins, and where it stands. One statement each. */
export interface Ledger {
  read(key: string): Promise<PostRow>;
  /** A post begins; false when somebody else was first. */
  begin(key: string, at: { channel: string; threadTs?: string | undefined }): Promise<boolean>;
  /** The same post is sent again; false when somebody else has it now. */
  beginAgain(key: string): Promise<boolean>;
  /** It is not there, and not on its way. */
  notPosted(key: string): Promise<void>;
  posted(key: string, at: { channel: string; ts: string }): Promise<void>;
}
