import { isObject } from '../args.ts';
import type { Problem } from '../blocks/schema.ts';
import type { Json } from '../world.ts';

const LIMIT = {
  nameChars: 35,
  descriptionChars: 140,
  botNameChars: 80,
  commandChars: 32,
  commandDescriptionChars: 2000,
};

function child(parent: Json, name: string): Json {
  const value = parent[name];
  return isObject(value) ? value : {};
}

/** What Slack would refuse in an app manifest: names, commands, and ways to reach the app that contradict each other. */
export function manifestProblems(manifest: unknown): Problem[] {
  if (!isObject(manifest)) return [{ pointer: '', message: 'must provide an object' }];
  const problems: Problem[] = [];
  const say = (pointer: string, message: string) => problems.push({ pointer, message });
  const display = child(manifest, 'display_information');
  const features = child(manifest, 'features');
  const settings = child(manifest, 'settings');

  if (typeof display.name !== 'string' || display.name === '')
    say('/display_information', 'missing required field: name');
  else if (display.name.length > LIMIT.nameChars)
    say('/display_information/name', `must be less than ${LIMIT.nameChars + 1} characters`);
  if (String(display.description ?? '').length > LIMIT.descriptionChars) {
    say('/display_information/description', `must be less than ${LIMIT.descriptionChars + 1} characters`);
  }

  const socketMode = settings.socket_mode_enabled === true;
  const interactivity = child(settings, 'interactivity');
  const events = child(settings, 'event_subscriptions');
  if (interactivity.is_enabled === true && !socketMode && !interactivity.request_url) {
    say('/settings/interactivity', 'Interactivity requires a Request URL');
  }
  if (Object.keys(events).length > 0 && !socketMode && !events.request_url) {
    say('/settings/event_subscriptions', 'Event Subscription requires either Request URL or Socket Mode Enabled');
  }
  checkCommands(features, socketMode, say);
  checkShortcuts(features, say);
  checkScopes(manifest, events, features, say);
  return problems;
}

function checkCommands(features: Json, socketMode: boolean, say: (pointer: string, message: string) => void): void {
  const commands = Array.isArray(features.slash_commands) ? features.slash_commands : [];
  commands.forEach((command, index) => {
    const at = `/features/slash_commands/${index}`;
    if (!isObject(command)) {
      say(at, 'must provide an object');
      return;
    }
    if (!/^\/[^\s/]+$/.test(String(command.command ?? '')) || String(command.command).length > LIMIT.commandChars) {
      say(`${at}/command`, 'must begin with / and contain no spaces');
    }
    if (!command.description) say(at, 'missing required field: description');
    if (!socketMode && !command.url) say(at, 'missing required field: url');
  });
}

function checkShortcuts(features: Json, say: (pointer: string, message: string) => void): void {
  const shortcuts = Array.isArray(features.shortcuts) ? features.shortcuts : [];
  shortcuts.forEach((shortcut, index) => {
    const at = `/features/shortcuts/${index}`;
    for (const [name, most] of Object.entries({ name: 24, callback_id: 255, description: 150 })) {
      const value = isObject(shortcut) ? String(shortcut[name] ?? '') : '';
      if (value === '') say(at, `missing required field: ${name}`);
      else if (value.length > most) say(`${at}/${name}`, `must be less than ${most + 1} characters`);
    }
    if (isObject(shortcut) && shortcut.type !== 'global' && shortcut.type !== 'message') {
      say(`${at}/type`, 'must be one of: global, message');
    }
  });
}

/** Each bot event is told only to an app that holds its scope. */
const EVENT_SCOPES: Record<string, string> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  reaction_added: 'reactions:read',
  member_joined_channel: 'channels:read',
  user_change: 'users:read',
  subteam_updated: 'usergroups:read',
  subteam_members_changed: 'usergroups:read',
};

function checkScopes(
  manifest: Json,
  events: Json,
  features: Json,
  say: (pointer: string, message: string) => void,
): void {
  const granted = child(child(manifest, 'oauth_config'), 'scopes').bot;
  const scopes = Array.isArray(granted) ? granted : [];
  const botEvents = Array.isArray(events.bot_events) ? events.bot_events : [];
  for (const event of botEvents) {
    const needed = EVENT_SCOPES[String(event)];
    if (needed && !scopes.includes(needed)) {
      say('/settings/event_subscriptions/bot_events', `${String(event)} requires the scope ${needed}`);
    }
  }
  const hasCommands = Array.isArray(features.slash_commands) && features.slash_commands.length > 0;
  if (hasCommands && !scopes.includes('commands'))
    say('/oauth_config/scopes/bot', 'slash commands require the scope commands');
  if (scopes.length > 0 && Object.keys(child(features, 'bot_user')).length === 0) {
    say('/features/bot_user', 'bot scopes require a bot user');
  }
}
