import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { mayWorkLater } from './failures.ts';
import type { Outgoing } from './outgoing.ts';
import { interruptedPost } from './posts.ts';
import type { Registry } from './registry.ts';
import type { DeadAnswer, Running } from './running.ts';

interface Ports<S> {
  running: Running;
  outgoing: Outgoing;
  registry: Registry<S>;
  log: Log;
}

/**
 * Says that this process still works on its own answers, then ends the messages of answers that nobody works on:
 * "checking…" would stand there for ever. What may work another time is tried again, for a day; a message that can't be
 * edited any more is left alone. `all` = no other process can be at work.
 */
export async function endInterrupted<S>(ports: Ports<S>, options: { all: boolean }): Promise<void> {
  const { running, log } = ports;
  await running.catchUp();
  await running.touch();
  for (const answer of await running.claimDead(options)) {
    try {
      await endAnswer(answer, ports);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      const again = !answer.expired && mayWorkLater(error);
      const { channel, ts } = answer;
      log.warn({ err: error, channel, ts, again }, 'an interrupted answer could not be edited');
      if (again) continue;
    }
    await running.forget(answer.key);
  }
}

async function endAnswer<S>(answer: DeadAnswer, { outgoing, registry }: Ports<S>): Promise<void> {
  const { channel, key, threadTs, name: command, words } = answer;
  const ts = answer.ts ?? (await outgoing.find({ channel, key, ...(threadTs !== undefined && { threadTs }) }));
  if (ts === undefined) return;
  const again = registry.byName.get(command)?.buttons?.again !== undefined;
  await outgoing.update({ channel, ts, post: answer.final ?? interruptedPost({ command, words, again }) });
}
