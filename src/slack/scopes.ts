/**
 * Every Web API method the bot calls, with the bot scopes it needs. `outgoing.ts` can call nothing else, `manifest.yml`
 * asks for nothing else, and start-up compares the token with it.
 */
export const methodScopes = {
  'auth.test': [],
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  // To look a message up before it is posted a second time, in public and in private channels, and in direct messages; replies
  // also reads what somebody flags.
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  // Who has a role or a task is told so in a direct message.
  'conversations.open': ['im:write'],
  // Who may do what: guests, bots and the deactivated are known by users.info, roles by user groups. And people's names.
  'users.info': ['users:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  // To mention an owner that ops.yml names.
  'users.list': ['users:read'],
  // Whether the channels of ops.yml exist, and the bot is in them.
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.info': ['channels:read', 'groups:read'],
  // The channel of an incident, public or private.
  'conversations.create': ['channels:manage', 'groups:write'],
  'conversations.setTopic': ['channels:manage', 'groups:write'],
  'conversations.invite': ['channels:manage', 'groups:write'],
  'conversations.archive': ['channels:manage', 'groups:write'],
  'conversations.unarchive': ['channels:manage', 'groups:write'],
  'pins.add': ['pins:write'],
  'bookmarks.add': ['bookmarks:write'],
  // Who is on call in PagerDuty, to be asked into it.
  'users.lookupByEmail': ['users:read.email'],
  // Charts as pictures.
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'views.open': [],
  'views.push': [],
  'views.update': [],
  'views.publish': [],
} as const satisfies Record<string, readonly string[]>;

export type SlackMethod = keyof typeof methodScopes;

/** The slash command, and the events with the scope each needs to be delivered. */
export const slashCommand = '/ops';
export const eventScopes = {
  app_mention: 'app_mentions:read',
  // Who lost a role loses it at once.
  user_change: 'users:read',
  subteam_updated: 'usergroups:read',
  subteam_members_changed: 'usergroups:read',
  // Messages that people flag for an incident's timeline.
  reaction_added: 'reactions:read',
  // Who is in the channel of a private incident is in it.
  member_joined_channel: 'groups:read',
  // The home tab alone; needs no scope.
  app_home_opened: undefined,
} as const;

/** Bot scopes the app must have, sorted. */
export function requiredScopes(): string[] {
  const ofEvents = Object.values(eventScopes).filter((scope) => scope !== undefined);
  return [...new Set(['commands', ...ofEvents, ...Object.values(methodScopes).flat()])].sort();
}

/** Required scopes that the token was not granted: it is older than the last change of the app's permissions. */
export function missingScopes(granted: readonly string[]): string[] {
  return requiredScopes().filter((scope) => !granted.includes(scope));
}
