/** The things a Slack workspace is made of, in the shapes Slack sends over the wire. */

export type Json = Record<string, unknown>;

/** Where the time comes from; the workspace stands apart, so it declares its own. */
export interface Clock {
  now(): Date;
}

export interface User {
  id: string;
  team_id: string;
  name: string;
  real_name: string;
  email: string;
  tz: string;
  is_bot: boolean;
  is_admin: boolean;
  /** A guest: sees only the channels they were invited to. */
  is_restricted: boolean;
  /** A guest of one channel. */
  is_ultra_restricted?: boolean;
  /** Somebody of another company, met in a shared channel. */
  is_stranger?: boolean;
  /** Enterprise Grid: the workspaces somebody belongs to. */
  enterprise_user?: { id: string; enterprise_id: string; teams: string[] };
  deleted: boolean;
}

export interface Channel {
  id: string;
  name: string;
  is_private: boolean;
  is_im: boolean;
  is_archived: boolean;
  creator: string;
  /** Unix seconds. */
  created: number;
  topic: string;
  purpose: string;
  members: Set<string>;
}

interface Reaction {
  name: string;
  users: string[];
}

export interface Message {
  ts: string;
  channel: string;
  /** Who wrote it: a person, or the bot's user. */
  user: string;
  bot_id?: string;
  text: string;
  blocks: Json[];
  attachments: Json[];
  thread_ts?: string;
  reply_broadcast?: boolean;
  metadata?: { event_type: string; event_payload: Json };
  edited?: { user: string; ts: string };
  reactions: Reaction[];
  files: Json[];
  unfurl_links?: boolean;
  unfurl_media?: boolean;
  /** Set on ephemeral messages: the only user who sees it. */
  ephemeral_to?: string;
  /** Ids of the people who pinned it. */
  pinned: boolean;
}

export interface View {
  id: string;
  type: 'modal' | 'home';
  /** Whose screen it is on. */
  user: string;
  hash: string;
  callback_id: string;
  external_id: string;
  private_metadata: string;
  root_view_id: string;
  previous_view_id: string | null;
  notify_on_close: boolean;
  clear_on_close: boolean;
  blocks: Json[];
  title?: Json;
  submit?: Json;
  close?: Json;
  /** What the user has typed and chosen so far: block_id → action_id → state. */
  values: Record<string, Record<string, Json>>;
  /** response_url targets chosen in inputs with `response_url_enabled`. */
  opened_from_channel?: string;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
  disabled?: boolean;
}

export interface Bookmark {
  id: string;
  channel_id: string;
  title: string;
  type: string;
  link: string;
  emoji: string;
}

export interface StoredFile {
  id: string;
  name: string;
  title: string;
  /** Says what a picture shows. */
  altText?: string;
  /** Bytes announced when the upload URL was asked for. */
  announcedBytes: number;
  content?: Buffer;
  completed: boolean;
}

export interface Token {
  value: string;
  kind: 'bot' | 'app';
  scopes: string[];
  status: 'live' | 'revoked' | 'inactive';
}

/** The scopes a complete installation of an operations bot is granted. */
export const BOT_SCOPES = [
  'app_mentions:read',
  'bookmarks:read',
  'bookmarks:write',
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'chat:write.public',
  'commands',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'im:history',
  'im:read',
  'im:write',
  'pins:read',
  'pins:write',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
];
