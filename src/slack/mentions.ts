import type { Directory, UserGroup } from '../kernel/directory.ts';
import type { Log } from '../kernel/log.ts';
import { createMemory } from '../kernel/memory.ts';
import type { Call } from './caller.ts';
import { isObject, itemsOf } from './pages.ts';
import { standingOf } from './standing.ts';

/** Names change rarely, and a mention decides nothing. */
const rememberedForMs = 10 * 60_000;
const failureRememberedForMs = 30_000;

export interface Mentions {
  /**
   * A live mention for an owner as ops.yml names them: `@platform`, `@anna`, `U012…`, `S012…`, a display name.
   * Undefined when nobody, or more than one, has the name, or Slack doesn't tell: the name is shown as plain text then.
   */
  mentionOf(owner: string): Promise<string | undefined>;
  /** Who that is; undefined when nobody, or more than one, has the name. Rejects with PortError when Slack doesn't tell. */
  whoIs(owner: string): Promise<{ kind: 'person' | 'group'; id: string } | undefined>;
}

export function createMentions({
  call,
  teamId,
  directory,
  log,
}: {
  call: Call;
  teamId: string;
  directory: Pick<Directory, 'groups'>;
  log: Log;
}): Mentions {
  const kept = { forMs: rememberedForMs, failedForMs: failureRememberedForMs };
  const groups = createMemory<UserGroup[]>(kept);
  const people = createMemory<Names>(kept);

  const whoIs: Mentions['whoIs'] = async (owner) => {
    if (/^[UW][A-Z0-9]{2,}$/.test(owner)) return { kind: 'person', id: owner };
    const name = owner.replace(/^@/, '').toLowerCase();
    const known = await groups.recall('all', () => directory.groups());
    const group = known.find(({ id, handle, disabled }) => !disabled && (id === owner || handle === name));
    if (group) return { kind: 'group', id: group.id };
    if (/^S[A-Z0-9]{2,}$/.test(owner)) return undefined;
    const { userNames, shownNames } = await people.recall('all', () => namesOfMembers(call, teamId));
    const [id, ...others] = userNames.get(name) ?? shownNames.get(name) ?? [];
    return id === undefined || others.length > 0 ? undefined : { kind: 'person', id };
  };

  async function mention(owner: string): Promise<string | undefined> {
    const found = await whoIs(owner);
    if (found === undefined) return undefined;
    return found.kind === 'person' ? `<@${found.id}>` : `<!subteam^${found.id}>`;
  }

  return {
    whoIs,
    mentionOf: (owner) =>
      mention(owner).catch((error: unknown) => {
        log.warn({ err: error, owner }, 'an owner is shown without a mention');
        return undefined;
      }),
  };
}

/** Ids by name, in lower case. */
interface Names {
  /** Slack gives each once. */
  userNames: Map<string, string[]>;
  /** Display names and full names: anybody may call themselves what they like. */
  shownNames: Map<string, string[]>;
}

/** What the full members are called: guests, bots and people of other workspaces take no name away from them. */
async function namesOfMembers(call: Call, teamId: string): Promise<Names> {
  const userNames = new Map<string, string[]>();
  const shownNames = new Map<string, string[]>();
  const add = (ids: Map<string, string[]>, names: unknown[], id: string) => {
    const texts = names.filter((text) => typeof text === 'string' && text !== '');
    for (const each of new Set(texts.map((text) => String(text).toLowerCase()))) {
      ids.set(each, [...(ids.get(each) ?? []), id]);
    }
  };
  for await (const user of itemsOf(call, 'users.list', 'members', {})) {
    const { id, name, profile } = user;
    if (typeof id !== 'string' || standingOf(user, teamId) !== 'member') continue;
    const { display_name, real_name } = isObject(profile) ? profile : {};
    add(userNames, [name], id);
    add(shownNames, [display_name, real_name], id);
  }
  return { userNames, shownNames };
}
