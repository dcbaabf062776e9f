import { z } from 'zod';
import { compareTs } from '../ids.ts';
import type { PageShown, ReceivedShown } from '../page/contract.ts';
import type { WorkspaceState } from '../state.ts';
import type { Channel, Message, StoredFile, User } from '../world.ts';

/** What of each channel outlives a restart: its newest messages. */
export const KEPT_MESSAGES = 2_000;
/** Uploads are kept, the newest first, until they come to this many bytes. */
export const KEPT_FILE_BYTES = 20_000_000;

const VERSION = 1;

// `satisfies`: a member that is added to the workspace's types must be added here, or it would be lost.
const json = z.record(z.string(), z.unknown());
const strings = z.array(z.string());

const message = z.object({
  ts: z.string().regex(/^\d+\.\d{6}$/),
  channel: z.string(),
  user: z.string(),
  bot_id: z.string().optional(),
  text: z.string(),
  blocks: z.array(json),
  attachments: z.array(json),
  thread_ts: z.string().optional(),
  reply_broadcast: z.boolean().optional(),
  metadata: z.object({ event_type: z.string(), event_payload: json }).optional(),
  edited: z.object({ user: z.string(), ts: z.string() }).optional(),
  reactions: z.array(z.object({ name: z.string(), users: strings })),
  files: z.array(json),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  pinned: z.boolean(),
} satisfies Record<keyof Omit<Message, 'ephemeral_to'>, z.ZodType>);

const user = z.object({
  id: z.string(),
  team_id: z.string(),
  name: z.string(),
  real_name: z.string(),
  email: z.string(),
  tz: z.string(),
  is_bot: z.boolean(),
  is_admin: z.boolean(),
  is_restricted: z.boolean(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  enterprise_user: z.object({ id: z.string(), enterprise_id: z.string(), teams: strings }).optional(),
  deleted: z.boolean(),
} satisfies Record<keyof User, z.ZodType>);

const channel = z.object({
  id: z.string(),
  name: z.string(),
  is_private: z.boolean(),
  is_im: z.boolean(),
  is_archived: z.boolean(),
  creator: z.string(),
  created: z.number(),
  topic: z.string(),
  purpose: z.string(),
  members: strings,
} satisfies Record<keyof Channel, z.ZodType>);

const page: z.ZodType<PageShown> = z.object({
  dedupKey: z.string(),
  summary: z.string(),
  source: z.string(),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  details: json,
  links: z.array(z.object({ href: z.string(), text: z.string() })),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  at: z.string(),
  count: z.number(),
  by: z.string().optional(),
  changedAt: z.string().optional(),
});

const received: z.ZodType<ReceivedShown> = z.object({
  id: z.number(),
  way: z.enum(['email', 'text', 'call']),
  at: z.string(),
  to: z.string(),
  name: z.string().optional(),
  from: z.string(),
  subject: z.string().optional(),
  words: z.string(),
});

/** The file's content. Tokens, dialogs, home tabs and what only one person saw are not in it. */
export const kept = z.object({
  kind: z.literal('rounds-workspace'),
  version: z.literal(VERSION),
  identity: z.object({
    teamId: z.string(),
    teamName: z.string(),
    appId: z.string(),
    botId: z.string(),
    botUser: z.string(),
  }),
  users: z.array(user),
  channels: z.array(channel),
  groups: z.array(
    z.object({
      id: z.string(),
      handle: z.string(),
      name: z.string(),
      users: strings,
      disabled: z.boolean().optional(),
    }),
  ),
  messages: z.array(message),
  bookmarks: z.array(
    z.object({
      id: z.string(),
      channel_id: z.string(),
      title: z.string(),
      type: z.string(),
      link: z.string(),
      emoji: z.string(),
    }),
  ),
  files: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      title: z.string(),
      altText: z.string().optional(),
      content: z.base64(),
    }),
  ),
  pages: z.array(page),
  // Files from before there was any have none.
  received: z.array(received).default([]),
});
export type Kept = z.output<typeof kept>;

/** What is to be kept of a workspace now. */
export function keptOf(state: WorkspaceState, { pages, received }: Pick<Kept, 'pages' | 'received'>): Kept {
  return {
    kind: 'rounds-workspace',
    version: VERSION,
    identity: state.identity,
    users: [...state.users.values()],
    channels: [...state.channels.values()].map((one) => ({ ...one, members: [...one.members] })),
    groups: [...state.groups.values()],
    messages: [...state.channels.keys()].flatMap((id) => state.messagesIn(id).slice(-KEPT_MESSAGES)),
    bookmarks: state.bookmarks,
    files: keptFiles([...state.files.values()]),
    ...{ pages, received },
  };
}

function keptFiles(files: StoredFile[]): Kept['files'] {
  let bytes = 0;
  return files
    .reverse()
    .flatMap(({ id, name, title, altText, content, completed }) => {
      if (!completed || !content || bytes + content.length > KEPT_FILE_BYTES) return [];
      bytes += content.length;
      return [{ id, name, title, ...(altText && { altText }), content: content.toString('base64') }];
    })
    .reverse();
}

/** Puts into a new, empty state what was kept of an earlier one. New messages are later than all of it. */
export function restore(state: WorkspaceState, from: Kept): void {
  for (const one of from.users) state.users.set(one.id, one);
  for (const one of from.channels) state.channels.set(one.id, { ...one, members: new Set(one.members) });
  for (const one of from.groups) state.groups.set(one.id, one);
  const messages: Message[] = from.messages.toSorted((a, b) => compareTs(a.ts, b.ts));
  state.messages.push(...messages);
  const last = messages.at(-1);
  if (last) state.timestamps.startAfter(last.ts);
  state.bookmarks.push(...from.bookmarks);
  for (const { content, ...one } of from.files) {
    const bytes = Buffer.from(content, 'base64');
    state.files.set(one.id, { ...one, announcedBytes: bytes.length, content: bytes, completed: true });
  }
}
