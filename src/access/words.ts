import type { Denial } from '../kernel/access.ts';
import type { Role } from '../kernel/command.ts';
import type { Standing } from '../kernel/directory.ts';
import { PortError } from '../kernel/errors.ts';
import type { Verdict } from './roles.ts';

/** The words of denials: what is wrong, and what to do about it. Plain text. */

const standings: Record<Exclude<Standing, 'member'>, string> = {
  guest: "Guests of this workspace can't use me. Ask one of its full members.",
  bot: "Bots and workflows can't use me: a person has to ask.",
  deactivated: 'This account is deactivated.',
  foreign: 'Your account belongs to another workspace. Only full members of this one can use me.',
};

export function deniedByStanding(standing: Exclude<Standing, 'member'>): Denial {
  return { kind: 'denied', why: standing, message: standings[standing] };
}

export function deniedByRole(role: Role, { nobodyNamed, unfit }: Extract<Verdict, { kind: 'lacks' }>): Denial {
  if (nobodyNamed) {
    const remedy = `name people or a user group under roles.${role} in ops.yml`;
    return denied('role', `This takes the role ${role}, which nobody has: ${remedy}.`);
  }
  const but = unfit.map(({ ref, why }) => ` ${groupWords(ref)} ${unfitWords[why]}.`).join('');
  return denied('role', `This takes the role ${role}, which you don't have.${but}`);
}

export function deniedInTerminal(role: Role, user: string): Denial {
  const remedy = `add "os:${user}" under roles.${role} in ops.yml and restart the bot`;
  return denied('role', `This takes the role ${role}, which ${user} doesn't have: ${remedy}.`);
}

/** `differences`: of the roles in the terminal's file from those of the bot's. */
export function deniedByOtherRoles(own: string, inForce: string, differences: readonly string[]): Denial {
  const shown = differences.slice(0, mostDifferences).join(', ');
  const more = differences.length - mostDifferences;
  const what = more > 0 ? `${shown} and ${more} more` : shown;
  const remedy = `set OPS_CONFIG to the bot's file, or restart the bot with this one`;
  return denied(
    'other_roles',
    `The roles in ${own} aren't those of the bot (${inForce}): ${what}. To do this, ${remedy}.`,
  );
}

export const deniedUnknown: Denial = denied('role', 'This takes a person of the workspace.');

/** `error`: why the workspace could not be asked. */
export function deniedUnverified(error: unknown): Denial {
  if (!(error instanceof PortError)) {
    return denied('unverified', "I can't verify who you are: something went wrong in me. My log says more.");
  }
  return denied('unverified', `I can't verify who you are: ${error.message}. ${remedyFor(error)}`);
}

function remedyFor({ reason }: PortError): string {
  if (reason === 'missing_scope') return 'Reinstall the app with its manifest, then copy the bot token again.';
  if (reason === 'plan_upgrade_required') {
    return 'This Slack plan has no user groups: name people by their ids under roles in ops.yml.';
  }
  if (['rate_limited', 'unreachable', 'unconfirmed', 'stopped'].includes(reason)) {
    return 'Nothing was done: try again in a minute.';
  }
  return 'Whoever runs me finds more with `rounds doctor`.';
}

const mostDifferences = 4;

const unfitWords = { empty: 'has no members', disabled: 'is disabled', missing: "isn't in this workspace" };

function groupWords(ref: string): string {
  return `The user group ${ref}`;
}

function denied(why: Denial['why'], message: string): Denial {
  return { kind: 'denied', why, message };
}
