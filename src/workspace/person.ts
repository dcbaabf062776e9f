import { act, type Surface, shortcut } from './actions.ts';
import { dismiss, type SubmitOutcome, submit } from './dialogs.ts';
import type { Choice } from './element-state.ts';
import { WrongUse } from './errors.ts';
import { type Outcome, runCommand } from './interactions.ts';
import type { Surroundings } from './surroundings.ts';
import { join, openHome, react, say } from './talk.ts';
import type { Channel, Message, User, View } from './world.ts';

/** A person at the keyboard. Channels are given as `#name` or id; a wrong use by the test itself throws. */
export interface Person extends User {
  /** Types a slash command and tells what the person then sees. */
  command(channel: string, line: string): Promise<Outcome>;
  /** Presses a button: by action_id, or `block_id/action_id`. */
  click(surface: Surface, actionId: string): Promise<Outcome>;
  /** Picks from a menu, a date picker, checkboxes: option values or labels, ids, dates. */
  choose(surface: Surface, actionId: string, choice: Choice): Promise<Outcome>;
  /** Fills in a dialog's inputs by action_id and sends it off. */
  submit(view: View, values?: Record<string, Choice>): Promise<SubmitOutcome>;
  /** Closes the topmost dialog. */
  dismiss(): Promise<Outcome>;
  say(channel: string, text: string, options?: { threadTs?: string }): Promise<Outcome & { message: Message }>;
  react(message: Message, name: string): Promise<Outcome>;
  openHome(): Promise<Outcome>;
  join(channel: string): Promise<Outcome>;
  shortcut(callbackId: string): Promise<Outcome>;
  messageShortcut(message: Message, callbackId: string): Promise<Outcome>;
}

export function person(around: Surroundings, user: User, channel: (ref: string) => Channel): Person {
  const entered = (ref: string): Channel => {
    const found = channel(ref);
    // Members may look into any public channel, guests only into their own.
    const isOpen = !found.is_private && !user.is_restricted;
    if (!isOpen && !found.members.has(user.id)) throw new WrongUse(`${user.name} can't see ${ref}`);
    return found;
  };
  return {
    ...user,
    command: async (ref, line) =>
      runCommand(around.state, around.deliveries, around.commands, { user, channel: entered(ref), line }),
    click: (surface, actionId) => act(around, user, surface, actionId, undefined),
    choose: (surface, actionId, choice) => act(around, user, surface, actionId, choice),
    submit: (view, values = {}) => submit(around, user, view, values),
    dismiss: () => dismiss(around, user),
    say: async (ref, text, { threadTs } = {}) => say(around, user, entered(ref), text, threadTs),
    react: (message, name) => react(around, user, message, name),
    openHome: () => openHome(around, user),
    join: (ref) => join(around, user, channel(ref)),
    shortcut: (callbackId) => shortcut(around, user, callbackId),
    messageShortcut: (message, callbackId) => shortcut(around, user, callbackId, message),
  };
}
