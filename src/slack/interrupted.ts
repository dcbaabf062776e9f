import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Outgoing } from './outgoing.ts';
import { interruptedPost } from './posts.ts';
import type { Registry } from './registry.ts';
import type { Running, RunningAnswer } from './running.ts';

/**
 * Says that this process still works on its own answers, then ends the messages of answers whose process died: "checking…"
 * would stand there for ever. A message that can't be edited any more is left alone.
 */
export async function endInterrupted<S>(ports: {
  running: Running;
  outgoing: Outgoing;
  registry: Registry<S>;
  log: Log;
}): Promise<void> {
  await ports.running.touch();
  for (const answer of await ports.running.takeDead()) {
    try {
      await endAnswer(answer, ports);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      ports.log.warn({ err: error, channel: answer.channel }, 'an interrupted answer could not be edited');
    }
  }
}

async function endAnswer<S>(
  answer: RunningAnswer,
  ports: { outgoing: Outgoing; registry: Registry<S> },
): Promise<void> {
  const { channel, key, threadTs, name: command, words } = answer;
  const ts = answer.ts ?? (await ports.outgoing.find({ channel, key, ...(threadTs !== undefined && { threadTs }) }));
  if (ts === undefined) return;
  const again = ports.registry.byName.get(command)?.buttons?.again !== undefined;
  await ports.outgoing.update({ channel, ts, post: interruptedPost({ command, words, again }) });
}
