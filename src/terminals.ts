import { resolve } from 'node:path';
import type { Closing } from './closing.ts';
import type { Environment } from './config/environment.ts';
import { type Access, type DeniedAttempt, permissionsOf } from './kernel/access.ts';
import type { Clock } from './kernel/clock.ts';
import type { Command, CommandContext } from './kernel/command.ts';
import type { Log } from './kernel/log.ts';
import { newRequest } from './kernel/request.ts';
import type { Services } from './services.ts';
import { terminalActor } from './terminal/actor.ts';
import { type Answer, answerLine } from './terminal/answer.ts';
import type { TerminalRequest } from './terminal/parse.ts';
import { listenForTerminals } from './terminal/socket.ts';

interface TerminalsOptions {
  environment: Environment;
  services: Services;
  commands: readonly Command<Services>[];
  clock: Clock;
  log: Log;
  access(): Access;
  onDenied(attempt: DeniedAttempt): void;
  stopping: AbortSignal;
  closing: Closing;
}

/**
 * Answers terminals through a socket in the data folder. Not with a database server: there a terminal asks the database,
 * and several bots may share one data folder.
 */
export async function serveTerminals(options: TerminalsOptions): Promise<void> {
  const { environment, log, closing } = options;
  if (environment.databaseUrl !== undefined) return;
  const answer = (request: TerminalRequest, gone: AbortSignal) => answerTerminal(request, gone, options);
  const close = await listenForTerminals(environment.dataDir, answer).catch((error: unknown) => {
    log.warn({ err: error }, 'no socket for terminals: `rounds health` can only be asked in Slack while this bot runs');
  });
  if (close) closing.defer("the terminals' socket", close);
}

async function answerTerminal(request: TerminalRequest, gone: AbortSignal, options: TerminalsOptions): Promise<Answer> {
  const { services, commands, clock, log } = options;
  const { ops } = services;
  const command = commands.find((candidate) => candidate.name === request.command);
  if (!command) return { problem: `The running bot has no command "${request.command}"`, exitCode: 3 };
  if (request.opsConfig && request.opsConfig !== resolve(ops.file)) {
    const problem = `The running bot watches ${resolve(ops.file)}, not ${request.opsConfig}.`;
    return { problem: `${problem}\n→ Stop it, or give this one a DATA_DIR of its own.`, exitCode: 3 };
  }
  const actor = terminalActor();
  const signal = AbortSignal.any([gone, options.stopping]);
  const permissions = permissionsOf(options.access(), actor);
  const context: CommandContext<Services> = {
    ...{ services, actor, request: newRequest(), clock, log, face: 'terminal', signal },
    ...permissions,
  };
  const style = { colour: request.colour, width: request.width, zone: ops.team.zone };
  return answerLine(command, context, { ...request, style }, options.onDenied, services.incidents.timeline.ran);
}
