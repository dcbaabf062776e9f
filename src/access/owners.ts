import type { Decision } from '../kernel/access.ts';
import type { Actor } from '../kernel/command.ts';
import type { Directory } from '../kernel/directory.ts';
import type { Log } from '../kernel/log.ts';
import { createAccess } from './access.ts';

/** Whether somebody is an owner as files name them: a person's id, or a group (`@platform`, its id) that they are in. */
export interface Owners {
  /** Never rejects: what can't be read is a denial. */
  has(owner: string, actor: Pick<Actor, 'id'>): Promise<Decision>;
  /** From now on Slack is asked who is in a group. */
  use(directory: Directory): void;
}

/** Being an owner is decided as having a role is: by what Slack says of people and groups. */
export function createOwners({ log }: { log: Log }): Owners {
  const known = new Map<string, ReturnType<typeof createAccess>>();
  let slack: Directory | undefined;
  return {
    has(owner, actor) {
      const access =
        known.get(owner) ?? createAccess({ roles: { responder: [owner] }, log, ...(slack && { directory: slack }) });
      known.set(owner, access);
      return access.decide(actor, 'responder');
    },
    use(directory) {
      known.clear();
      slack = directory;
    },
  };
}
