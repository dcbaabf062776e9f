import type { Deliveries } from './delivery/deliveries.ts';
import { type Outcome, runCommand } from './interactions.ts';
import type { WorkspaceState } from './state.ts';
import type { Channel, User } from './world.ts';

/** The app's side of the workspace, as a person's actions need it. */
export interface Surroundings {
  state: WorkspaceState;
  deliveries: Deliveries;
  commands: string[];
  eventTypes: string[];
}

/** A person at the keyboard. */
export interface Person extends User {
  /** Types a slash command and tells what the person then sees. */
  command(channel: string, line: string): Promise<Outcome>;
}

export function person(around: Surroundings, user: User, channel: (ref: string) => Channel): Person {
  return {
    ...user,
    command: (ref, line) =>
      runCommand(around.state, around.deliveries, around.commands, { user, channel: channel(ref), line }),
  };
}
