import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createAccess } from '../access/access.ts';
import { withinRolesInForce } from '../access/in-force.ts';
import { type Core, FolderInUse, openCore } from '../app.ts';
import { auditDenials } from '../audit-denials.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { secretValues } from '../config/secret-values.ts';
import { endOnSignals } from '../ending.ts';
import { type Access, permissionsOf } from '../kernel/access.ts';
import type { Command, ExitCode } from '../kernel/command.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { maskAlways } from '../kernel/redact.ts';
import { newRequest } from '../kernel/request.ts';
import { movedClock } from '../play-clock.ts';
import { rolesInForce } from '../roles-in-force.ts';
import type { Services } from '../services.ts';
import { terminalActor } from './actor.ts';
import { type Answer, answerLine, interrupted, problemOf } from './answer.ts';
import type { Line, TerminalRequest } from './parse.ts';
import { askRunningBot } from './socket.ts';
import { answerWithoutCore } from './without-bot.ts';

/** How long to wait for another terminal, or for a bot that is just starting. */
const PATIENCE_MS = 10_000;
const BETWEEN_TRIES_MS = 200;
/** A person waits, maybe in the worst hour: a database server that is down is told soon. */
const DATABASE_RETRY_MS = 3_000;

/** Runs a command for a terminal: through the running bot when there is one, else on the database itself. */
export async function runCommand(
  command: Command<Services>,
  line: Line,
  variables: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const { withoutBot, aloneFor } = command;
  if (withoutBot && (aloneFor?.(line.args, variables) ?? true))
    return show(await answerWithoutCore(command, withoutBot, line, variables));
  const environment = readEnvironment(variables, { face: 'terminal' });
  const ending = endOnSignals({ onDeadline: () => process.stderr.write('The end hangs: exiting without it.\n') });
  const { signal } = ending;
  const style = { colour: process.stdout.isTTY && !variables.NO_COLOR, width: process.stdout.columns ?? 100 };
  const opsConfig = existsSync(environment.opsConfig) ? resolve(environment.opsConfig) : undefined;
  const request = { command: command.name, args: line.args, opsConfig, json: line.json, ...style };
  // Standard output is the answer's alone.
  const { stderr } = process;
  const write = (line: string) => void stderr.write(line);
  maskAlways(...secretValues(variables));
  const logAt = (level: string) => createLog(variables.LOG_LEVEL || level, { readable: stderr.isTTY === true, write });
  const log = logAt('warn');
  const { withoutDatabase } = command;
  const options = { environment, variables, log, signal, withoutDatabase, retryForMs: DATABASE_RETRY_MS };
  // The tries to reach the database are no news: the command itself says what came of them.
  const open = () => {
    const clock = movedClock(environment);
    return openCore({ ...options, databaseLog: logAt('error'), ...(clock && { clock }) });
  };
  try {
    const reached = await botOrDatabase(environment, request, open, signal);
    if ('answer' in reached) return show(reached.answer);
    const { core } = reached;
    const denials = auditDenials({ store: core.store, clock: core.clock, log });
    try {
      const actor = terminalActor();
      const access = accessOf(core, log);
      const ctx = {
        services: core.services,
        actor,
        request: newRequest(),
        clock: core.clock,
        log,
        face: 'terminal' as const,
        signal,
        ...permissionsOf(access, actor),
      };
      const { zone } = core.services.ops.team;
      const asked = { args: line.args, json: line.json, style: { ...style, zone } };
      const { timeline } = core.incidents;
      const answer = await answerLine(command, ctx, asked, denials.take, timeline.ran);
      return show(core.databaseAway ? { problem: problemOf(core.databaseAway), ...answer } : answer);
    } finally {
      await denials.settled();
      await core.incidents.timeline.settled();
      await core.close();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return show(interrupted);
  } finally {
    ending.over();
  }
}

/** On a database server, the roles are those of its bots: whoever has its URL may have written an ops.yml of their own. */
function accessOf({ services, store }: Core, log: Log): Access {
  const { roles, file } = services.ops;
  const access = createAccess({ roles, log });
  if (store.kind === 'embedded') return access;
  return withinRolesInForce(access, { roles, file: resolve(file) }, { read: () => rolesInForce(store), log });
}

/** The running bot's answer, or the database when no bot runs; tries both for a while when another process has the database. */
async function botOrDatabase(
  { databaseUrl, dataDir }: Environment,
  request: TerminalRequest,
  open: () => Promise<Core>,
  signal: AbortSignal,
): Promise<{ answer: Answer } | { core: Core }> {
  const startedAt = performance.now();
  for (;;) {
    const answer = databaseUrl ? undefined : await askRunningBot(dataDir, request, signal);
    if (answer) return { answer };
    try {
      return { core: await open() };
    } catch (error) {
      if (!(error instanceof FolderInUse) || performance.now() - startedAt > PATIENCE_MS) throw error;
    }
    await pause(BETWEEN_TRIES_MS, undefined, { signal });
  }
}

function show(answer: Answer): ExitCode {
  if (answer.text !== undefined) process.stdout.write(`${answer.text}\n`);
  if (answer.problem !== undefined) process.stderr.write(`${answer.problem}\n`);
  return answer.exitCode;
}
