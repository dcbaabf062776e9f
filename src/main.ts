import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDotEnv } from './config/environment.ts';
import { ConfigError, formatProblems } from './config/problems.ts';
import { byUse, type ExitCode } from './kernel/command.ts';
import { echo } from './kernel/echo.ts';
import { OpsError } from './kernel/errors.ts';
import { nearest } from './kernel/nearest.ts';
import { commandReference } from './reference/commands.ts';
import { allCommands, root } from './registry.ts';
import { runBot } from './start.ts';
import { commandHelp, helpText, startCommand } from './terminal/help.ts';
import { type Line, parseLine } from './terminal/parse.ts';
import { runCommand } from './terminal/run.ts';

process.exitCode = await main(process.argv.slice(2)).catch(explain);

/** Runs what was typed; the exit code is the answer's. */
async function main(argv: string[]): Promise<ExitCode> {
  const line = parseLine(argv);
  const variables = () => withDotEnv(process.env, '.env');
  if (line.command === startCommand.name) return start(line, variables);
  if (line.command === '--version') return version();
  const { shared, terminal } = await allCommands();
  const all = [startCommand, ...[...shared, ...terminal].sort(byUse)];
  const asksHelp = line.command === 'help';
  const name = asksHelp ? line.args[0] : line.command;
  if (asksHelp && name === '--markdown') {
    print(commandReference(shared, terminal));
    return 0;
  }
  if (name === undefined || name === 'help') {
    print(helpText(all, width()));
    return 0;
  }
  const described = all.find((command) => command.name === name);
  if (described && (asksHelp || line.help)) {
    print(commandHelp(described, width()));
    return 0;
  }
  const named = [...shared, ...terminal].find((command) => command.name === name);
  if (!named) {
    const close = nearest(
      name,
      all.map((command) => command.name),
    );
    throw new OpsError('not_found', `There is no command "${echo(name)}"`, {
      hint: close ? `Did you mean "rounds ${asksHelp ? 'help ' : ''}${close}"?` : '`rounds help` lists them',
    });
  }
  if ('runAlone' in named) return named.runAlone(line.args, { print, env: variables(), json: line.json });
  return runCommand(named, line, variables());
}

async function version(): Promise<ExitCode> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  print(`rounds ${version}`);
  return 0;
}

/** Columns of the terminal; what is not printed on one is as wide as the usual one. */
function width(): number {
  return process.stdout.columns || 80;
}

/** Runs the bot, then exits: a start that was broken off may leave a call on its way that nobody waits for. */
async function start(line: Line, variables: () => NodeJS.ProcessEnv): Promise<ExitCode> {
  if (line.help) {
    print(commandHelp(startCommand, width()));
    return 0;
  }
  const unknown = [...line.args.filter((word) => word !== '--reset'), ...(line.json ? ['--json'] : [])];
  if (unknown.length > 0) {
    const hint = '`rounds start --help` tells what it takes';
    throw new OpsError('invalid', `\`rounds start\` does not take ${unknown.join(' ')}`, { hint });
  }
  return process.exit(await runBot(variables(), { reset: line.args.includes('--reset') }).catch(explain));
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
