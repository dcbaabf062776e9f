import { startBot } from './bot.ts';
import { Closing } from './closing.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { secretValues } from './config/secret-values.ts';
import { endOnSignals } from './ending.ts';
import type { ExitCode } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import { createLog } from './kernel/log.ts';
import { maskAlways } from './kernel/redact.ts';
import { warnOfMovedClock } from './play-clock.ts';
import { startTryOut, type TryOut } from './try-out/try-out.ts';

/**
 * `rounds start`: the bot until a signal ends it; without Slack tokens beside a local workspace and a demo system.
 * The caller exits at once: a start that was broken off may leave calls on their way.
 */
export async function runBot(variables: NodeJS.ProcessEnv, { reset }: { reset: boolean }): Promise<ExitCode> {
  const environment = readEnvironment(variables, { face: 'bot' });
  if (reset) refuseReset(environment);
  refuseTryOut(environment);
  const { stdout } = process;
  const write = (line: string) => void stdout.write(line);
  maskAlways(...secretValues(variables));
  const log = createLog(environment.logLevel, { readable: stdout.isTTY === true, write });
  for (const note of environment.notes) log.info(note);
  const closing = new Closing();
  const ending = endOnSignals({ onDeadline: () => log.error(`${closing.current} hangs: exiting without it`) });
  const { signal } = ending;
  let code: ExitCode = 0;
  try {
    let tryOut: TryOut | undefined;
    let { slack } = environment;
    if (slack.kind === 'none') {
      tryOut = await startTryOut(environment, { log, closing, reset });
      slack = tryOut.slack;
    } else if (environment.databaseUrl === undefined) warnOfMovedClock(environment.dataDir, log);
    const bot = await startBot({ environment, variables, log, reset, signal, closing, ...tryOut, slack });
    log.info({ port: bot.port, mode: slack.kind }, 'Rounds is ready');
    if (tryOut) log.info(`open ${tryOut.url} (on this machine only) and type /ops health`);
    const end = await Promise.race([ending.told, bot.fatal]);
    if (end instanceof Error) {
      log.error({ err: end }, 'stopping: Slack refuses this bot');
      code = 3;
    } else log.info({ signal: end }, 'stopping');
  } catch (error) {
    if (!signal.aborted) throw error;
    log.info({ signal: await ending.told }, 'stopping before the start was finished');
  } finally {
    ending.begin();
    if (!(await closing.closeAll(log))) code = 3;
  }
  return code;
}

/** `--reset` is for the database of somebody who tries Rounds out, not for a team's. */
function refuseReset({ databaseUrl, slack }: Environment): void {
  const set = databaseUrl ? 'DATABASE_URL' : slack.kind !== 'none' ? 'SLACK_BOT_TOKEN' : undefined;
  if (set === undefined) return;
  throw new OpsError('invalid', `--reset throws away the database of a try-out, and ${set} is set`, {
    hint: 'Leave out --reset; nothing was thrown away.',
  });
}

/** A try-out's clock can be moved, and its Slack is made up: on a team's database both would do harm. */
function refuseTryOut({ databaseUrl, slack }: Environment): void {
  if (slack.kind !== 'none' || databaseUrl === undefined) return;
  throw new OpsError(
    'invalid',
    'DATABASE_URL is set, and no Slack tokens are: Rounds is not tried out on that database',
    {
      hint: "Set Slack's tokens, or leave out DATABASE_URL: a try-out has a database of its own. Nothing was connected.",
    },
  );
}
