import type { Command } from '../kernel/command.ts';
import { slashCommand } from '../slack/scopes.ts';

interface Watched {
  groups: readonly { id: string; checks: number }[];
  checks: readonly { id: string; asks: string }[];
}

/** What can be typed after `/`, most general first: the commands, then the groups and checks that `health` takes. */
export function completionsOf(commands: readonly Command<never>[], watched: Watched) {
  const inSlack = commands.filter(({ faces }) => faces?.includes('slack') ?? true);
  const health = (id: string, summary: string) => ({ line: `${slashCommand} health ${id}`, usage: '', summary });
  return [
    ...inSlack
      .toSorted((a, b) => Number(b.name === 'health') - Number(a.name === 'health') || a.name.localeCompare(b.name))
      .map(({ name, usage, summary }) => ({ line: `${slashCommand} ${name}`, usage, summary })),
    { line: `${slashCommand} help`, usage: '', summary: 'Show all commands' },
    ...watched.groups.map(({ id, checks }) =>
      health(id, `The group ${id}: ${checks} ${checks === 1 ? 'check' : 'checks'}`),
    ),
    ...watched.checks.map(({ id, asks }) => health(id, asks)),
  ];
}
