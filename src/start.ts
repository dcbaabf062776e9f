import { once } from 'node:events';
import { pino } from 'pino';
import { startBot } from './bot.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { startClinic } from './demo/clinic.ts';
import { systemClock } from './kernel/clock.ts';
import type { ExitCode } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import type { Log } from './kernel/log.ts';
import { startWorkspace } from './workspace/workspace.ts';

type SlackAccess = Exclude<Environment['slack'], { kind: 'none' }>;

/** `rounds start`: the bot until a signal ends it; without Slack tokens beside a local workspace and a demo system. */
export async function runBot(variables: NodeJS.ProcessEnv, options: { reset: boolean }): Promise<ExitCode> {
  const environment = readEnvironment(variables, { face: 'bot' });
  if (options.reset) refuseReset(environment);
  const log = pino({ level: environment.logLevel });
  for (const note of environment.notes) log.info(note);
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const closing = new AsyncDisposableStack();
  try {
    const slack = environment.slack.kind === 'none' ? await tryOut(environment, log, closing) : environment.slack;
    const bot = await startBot({ environment, variables, log, clock: systemClock, slack, reset: options.reset });
    closing.defer(() => bot.stop());
    log.info({ port: bot.port, mode: slack.kind }, 'Rounds is ready');
    const end = await Promise.race([ended, bot.fatal]);
    if (end instanceof Error) {
      log.error({ err: end }, 'stopping: Slack refuses this bot');
      return 3;
    }
    log.info({ signal: end[0] }, 'stopping');
    return 0;
  } finally {
    await closing.disposeAsync();
  }
}

/** `--reset` is for the database of somebody who tries Rounds out, not for a team's. */
function refuseReset({ databaseUrl, slack }: Environment): void {
  const set = databaseUrl ? 'DATABASE_URL' : slack.kind !== 'none' ? 'SLACK_BOT_TOKEN' : undefined;
  if (set === undefined) return;
  throw new OpsError('invalid', `--reset throws away the database of a try-out, and ${set} is set`, {
    hint: 'Leave out --reset; nothing was thrown away.',
  });
}

/** A workspace of our own and a system to watch, so that Rounds can be tried without an account. */
async function tryOut(environment: Environment, log: Log, closing: AsyncDisposableStack): Promise<SlackAccess> {
  const workspace = await startWorkspace({ port: environment.workspacePort });
  closing.defer(() => workspace.close());
  const clinic = await startClinic(environment.demoPort, systemClock.now());
  closing.defer(() => clinic.close());
  log.info(`no Slack tokens: a local workspace on ${workspace.url} (loopback only) and a demo system on ${clinic.url}`);
  log.info(
    `try: npx rounds health · break it: curl -X POST ${clinic.url}/break/api · repair: curl -X POST ${clinic.url}/repair`,
  );
  return { kind: 'socket', botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
}
