import type { Actor, Role } from './command.ts';

/** Why somebody may not do something; `unverified`: who they are, or who is in a group, could not be read. */
export type DenialReason = 'role' | 'guest' | 'bot' | 'deactivated' | 'foreign' | 'unverified';

export type Decision = { kind: 'allowed' } | { kind: 'denied'; why: DenialReason; message: string };

/** Who may do what. Asked at the click, and again when what was asked for is carried out later. */
export interface Access {
  /** Never rejects: what can't be read is a denial. `message` is plain text that says what to do next. */
  decide(actor: Pick<Actor, 'id'>, role: Role): Promise<Decision>;
  /** Mentions of people or groups who have the role, for a denial; at most five. */
  holders(role: Role): Promise<string[]>;
}
