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

/** `rounds` alone: what can be typed, from the registry. */
export function helpText(commands: readonly Described[]): string {
  const rows = commands.map((command) => ({
    left: `rounds ${command.name} ${command.usage}`.trim(),
    summary: command.summary,
  }));
  const width = Math.max(...rows.map((row) => row.left.length));
  const lines = rows.map((row) => `  ${row.left.padEnd(width)}  ${row.summary}`);
  return [
    'Rounds: health checks and chatops for operations teams',
    '',
    ...lines,
    '',
    '  --json  print the answer as JSON',
  ].join('\n');
}

/** `rounds health --help`. */
export function commandHelp(command: Described): string {
  const examples = command.examples.map((example) => `  rounds ${example}`);
  return [`rounds ${command.name} ${command.usage}`.trim(), `  ${command.summary}`, '', ...examples].join('\n');
}
