interface Described {
  name: string;
  usage: string;
  summary: string;
  examples: string[];
}

/** Not one of the registry: it is what the others are asked of. */
export const startCommand = {
  name: 'start',
  usage: '[--reset]',
  summary: 'Run the bot; --reset throws away the database of a try-out first',
  examples: ['start', 'start --reset'],
} satisfies Described;

/** `rounds` alone: what can be typed, from the registry, in lines of at most `width` columns. */
export function helpText(commands: readonly Described[], width: number): string {
  return [
    ...wrapped('Rounds: health checks and chatops for operations teams', width, '', ''),
    '',
    ...commands.flatMap((command) => [
      ...wrapped(usageOf(command), width, '  ', '      '),
      ...wrapped(command.summary, width, '    ', '    '),
    ]),
    '',
    ...wrapped('--json  print the answer as JSON', width, '  ', '    '),
    ...wrapped('--version  print the version', width, '  ', '    '),
    ...wrapped('`rounds help NAME` shows one command with examples', width, '  ', '  '),
  ].join('\n');
}

/** `rounds health --help`. An example stays whole, to be copied. */
export function commandHelp(command: Described, width: number): string {
  const examples = command.examples.map((example) => `  rounds ${example}`);
  const usage = wrapped(usageOf(command), width, '', '    ');
  return [...usage, ...wrapped(command.summary, width, '  ', '  '), '', ...examples].join('\n');
}

function usageOf({ name, usage }: Described): string {
  return `rounds ${name} ${usage}`.trim();
}

/** Words in lines of at most `width` columns; a word that is longer has a line of its own. */
function wrapped(text: string, width: number, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
