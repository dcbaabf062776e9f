import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { startBot } from './bot.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { startClinic } from './demo/clinic.ts';
import { systemClock } from './kernel/clock.ts';
import type { ExitCode } from './kernel/command.ts';
import type { Log } from './kernel/log.ts';
import { startWorkspace } from './workspace/workspace.ts';

type SlackAccess = Exclude<Environment['slack'], { kind: 'none' }>;

/** `rounds start`: the bot until a signal ends it; without Slack tokens beside a local workspace and a demo system. */
export async function runBot(variables: NodeJS.ProcessEnv, options: { reset: boolean }): Promise<ExitCode> {
  const environment = readEnvironment(variables, { face: 'bot' });
  const log = pino({ level: environment.logLevel });
  for (const note of environment.notes) log.info(note);
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const closing = new AsyncDisposableStack();
  try {
    const slack =
      environment.slack.kind === 'none' ? await tryOut(environment, log, closing, options.reset) : environment.slack;
    const bot = await startBot({ environment, variables, log, clock: systemClock, slack });
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

/** A workspace of our own and a system to watch, so that Rounds can be tried without an account. */
async function tryOut(
  environment: Environment,
  log: Log,
  closing: AsyncDisposableStack,
  reset: boolean,
): Promise<SlackAccess> {
  if (reset && !environment.databaseUrl) await rm(join(environment.dataDir, 'pg'), { recursive: true, force: true });
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
