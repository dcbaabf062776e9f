import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { endOnSignals } from '../ending.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Alone, Command } from '../kernel/command.ts';
import { OpsError } from '../kernel/errors.ts';
import { createLog } from '../kernel/log.ts';
import { newRequest } from '../kernel/request.ts';
import { terminalActor } from './actor.ts';
import { type Answer, answerLine } from './answer.ts';
import type { Line } from './parse.ts';
import { askRunningBot } from './socket.ts';

/**
 * Runs a command that must work when the configuration, the database or the bot is broken: asks the running bot when there
 * is one that answers, else lets the command open what it can. Reads the three variables it needs as they are.
 */
export async function answerWithoutCore<S>(
  command: Command<S>,
  alone: (alone: Alone, args: string[]) => ReturnType<Command<S>['run']>,
  line: Line,
  variables: NodeJS.ProcessEnv,
): Promise<Answer> {
  const { stdout, stderr } = process;
  const ending = endOnSignals({ onDeadline: () => stderr.write('The end hangs: exiting without it.\n') });
  const style = { colour: stdout.isTTY === true && !variables.NO_COLOR, width: stdout.columns ?? 100 };
  const log = createLog('error', { readable: stderr.isTTY === true, write: (text) => void stderr.write(text) });
  const config = variables.OPS_CONFIG?.trim() || './ops.yml';
  const opsConfig = existsSync(config) ? resolve(config) : undefined;
  const request = { command: command.name, args: line.args, opsConfig, json: line.json, ...style };
  const { signal } = ending;
  try {
    let silentBot: OpsError | undefined;
    const server = variables.DATABASE_URL?.trim() || variables.DATABASE_URL_FILE?.trim();
    const dataDir = variables.DATA_DIR?.trim() || './data';
    const asked = server || command.aloneFor ? undefined : askRunningBot(dataDir, request, signal);
    const answer = await asked?.catch((error: unknown) => {
      if (!(error instanceof OpsError)) throw error;
      silentBot = error;
      return undefined;
    });
    if (answer) return answer;
    const actor = terminalActor();
    const run = () => alone({ variables, log, signal, silentBot }, line.args);
    const permitted = { may: async () => ({ kind: 'allowed' }) as const, require: async () => {} };
    const ctx = { actor, request: newRequest(), log, face: 'terminal' as const, signal, ...permitted };
    const unopened = { ...ctx, services: undefined, clock: systemClock };
    const { name, summary, usage, examples, role } = command;
    return await answerLine({ name, summary, usage, examples, role, run }, unopened, {
      args: line.args,
      json: line.json,
      style: { ...style, zone: 'UTC' },
    });
  } finally {
    ending.over();
  }
}
