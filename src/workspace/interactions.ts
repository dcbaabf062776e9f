import type { Deliveries } from './delivery/deliveries.ts';
import type { DeliveryRecord } from './events.ts';
import { newId } from './ids.ts';
import { messageJson } from './messages.ts';
import { showResponse } from './response-url.ts';
import type { WorkspaceState } from './state.ts';
import type { Channel, Json, Message, User } from './world.ts';

/** What a person sees after doing something that the app must answer. */
export interface Outcome {
  ok: boolean;
  /** Slack's words when the app did not answer: operation_timeout, dispatch_failed, unknown_command. */
  error?: string;
  /** The body of the app's acknowledgement. */
  ack?: unknown;
  /** The message that the acknowledgement itself carried. */
  message?: Message;
  payload?: Json;
}

export function outcomeOf(record: DeliveryRecord): Outcome {
  const { payload, ack } = record;
  if (record.outcome === 'timeout') return { ok: false, error: 'operation_timeout', payload };
  if (record.outcome === 'failed') return { ok: false, error: 'dispatch_failed', payload, ack };
  return { ok: true, payload, ack };
}

/** Members that Slack puts into every interaction. */
export function envelope(state: WorkspaceState, user: User): Json {
  const { teamId, teamName, appId } = state.identity;
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: teamId },
    api_app_id: appId,
    token: 'unused-verification-token',
    team: { id: teamId, domain: teamName.toLowerCase() },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Slack names a private channel and a direct message only by their kind. */
function shownName(channel: Channel): string {
  if (channel.is_im) return 'directmessage';
  return channel.is_private ? 'privategroup' : channel.name;
}

/** Types a slash command. */
export async function runCommand(
  state: WorkspaceState,
  deliveries: Deliveries,
  commands: string[],
  { user, channel, line }: { user: User; channel: Channel; line: string },
): Promise<Outcome> {
  const [, command = '', text = ''] = line.match(/^(\/\S+)\s*([\s\S]*)$/) ?? [];
  if (!commands.includes(command)) return { ok: false, error: 'unknown_command' };
  const { teamId, teamName, appId } = state.identity;
  const responseUrl = state.newResponseUrl({ channel: channel.id, user: user.id });
  const payload = {
    token: 'unused-verification-token',
    team_id: teamId,
    team_domain: teamName.toLowerCase(),
    channel_id: channel.id,
    channel_name: shownName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: state.newTrigger(user.id, { channel: channel.id }),
  };
  const outcome = outcomeOf(await deliveries.send('slash_commands', payload));
  const said = ackMessage(outcome.ack);
  if (!outcome.ok || !said) return outcome;
  const target = state.responseUrls.get(responseUrl.split('/').at(-1) ?? '');
  const message = target && showResponse(state, target, said);
  return { ...outcome, ...(message && { message }) };
}

/** An acknowledgement that says something: text, or a body with text or blocks. */
function ackMessage(ack: unknown): Json | undefined {
  if (typeof ack === 'string') return ack.trim() === '' ? undefined : { text: ack };
  if (typeof ack !== 'object' || ack === null) return undefined;
  return 'text' in ack || 'blocks' in ack ? { ...ack } : undefined;
}

/** The members of a block_actions or message shortcut payload that say where the message is. */
export function messageContext(state: WorkspaceState, message: Message): Json {
  const channel = state.channels.get(message.channel);
  return {
    channel: { id: message.channel, name: channel ? shownName(channel) : '' },
    message: messageJson(state, message, { metadata: true }),
  };
}

/** An Events API callback around one event. */
export function eventCallback(state: WorkspaceState, event: Json): Json {
  const { teamId, appId, botUser } = state.identity;
  const seconds = Math.floor(state.nowMs() / 1000);
  return {
    token: 'unused-verification-token',
    team_id: teamId,
    api_app_id: appId,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: seconds,
    authorizations: [
      { enterprise_id: null, team_id: teamId, user_id: botUser, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: newId('4-'),
  };
}
