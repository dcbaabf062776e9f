import type { WorkspaceState } from '../state.ts';
import type { User } from '../world.ts';
import { canSee } from './visible.ts';

const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;
const LINK = /https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"]/g;
/** A name stands behind a space or an opening mark, never inside a word: anna@example.com is no mention. */
const NAME = /(^|[\s([{"'*_~])([@#])([\p{L}\p{N}][\p{L}\p{N}._-]*)/gu;
const BROADCASTS = ['here', 'channel', 'everyone'];

/** What Slack's client makes of a typed line: `@anna`, `#ops`, addresses become live, `& < >` harmless, code stays code. */
export function asTyped(state: WorkspaceState, writer: User, text: string): string {
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? escaped(part) : live(state, writer, escaped(part))))
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function live(state: WorkspaceState, writer: User, text: string): string {
  return text
    .replace(LINK, (url) => `<${url}>`)
    .replace(NAME, (whole, before: string, sign: string, typed: string) => {
      // `@anna.` ends a sentence: the longest known name wins, dots and dashes behind it are text.
      for (let name = typed; name !== ''; name = /[._-]$/.test(name) ? name.slice(0, -1) : '') {
        const mention = sign === '@' ? somebody(state, name) : somewhere(state, writer, name);
        if (mention) return `${before}${mention}${typed.slice(name.length)}`;
      }
      return whole;
    });
}

function somebody(state: WorkspaceState, name: string): string | undefined {
  if (BROADCASTS.includes(name)) return `<!${name}>`;
  const user = [...state.users.values()].find((candidate) => candidate.name === name && !candidate.deleted);
  if (user) return `<@${user.id}>`;
  const group = [...state.groups.values()].find((candidate) => candidate.handle === name && !candidate.disabled);
  return group && `<!subteam^${group.id}>`;
}

function somewhere(state: WorkspaceState, writer: User, name: string): string | undefined {
  const channel = state.findChannel(`#${name}`);
  return channel && canSee(writer, channel) ? `<#${channel.id}>` : undefined;
}
