import { PortError } from '../kernel/errors.ts';

/** Runs `work` when it is its turn in this channel. Throws PortError `channel_busy` when that takes too long. */
export type ChannelTurns = <R>(channel: string, work: () => Promise<R>) => Promise<R>;

interface Line {
  running: number;
  waiting: Set<() => void>;
}

/**
 * At most `most` deliveries of this process are in one channel at the same time: a channel where Slack hangs leaves the
 * other slots of the lane to the others. Who doesn't get its turn within `patienceMs` goes back into the queue.
 */
export function channelTurns({ most = 3, patienceMs = 250 } = {}): ChannelTurns {
  const lines = new Map<string, Line>();
  return async (channel, work) => {
    const line = lines.get(channel) ?? { running: 0, waiting: new Set() };
    lines.set(channel, line);
    if (line.running < most) line.running += 1;
    else await turn(line, channel, patienceMs);
    try {
      return await work();
    } finally {
      leave(line);
      if (line.running === 0) lines.delete(channel);
    }
  };
}

/** Waits for the place of one that leaves. */
function turn({ waiting }: Line, channel: string, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      waiting.delete(begin);
      const message = `others are being delivered to ${channel}`;
      reject(new PortError('channel_busy', message, { retryable: true, retryAfterMs: 1_000 }));
    }, patienceMs);
    waiting.add(begin);
  });
}

function leave(line: Line): void {
  const [next] = line.waiting;
  if (!next) {
    line.running -= 1;
    return;
  }
  line.waiting.delete(next);
  next();
}
