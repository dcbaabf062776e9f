import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type CoreOptions, openCore } from './app.ts';
import type { Environment } from './config/environment.ts';
import type { CommandContext } from './kernel/command.ts';
import { allCommands } from './registry.ts';
import type { Services } from './services.ts';
import { connectSlack } from './slack/connect.ts';
import { answerLine } from './terminal/answer.ts';
import type { TerminalRequest } from './terminal/parse.ts';
import { listenForTerminals } from './terminal/socket.ts';
import { createMetrics } from './web/metrics.ts';
import { healthz, readyz } from './web/probes.ts';
import { startWeb } from './web/server.ts';

export interface Bot {
  port: number;
  /** Settles when the bot can't go on (Slack refused its token for good). */
  fatal: Promise<Error>;
  stop(): Promise<void>;
}

type SlackAccess = Exclude<Environment['slack'], { kind: 'none' }>;

/** The whole bot, wired in one line; `stop` closes in reverse order. */
export async function startBot(options: CoreOptions & { slack: SlackAccess }): Promise<Bot> {
  const { environment, log, clock, slack: access } = options;
  const closing = new AsyncDisposableStack();
  const stopping = new AbortController();
  const fatal = Promise.withResolvers<Error>();
  try {
    const metrics = createMetrics();
    const core = await openCore({ ...options, onSweep: metrics.sweep });
    closing.defer(() => core.close());
    const { shared } = await allCommands();
    const context = (actor: CommandContext<Services>['actor'], signal: AbortSignal): CommandContext<Services> => ({
      services: core.services,
      actor,
      clock,
      log,
      face: 'terminal',
      signal: AbortSignal.any([signal, stopping.signal]),
    });
    const slack = await connectSlack({
      slack: access,
      commands: shared,
      services: core.services,
      store: core.store,
      clock,
      log,
      onFatal: (error: Error) => fatal.resolve(error),
    });
    closing.defer(() => slack.stop());
    const web = await startWeb({
      host: environment.host,
      port: environment.port,
      log,
      slackEvents: slack.requestListener,
      routes: {
        'GET /healthz': healthz,
        'GET /readyz': readyz({
          database: async () =>
            (await core.store.ping().then(
              () => true,
              () => false,
            ))
              ? { ok: true }
              : { ok: false, problem: 'unreachable' },
          slack: async () => slack.health(),
        }),
        'GET /metrics': metrics.route,
      },
    });
    closing.defer(() => web.close());
    const answer = async (request: TerminalRequest, signal: AbortSignal) => {
      const command = shared.find((candidate) => candidate.name === request.command);
      if (!command) return { problem: `The running bot has no command "${request.command}"`, exitCode: 3 as const };
      const { file } = core.services.ops;
      if (request.opsConfig && request.opsConfig !== resolve(file)) {
        const problem = `The running bot watches ${resolve(file)}, not ${request.opsConfig}.`;
        return { problem: `${problem}\n→ Stop it, or give this one a DATA_DIR of its own.`, exitCode: 3 as const };
      }
      const style = { colour: request.colour, width: request.width, zone: core.services.ops.team.zone };
      return answerLine(command, context(terminalActor(request.user), signal), { ...request, style });
    };
    const closeSocket = await listenForTerminals(environment.dataDir, answer).catch((error: unknown) => {
      log.warn(
        { err: error },
        'no socket for terminals: `rounds health` can only be asked in Slack while this bot runs',
      );
    });
    if (closeSocket) closing.defer(closeSocket);
    await slack.start();
    core.health.start();
    closing.defer(async () => stopping.abort());
    return { port: web.port, fatal: fatal.promise, stop: () => closing.disposeAsync() };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

/** Who types in a terminal; `roles` in ops.yml maps `os:<user>`. */
export function terminalActor(user = userInfo().username): CommandContext<Services>['actor'] {
  return { id: `os:${user}`, name: user, mention: user };
}
