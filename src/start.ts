import { resolve } from 'node:path';
import { startBot } from './bot.ts';
import { Closing } from './closing.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { secretValues } from './config/secret-values.ts';
import { startClinic } from './demo/clinic.ts';
import { demoPorts } from './demo/ports.ts';
import { endOnSignals } from './ending.ts';
import { systemClock } from './kernel/clock.ts';
import type { ExitCode } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import { explainListening } from './kernel/listening.ts';
import { createLog, type Log } from './kernel/log.ts';
import { maskAlways } from './kernel/redact.ts';
import { startWorkspace } from './workspace/workspace.ts';

type SlackAccess = Exclude<Environment['slack'], { kind: 'none' }>;

/**
 * `rounds start`: the bot until a signal ends it; without Slack tokens beside a local workspace and a demo system.
 * The caller exits at once: a start that was broken off may leave calls on their way.
 */
export async function runBot(variables: NodeJS.ProcessEnv, { reset }: { reset: boolean }): Promise<ExitCode> {
  const environment = readEnvironment(variables, { face: 'bot' });
  if (reset) refuseReset(environment);
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
    const slack = environment.slack.kind === 'none' ? await tryOut(environment, log, closing) : environment.slack;
    const bot = await startBot({ environment, variables, log, slack, reset, signal, closing });
    log.info({ port: bot.port, mode: slack.kind }, 'Rounds is ready');
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

/** A workspace of our own and a system to watch, so that Rounds can be tried without an account. */
async function tryOut(environment: Environment, log: Log, closing: Closing): Promise<SlackAccess> {
  const port = environment.workspacePort;
  const workspace = await startWorkspace({ port }).catch((error: unknown) => {
    throw explainListening(error, { host: '127.0.0.1', port, portSetting: 'WORKSPACE_PORT' });
  });
  closing.defer('the local workspace', () => workspace.close());
  const caFile = resolve(environment.dataDir, 'demo-ca.pem');
  const clinic = await startClinic({ ...demoPorts(environment.demoPort), clock: systemClock, caFile, log });
  closing.defer('the demo system', () => clinic.close());
  log.info(`no Slack tokens: a local workspace on ${workspace.url} (loopback only) and a demo system on ${clinic.url}`);
  log.info(`the demo system's database: ${clinic.databaseUrl}, its TLS endpoint: ${clinic.tlsUrl}`);
  log.info(
    `try: npx rounds health · break it: curl -X POST ${clinic.url}/break/api · repair: curl -X POST ${clinic.url}/repair`,
  );
  return { kind: 'socket', botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
}
