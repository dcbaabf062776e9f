import type { Directory } from '../kernel/directory.ts';
import { createMemory } from '../kernel/memory.ts';
import type { Mentions } from './mentions.ts';

/** Being an owner decides nothing but what is shown first; groups are asked about at most 20 times a minute. */
const kept = { forMs: 10 * 60_000, failedForMs: 30_000 };

/**
 * Whether an owner as ops.yml names them is a person, or a user group they are in. Rejects with PortError when Slack
 * doesn't tell.
 */
export function createOwners({
  whoIs,
  directory,
}: {
  whoIs: Mentions['whoIs'];
  directory: Pick<Directory, 'members' | 'onChange'>;
}): (owner: string, userId: string) => Promise<boolean> {
  const memberships = createMemory<ReadonlySet<string>>(kept);
  directory.onChange((change) => {
    if (change.kind === 'groups') memberships.forget();
  });
  return async (owner, userId) => {
    const found = await whoIs(owner);
    if (found?.kind === 'person') return found.id === userId;
    if (found === undefined) return false;
    const members = await memberships.recall(found.id, async () => new Set(await directory.members(found.id)));
    return members.has(userId);
  };
}
