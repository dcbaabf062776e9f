import type { Button, Command, Role, Shortcut, TerminalCommand } from '../kernel/command.ts';
import type { Form } from '../kernel/form.ts';
import { exitCodes, jsonAnswer } from './answers.ts';
import { markdownTable } from './table.ts';

/** What this page needs of a command that Slack and the terminal share. */
type Shared = Omit<Command<never>, 'run' | 'buttons' | 'shortcuts' | 'forms'> & {
  shortcuts?: Record<string, Pick<Shortcut<never>, 'label' | 'summary' | 'kind'> & ({ role: Role } | { form: string })>;
  forms?: Record<string, Pick<Form<never>, 'title' | 'summary' | 'role'>>;
  buttons?: Record<string, Pick<Button<never>, 'role' | 'summary'>>;
};
type Alone = Omit<TerminalCommand, 'runAlone'>;

/** All commands as a page of the documentation. */
export function commandReference(shared: readonly Shared[], terminal: readonly Alone[]): string {
  const rows = [
    ...shared.map((command) => [link(command), command.summary, facesOf(command).join(', '), command.role]),
    ...terminal.map((command) => [link(command), command.summary, 'terminal', '']),
    ['[`start`](#start)', 'Run the bot', 'terminal', ''],
  ].sort(([a = ''], [b = '']) => a.localeCompare(b));
  return [
    '# Commands',
    '',
    'One word, two faces: `/ops WORD` in Slack (or `@rounds WORD` where the bot is), `npx rounds WORD` in the terminal.',
    '`/ops` alone, `/ops help` and `npx rounds help` list the words; `npx rounds help WORD` shows one. A typo is answered with the nearest one.',
    '',
    ...markdownTable(['command', 'what it does', 'where', 'role'], rows),
    '',
    'The role is what it takes to use a command; where a part of it takes more, the line says so. Everybody is a viewer. In the',
    'terminal you are `os:NAME`, NAME being the user that `rounds` runs as, and have the roles that `ops.yml` gives to it',
    '([roles](configuration.md#roles)). To ask at all, that user must be able to read `.env` and `DATA_DIR`.',
    '',
    ...shared.flatMap(describeShared),
    ...terminal.flatMap(describeAlone),
    ...start,
    ...exitCodes,
    ...jsonAnswer,
    '---',
    '',
    'This page is made from the declarations in `commands/` by `npx rounds help --markdown`; a test fails when it is stale.',
  ].join('\n');
}

function facesOf(command: Shared): string[] {
  return command.faces ?? ['slack', 'terminal'];
}

function link({ name }: { name: string }): string {
  return `[\`${name}\`](#${name})`;
}

function describeShared(command: Shared): string[] {
  const faces = facesOf(command);
  const buttons = Object.entries(command.buttons ?? {});
  const shortcuts = Object.values(command.shortcuts ?? {});
  const forms = Object.values(command.forms ?? {});
  return [
    `## ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    '```',
    ...(faces.includes('slack') ? [usage('/ops', command)] : []),
    ...(faces.includes('terminal') ? [`${usage('npx rounds', command)} [--json]`] : []),
    '```',
    '',
    ...examples(faces.includes('slack') ? '/ops' : 'npx rounds', command),
    ...(buttons.length
      ? [
          'Buttons under the answer in Slack:',
          '',
          ...markdownTable(
            ['button', 'what it does', 'role'],
            buttons.map(([name, { summary, role }]) => [`\`${name}\``, summary ?? '', role]),
          ),
          '',
        ]
      : []),
    ...(forms.length
      ? [
          'Dialogs to fill in, in Slack:',
          '',
          ...markdownTable(
            ['dialog', 'what sending it does', 'role'],
            forms.map(({ title, summary, role }) => [title, summary, role]),
          ),
          '',
        ]
      : []),
    ...shortcutsOf(command, 'global', shortcuts),
    ...shortcutsOf(command, 'message', shortcuts),
  ];
}

const menus = {
  global: "In Slack's shortcuts menu (the + beside the message field, or the search), answered in a dialog:",
  message: 'In the ⋯ menu of a message in Slack, which it takes along, answered in a dialog:',
};

function shortcutsOf(
  { forms }: Shared,
  kind: keyof typeof menus,
  shortcuts: NonNullable<Shared['shortcuts']>[string][],
): string[] {
  const rows = shortcuts.flatMap((shortcut) => {
    if (shortcut.kind !== kind) return [];
    const role = 'form' in shortcut ? forms?.[shortcut.form]?.role : shortcut.role;
    return [[shortcut.label, shortcut.summary, role ?? '']];
  });
  return rows.length ? [menus[kind], '', ...markdownTable(['shortcut', 'what it does', 'role'], rows), ''] : [];
}

function describeAlone(command: Alone): string[] {
  return [
    `## ${command.name}`,
    '',
    `${command.summary}. In the terminal only; it needs neither a running bot nor a database.`,
    '',
    '```',
    usage('npx rounds', command),
    '```',
    '',
    ...examples('npx rounds', command),
  ];
}

function usage(face: string, { name, usage }: { name: string; usage: string }): string {
  return `${face} ${name} ${usage}`.trim();
}

function examples(face: string, command: { examples: string[] }): string[] {
  if (command.examples.length === 0) return [];
  return [`Examples: ${command.examples.map((example) => `\`${face} ${example}\``).join(' · ')}`, ''];
}

const start = [
  '## start',
  '',
  'Run the bot until SIGTERM or Ctrl-C. `npm start` does the same. Without Slack tokens it starts a local workspace with a page',
  'in the browser and a demo system beside the bot, with a database of its own: while `DATABASE_URL` is set it refuses.',
  '',
  '```',
  'npx rounds start [--reset]',
  '```',
  '',
  '`--reset` throws away the embedded database first, and what the local workspace and its clock kept: only when there are no',
  'Slack tokens and no `DATABASE_URL`. `npm start -- --reset` does the same.',
  '',
];
