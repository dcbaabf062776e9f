import type { Access, Denial } from '../kernel/access.ts';
import type { Role } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { Roles } from './roles.ts';
import { deniedByOtherRoles, deniedUnverified } from './words.ts';

/** Roles, and the ops.yml they are from. */
export interface RolesOfFile {
  roles: Roles;
  /** Absolute, on the machine that read it. */
  file: string;
}

const allRoles: readonly Role[] = ['viewer', 'responder', 'operator', 'approver', 'admin'];

/**
 * Lets a terminal that works on the database itself only look unless it has the roles of the bots there: its ops.yml is
 * whichever its user names, and may name its user for anything.
 */
export function withinRolesInForce(
  access: Access,
  own: RolesOfFile,
  { read, log }: { read(): Promise<RolesOfFile | undefined>; log: Log },
): Access {
  async function differing(): Promise<Denial | undefined> {
    const inForce = await read();
    if (inForce === undefined) return undefined;
    const differences = differencesOf(own.roles, inForce.roles);
    return differences.length > 0 ? deniedByOtherRoles(own.file, inForce.file, differences) : undefined;
  }
  return {
    ...access,
    decide: async (actor, role) => {
      if (role === 'viewer') return access.decide(actor, role);
      try {
        return (await differing()) ?? (await access.decide(actor, role));
      } catch (error) {
        log.error({ err: error }, 'the roles in force could not be read');
        return deniedUnverified(error);
      }
    },
  };
}

/** What one file names and the other doesn't, by role. */
export function differencesOf(own: Roles, inForce: Roles): string[] {
  return allRoles.flatMap((role) => {
    const [mine, theirs] = [new Set(own[role]), new Set(inForce[role])];
    const added = [...mine].filter((entry) => !theirs.has(entry)).map((entry) => `${role} has ${entry} here alone`);
    const gone = [...theirs].filter((entry) => !mine.has(entry)).map((entry) => `${role} has ${entry} there alone`);
    return [...added, ...gone];
  });
}
