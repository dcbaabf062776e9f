import { resolve } from 'node:path';
import { createAccess } from './access/access.ts';
import { type Core, type CoreOptions, openCore } from './app.ts';
import type { Closing } from './closing.ts';
import type { Environment } from './config/environment.ts';
import { unlessAborted } from './ending.ts';
import { permissionsOf } from './kernel/access.ts';
import type { Command, CommandContext } from './kernel/command.ts';
import { newRequest } from './kernel/request.ts';
import { allCommands } from './registry.ts';
import type { Services } from './services.ts';
import { connectSlack } from './slack/connect.ts';
import { terminalActor } from './terminal/actor.ts';
import { type Answer, answerLine } from './terminal/answer.ts';
import type { TerminalRequest } from './terminal/parse.ts';
import { listenForTerminals } from './terminal/socket.ts';
import { createMetrics } from './web/metrics.ts';
import { healthz, type PartHealth, readyz } from './web/probes.ts';
import { startWeb } from './web/server.ts';

export interface Bot {
  port: number;
  /** Settles when the bot can't go on (Slack refused its token for good). */
  fatal: Promise<Error>;
}

export interface BotOptions extends CoreOptions {
  slack: Exclude<Environment['slack'], { kind: 'none' }>;
  /** Takes what the bot opens, also when its start fails. */
  closing: Closing;
}

/** How long stopping waits for answers on their way to Slack: the whole must end within the deadline of the process. */
const SLACK_GRACE_MS = 4_000;

/** The whole bot, wired in one line. Rejects as soon as `signal` is aborted. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { environment, log, slack: access, closing, signal } = options;
  const stopping = new AbortController();
  const fatal = Promise.withResolvers<Error>();
  const metrics = createMetrics();
  const core = await unlessAborted(openCore({ ...options, onSweep: metrics.sweep }), signal);
  const { clock } = core;
  closing.defer('the database', () => core.store.close());
  closing.defer('the checks', () => core.health.stop());
  const { shared } = await allCommands();
  const connecting = connectSlack({
    slack: access,
    commands: shared,
    services: core.services,
    store: core.store,
    clock,
    log,
    graceMs: SLACK_GRACE_MS,
    access: (directory) => createAccess({ roles: core.services.ops.roles, directory, log }),
    onFatal: (error: Error) => fatal.resolve(error),
  });
  const slack = await unlessAborted(connecting, signal);
  closing.defer('Slack', () => slack.stop());
  const web = await startWeb({
    host: environment.host,
    port: environment.port,
    log,
    slackEvents: slack.requestListener,
    routes: {
      'GET /healthz': healthz,
      'GET /readyz': readyz({ database: () => databaseHealth(core), slack: async () => slack.health() }),
      'GET /metrics': metrics.route,
    },
  });
  closing.defer('the web server', () => web.close());
  // With a database server the terminal asks that one, and several bots may have one DATA_DIR.
  if (environment.databaseUrl === undefined) {
    const base = { services: core.services, clock, log, face: 'terminal' as const };
    const context = (gone: AbortSignal): CommandContext<Services> => {
      const actor = terminalActor();
      const signal = AbortSignal.any([gone, stopping.signal]);
      return { ...base, actor, request: newRequest(), signal, ...permissionsOf(slack.access, actor) };
    };
    const answer = (request: TerminalRequest, gone: AbortSignal) => answerTerminal(request, context(gone), shared);
    const closeSocket = await listenForTerminals(environment.dataDir, answer).catch((error: unknown) => {
      log.warn(
        { err: error },
        'no socket for terminals: `rounds health` can only be asked in Slack while this bot runs',
      );
    });
    if (closeSocket) closing.defer("the terminals' socket", closeSocket);
  }
  await unlessAborted(slack.start(), signal);
  core.health.start();
  closing.defer('the commands', () => stopping.abort());
  return { port: web.port, fatal: fatal.promise };
}

/** What a terminal gets that asks this bot. */
async function answerTerminal(
  request: TerminalRequest,
  context: CommandContext<Services>,
  commands: readonly Command<Services>[],
): Promise<Answer> {
  const { ops } = context.services;
  const command = commands.find((candidate) => candidate.name === request.command);
  if (!command) return { problem: `The running bot has no command "${request.command}"`, exitCode: 3 };
  if (request.opsConfig && request.opsConfig !== resolve(ops.file)) {
    const problem = `The running bot watches ${resolve(ops.file)}, not ${request.opsConfig}.`;
    return { problem: `${problem}\n→ Stop it, or give this one a DATA_DIR of its own.`, exitCode: 3 };
  }
  const style = { colour: request.colour, width: request.width, zone: ops.team.zone };
  return answerLine(command, context, { ...request, style }, ({ actor, request: ref, role, denial }) =>
    context.log.warn({ command: command.name, actor: actor.id, request: ref, role, why: denial.why }, 'denied'),
  );
}

async function databaseHealth({ store }: Core): Promise<PartHealth> {
  return store.ping().then(
    () => ({ ok: true }),
    () => ({ ok: false, problem: 'unreachable' }),
  );
}
