import type { Directory, UserGroup } from '../kernel/directory.ts';
import type { Log } from '../kernel/log.ts';
import { createMemory } from '../kernel/memory.ts';
import type { Call } from './caller.ts';
import { isObject, itemsOf } from './pages.ts';

/** Names change rarely, and a mention decides nothing. */
const rememberedForMs = 10 * 60_000;
const failureRememberedForMs = 30_000;

export interface Mentions {
  /**
   * A live mention for an owner as ops.yml names them: `@platform`, `@anna`, `U012…`, `S012…`, a display name.
   * Undefined when nobody, or more than one, has the name, or Slack doesn't tell: the name is shown as plain text then.
   */
  mentionOf(owner: string): Promise<string | undefined>;
}

export function createMentions({
  call,
  directory,
  log,
}: {
  call: Call;
  directory: Pick<Directory, 'groups'>;
  log: Log;
}): Mentions {
  const kept = { forMs: rememberedForMs, failedForMs: failureRememberedForMs };
  const groups = createMemory<UserGroup[]>(kept);
  const people = createMemory<Map<string, string[]>>(kept);

  async function look(owner: string): Promise<string | undefined> {
    if (/^[UW][A-Z0-9]{2,}$/.test(owner)) return `<@${owner}>`;
    const name = owner.replace(/^@/, '').toLowerCase();
    const known = await groups.recall('all', () => directory.groups());
    const group = known.find(({ id, handle, disabled }) => !disabled && (id === owner || handle === name));
    if (group) return `<!subteam^${group.id}>`;
    if (/^S[A-Z0-9]{2,}$/.test(owner)) return undefined;
    const ids = (await people.recall('all', () => membersByName(call))).get(name) ?? [];
    return ids.length === 1 ? `<@${ids[0]}>` : undefined;
  }

  return {
    mentionOf: (owner) =>
      look(owner).catch((error: unknown) => {
        log.warn({ err: error, owner }, 'an owner is shown without a mention');
        return undefined;
      }),
  };
}

/** Ids of active people by what they are called: user name, display name, full name. */
async function membersByName(call: Call): Promise<Map<string, string[]>> {
  const byName = new Map<string, string[]>();
  for await (const { id, deleted, name, profile } of itemsOf(call, 'users.list', 'members', {})) {
    if (typeof id !== 'string' || deleted === true) continue;
    const { display_name, real_name } = isObject(profile) ? profile : {};
    const names = [name, display_name, real_name].filter((text) => typeof text === 'string' && text !== '');
    for (const each of new Set(names.map((text) => String(text).toLowerCase()))) {
      byName.set(each, [...(byName.get(each) ?? []), id]);
    }
  }
  return byName;
}
