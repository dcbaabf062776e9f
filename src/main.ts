import { withDotEnv } from './config/environment.ts';
import { ConfigError, formatProblems } from './config/problems.ts';
import { systemClock } from './kernel/clock.ts';
import type { ExitCode } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import { nearest } from './kernel/nearest.ts';
import { commandReference } from './reference/commands.ts';
import { allCommands } from './registry.ts';
import { runBot } from './start.ts';
import { commandHelp, helpText } from './terminal/help.ts';
import { parseLine } from './terminal/parse.ts';
import { runCommand } from './terminal/run.ts';

process.exitCode = await main(process.argv.slice(2)).catch(explain);

/** Runs what was typed; the exit code is the answer's. */
async function main(argv: string[]): Promise<ExitCode> {
  const line = parseLine(argv);
  const variables = withDotEnv(process.env, '.env');
  if (line.command === 'start') return runBot(variables, { reset: line.args.includes('--reset') });
  const { shared, terminal } = await allCommands();
  const all = [...shared, ...terminal].sort((a, b) => a.name.localeCompare(b.name));
  const named = all.find((command) => command.name === line.command);
  if (line.command === undefined || line.command === 'help' || (line.help && !named)) {
    print(line.args.includes('--markdown') ? commandReference(shared, terminal) : helpText(all));
    return 0;
  }
  if (!named) {
    const close = nearest(
      line.command,
      all.map((command) => command.name),
    );
    throw new OpsError('not_found', `There is no command "${line.command}"`, {
      hint: close ? `Did you mean "rounds ${close}"?` : '`rounds help` lists them',
    });
  }
  if (line.help) {
    print(commandHelp(named));
    return 0;
  }
  if ('runAlone' in named) return named.runAlone(line.args, { print, env: variables });
  return runCommand(named, line, variables, systemClock);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The last word on a failure: its own words and remedy for an expected one, the whole error for a bug. */
function explain(error: unknown): ExitCode {
  if (error instanceof ConfigError) process.stderr.write(`${formatProblems(error.problems)}\n`);
  else if (error instanceof OpsError)
    process.stderr.write(`${error.message}${error.hint ? `\n→ ${error.hint}` : ''}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 3;
}
