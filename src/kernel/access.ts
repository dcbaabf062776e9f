import type { Actor, Role } from './command.ts';
import { OpsError } from './errors.ts';

/**
 * Why somebody may not do something; `unverified`: who they are, or who is in a group, could not be read; `other_roles`: a
 * terminal brings an ops.yml whose roles aren't those of the bot.
 */
export type DenialReason = 'role' | 'guest' | 'bot' | 'deactivated' | 'foreign' | 'unverified' | 'other_roles';

export interface Denial {
  kind: 'denied';
  why: DenialReason;
  /** Plain text that says what to do next. */
  message: string;
}

export type Decision = { kind: 'allowed' } | Denial;

/** Who may do what. Asked at the click, and again when what was asked for is carried out later. */
export interface Access {
  /** Never rejects: what can't be read is a denial. */
  decide(actor: Pick<Actor, 'id'>, role: Role): Promise<Decision>;
  /** Mentions of people or groups who have the role, for a denial; at most five. */
  holders(role: Role): Promise<string[]>;
}

/** Something that was not done because somebody may not do it. */
export interface DeniedAttempt {
  actor: Actor;
  /** The reference under which the log speaks of it. */
  request: string;
  /** `maintenance`, `health.mute`. */
  action: string;
  /** What stood behind the command, or what the button carried: as it came, it may hold anything. */
  words: string;
  role: Role;
  denial: Denial;
}

/** Somebody lacks the role that a part of a command takes; thrown by `ctx.require`. */
export class Forbidden extends OpsError {
  readonly role: Role;
  readonly denial: Denial;
  constructor(role: Role, denial: Denial) {
    super('forbidden', denial.message);
    this.role = role;
    this.denial = denial;
  }
}

/** What a command may ask about whoever runs it. */
export interface Permissions {
  /** Whether the asker has a role, beyond the one that the command takes. Never rejects. */
  may(role: Role): Promise<Decision>;
  /** As `may`; throws OpsError('forbidden') that says why not. For sub-commands that take a higher role. */
  require(role: Role): Promise<void>;
}

export function permissionsOf(access: Pick<Access, 'decide'>, actor: Pick<Actor, 'id'>): Permissions {
  const may = (role: Role) => access.decide(actor, role);
  return {
    may,
    require: async (role) => {
      const decision = await may(role);
      if (decision.kind === 'denied') throw new Forbidden(role, decision);
    },
  };
}
