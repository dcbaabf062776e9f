import { userInfo } from 'node:os';
import type { Actor } from '../kernel/command.ts';

/**
 * Who types in a terminal: the user this process runs as; `roles` in ops.yml maps `os:NAME`.
 * The bot doesn't ask the client for a name: its socket has the mode 0600, so whoever reaches it is this very user, or
 * root, who could become it. A name that comes with a request would only be a claim.
 */
export function terminalActor(): Actor {
  const name = ownName();
  return { id: `os:${name}`, name, mention: name };
}

/** A container may run as a user id without a name: `os:uid-1000`. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error && process.getuid) return `uid-${process.getuid()}`;
    throw error;
  }
}
