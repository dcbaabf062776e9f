import { z } from 'zod';
import type { Surface } from '../actions.ts';
import { SlackError, WrongUse } from '../errors.ts';
import type { Outcome } from '../interactions.ts';
import { postMessage } from '../messages.ts';
import type { Person } from '../person.ts';
import type { WorkspaceState } from '../state.ts';
import type { Channel, Message, User, View } from '../world.ts';
import type { Action, ActOutcome, SurfaceRef } from './contract.ts';
import { asTyped } from './typed.ts';
import { canSee, isPerson } from './visible.ts';
import { told } from './words.ts';

/** Slack's composer takes no more. */
const LINE_CHARS = 12_000;

const id = z.string().min(1).max(300);
const line = z.string().max(LINE_CHARS, `at most ${LINE_CHARS} characters`);
const choice = z.union([z.string(), z.array(z.string()), z.number(), z.null()]);
const surface = z.union([
  z.object({ channel: id, ts: id, ephemeral: z.boolean().optional() }),
  z.object({ view: id }),
]) satisfies z.ZodType<SurfaceRef>;
const element = { surface, blockId: id, actionId: id };

const action = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('say'), channel: id, text: line, threadTs: id.optional() }),
  z.object({ kind: z.literal('command'), channel: id, line }),
  z.object({ kind: z.literal('click'), ...element }),
  z.object({ kind: z.literal('choose'), ...element, choice }),
  z.object({ kind: z.literal('submit'), view: id, values: z.record(z.string(), choice) }),
  z.object({ kind: z.literal('dismiss') }),
  z.object({ kind: z.literal('react'), channel: id, ts: id, name: z.string().regex(/^[a-z0-9_+'-]{1,100}$/) }),
  z.object({ kind: z.literal('open_home') }),
  z.object({ kind: z.literal('join'), channel: id }),
  z.object({ kind: z.literal('shortcut'), callbackId: id }),
  z.object({ kind: z.literal('message_shortcut'), channel: id, ts: id, callbackId: id }),
]) satisfies z.ZodType<Action>;

const request = z.intersection(z.object({ as: id }), action);

export interface Actors {
  state: WorkspaceState;
  person(user: User): Person;
  /** How long the app may take to acknowledge. */
  ackMs(): number;
  /** A mistake of the workspace itself, for the log. */
  warn(message: string): void;
}

/** Does what somebody did on the page. Whatever is wrong with it is an outcome with a message, never a throw. */
export async function performAction(actors: Actors, body: unknown): Promise<ActOutcome> {
  const { state } = actors;
  const parsed = request.safeParse(body);
  if (!parsed.success) return refused('invalid_action', z.prettifyError(parsed.error));
  const { as, ...wanted } = parsed.data;
  const user = state.users.get(as);
  if (!user || !isPerson(user)) return refused('user_not_found', `Nobody with the id ${as} can be acted as`);
  const bot = state.users.get(state.identity.botUser)?.name ?? 'The app';
  try {
    const outcome = await perform(state, actors.person(user), wanted);
    if (UNANSWERED.has(wanted.kind)) return { ok: true };
    return told(outcome, { bot, ackMs: actors.ackMs(), ...('line' in wanted && { line: wanted.line }) });
  } catch (error) {
    if (error instanceof WrongUse) return refused('not_possible', error.message);
    if (error instanceof SlackError)
      return refused(error.code, `${bot} answered with what Slack refuses (${error.code})`);
    actors.warn(`the workspace's page: ${error instanceof Error ? error.stack : String(error)}`);
    return refused('internal_error', 'The workspace made a mistake; its log says which');
  }
}

function refused(error: string, message: string): ActOutcome {
  return { ok: false, error, message };
}

/** What a person does not see fail: the app is told in the background, and told again when it did not take it. */
const UNANSWERED = new Set<Action['kind']>(['say', 'react', 'join', 'open_home', 'dismiss']);

function perform(state: WorkspaceState, person: Person, wanted: Action): Promise<Outcome> {
  switch (wanted.kind) {
    case 'say': {
      const channel = joined(state, person, wanted.channel);
      if (wanted.text.trim() === '') throw new WrongUse('There is nothing to say');
      const root = wanted.threadTs === undefined ? undefined : shownMessage(state, person, channel.id, wanted.threadTs);
      const options = root && { threadTs: root.thread_ts ?? root.ts };
      return person.say(channel.id, asTyped(state, person, wanted.text), options);
    }
    case 'command': {
      const channel = joined(state, person, wanted.channel);
      const invited = /^\/invite\s+@?(\S+)$/.exec(wanted.line.trim())?.[1];
      return invited ? invite(state, person, channel, invited) : person.command(channel.id, wanted.line.trim());
    }
    case 'click':
      return person.click(shownSurface(state, person, wanted.surface), `${wanted.blockId}/${wanted.actionId}`);
    case 'choose': {
      const ref = `${wanted.blockId}/${wanted.actionId}`;
      return person.choose(shownSurface(state, person, wanted.surface), ref, wanted.choice ?? undefined);
    }
    case 'submit': {
      const values = Object.entries(wanted.values).map(([ref, value]) => [ref, value ?? undefined] as const);
      return person.submit(shownView(state, person, wanted.view), Object.fromEntries(values));
    }
    case 'dismiss':
      return person.dismiss();
    case 'react':
      return person.react(shownMessage(state, person, wanted.channel, wanted.ts), wanted.name);
    case 'open_home':
      return person.openHome();
    case 'join':
      return person.join(joinable(state, person, wanted.channel).id);
    case 'shortcut':
      return person.shortcut(wanted.callbackId);
    case 'message_shortcut':
      return person.messageShortcut(shownMessage(state, person, wanted.channel, wanted.ts), wanted.callbackId);
  }
}

/** Slack's own command, for whoever the bot asks to be invited. */
async function invite(state: WorkspaceState, person: User, channel: Channel, name: string): Promise<Outcome> {
  const invited = [...state.users.values()].find((user) => user.name === name && !user.deleted);
  if (!invited) throw new WrongUse(`There is nobody named ${name} to invite`);
  if (person.is_restricted) throw new WrongUse('Guests invite nobody');
  if (channel.members.has(invited.id)) throw new WrongUse(`${name} is in #${channel.name} already`);
  channel.members.add(invited.id);
  postMessage(state, channel.id, invited.id, { text: `<@${invited.id}> has joined the channel` });
  state.events.emit({ type: 'channel_changed', channel: channel.id });
  return { ok: true };
}

function shownChannel(state: WorkspaceState, person: User, id: string): Channel {
  const channel = state.channels.get(id);
  if (!channel || !canSee(person, channel)) throw new WrongUse(`${person.name} sees no channel ${id}`);
  return channel;
}

/** Slack's client has a composer only where somebody is a member, and none in an archived channel. */
function joined(state: WorkspaceState, person: User, id: string): Channel {
  const channel = shownChannel(state, person, id);
  if (channel.is_archived) throw new WrongUse(`#${channel.name} is archived: nobody can write there`);
  if (!channel.members.has(person.id)) throw new WrongUse(`${person.name} is not in #${channel.name}: join it first`);
  return channel;
}

function joinable(state: WorkspaceState, person: User, id: string): Channel {
  const channel = shownChannel(state, person, id);
  if (channel.is_archived) throw new WrongUse(`#${channel.name} is archived: nobody can join it`);
  return channel;
}

function shownMessage(state: WorkspaceState, person: User, channel: string, ts: string): Message {
  const message = state.message(shownChannel(state, person, channel).id, ts);
  if (!message) throw new WrongUse('This message is gone');
  return message;
}

function shownView(state: WorkspaceState, person: User, id: string): View {
  const home = state.homes.get(person.id);
  const view = [...(state.stacks.get(person.id) ?? []), ...(home ? [home] : [])].find((open) => open.id === id);
  if (!view) throw new WrongUse('This dialog is closed');
  return view;
}

function shownSurface(state: WorkspaceState, person: User, ref: SurfaceRef): Surface {
  if ('view' in ref) return shownView(state, person, ref.view);
  if (ref.ephemeral !== true) return shownMessage(state, person, ref.channel, ref.ts);
  const found = state.ephemerals.find(
    (message) => message.channel === ref.channel && message.ts === ref.ts && message.ephemeral_to === person.id,
  );
  if (!found) throw new WrongUse('This message is gone');
  return found;
}
