import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { openCore } from '../app.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Command, ExitCode } from '../kernel/command.ts';
import type { Services } from '../services.ts';
import { type Answer, answerLine } from './answer.ts';
import type { Line } from './parse.ts';
import { askRunningBot } from './socket.ts';

/** Runs a command for a terminal: through the running bot when there is one, else on the database itself. */
export async function runCommand(
  command: Command<Services>,
  line: Line,
  variables: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<ExitCode> {
  const environment = readEnvironment(variables, { face: 'terminal' });
  const gaveUp = new AbortController();
  process.once('SIGINT', () => gaveUp.abort());
  const style = { colour: process.stdout.isTTY && !variables.NO_COLOR, width: process.stdout.columns ?? 100 };
  const user = userInfo().username;
  const opsConfig = existsSync(environment.opsConfig) ? resolve(environment.opsConfig) : undefined;
  const request = { command: command.name, args: line.args, user, opsConfig, json: line.json, ...style };
  const running = environment.databaseUrl
    ? undefined
    : await askRunningBot(environment.dataDir, request, gaveUp.signal);
  if (running) return show(running);
  // Standard output is the answer's alone.
  const log = pino({ level: variables.LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true }));
  const core = await openCore({ environment, variables, log, clock, signal: gaveUp.signal });
  try {
    const actor = { id: `os:${user}`, name: user, mention: user };
    const ctx = { services: core.services, actor, clock, log, face: 'terminal' as const, signal: gaveUp.signal };
    const zone = core.services.ops.team.zone;
    return show(await answerLine(command, ctx, { args: line.args, json: line.json, style: { ...style, zone } }));
  } finally {
    await core.close();
  }
}

function show(answer: Answer): ExitCode {
  if (answer.text !== undefined) process.stdout.write(`${answer.text}\n`);
  if (answer.problem !== undefined) process.stderr.write(`${answer.problem}\n`);
  return answer.exitCode;
}
