import type { JobContext } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import { mayArriveNoMore, mayBeThere, triedAgain } from './failures.ts';
import type { Ledger, PostPort } from './port.ts';

export interface Once {
  slack: PostPort;
  ledger: Ledger;
  ctx: Pick<JobContext, 'stillMine' | 'signal'>;
}

/** How long a 429 may hold a post up: then it waits in the queue, and leaves its slot to others. */
const patienceMs = 1_000;
/** Who needs longer than this to begin may have been frozen meanwhile, and another may have sent it: it is looked up first. */
const standstillMs = 5_000;

/**
 * Posts what has this key, unless it is there (`earlier`: as it was then). It may end anywhere: that it begins is written down first,
 * and what was begun is looked up before it is sent again. Throws PortError; most say to try again.
 */
export async function postOnce(
  message: { channel: string; key: string; post: Post; threadTs?: string; broadcast?: boolean },
  since: Date,
  once: Once,
): Promise<{ channel: string; ts: string; earlier: boolean }> {
  const { key, threadTs } = message;
  const { slack, ledger } = once;
  const known = await ledger.read(key);
  if (known.posted) return { ...known.posted, earlier: true };
  try {
    if (known.begun) {
      const { agoMs, ...at } = known.begun;
      const ts = await lookedUp({ ...at, key, since, patienceMs }, slack);
      if (ts !== undefined) return { ...(await keep({ channel: at.channel, ts })), earlier: true };
      mayArriveNoMore(agoMs);
      await ledger.notPosted(key);
    }
    // A name, or a person, whose direct message must be found.
    const channel = /^[#UW]/.test(message.channel) ? await slack.channelId(message.channel) : message.channel;
    await begun(() => ledger.begin(key, { channel, threadTs }));
    const onAgain = () => begun(() => ledger.beginAgain(key));
    const sentTo = await sentOff(() => slack.post({ ...message, channel, patienceMs, onAgain }));
    return { ...(await keep(sentTo)), earlier: false };
  } catch (error) {
    throw triedAgain(error);
  }

  async function begun(begin: () => Promise<boolean>): Promise<void> {
    const askedMs = performance.now();
    await holdOn(once.ctx);
    if (!(await begin()) || performance.now() - askedMs > standstillMs) throw lost();
  }

  async function sentOff<T>(post: () => Promise<T>): Promise<T> {
    try {
      return await post();
    } catch (error) {
      // A clear no: nothing is on its way.
      if (!mayBeThere(error) && !isLost(error)) await ledger.notPosted(key);
      throw error;
    }
  }

  async function keep(at: { channel: string; ts: string }) {
    await ledger.posted(key, at);
    return at;
  }
}

/** Where the bot may post but not look, it posts again: twice is better than never. */
async function lookedUp(sought: Parameters<PostPort['find']>[0], slack: PostPort) {
  try {
    return await slack.find(sought);
  } catch (error) {
    const blind = ['not_in_channel', 'missing_scope', 'channel_not_found', 'is_archived', 'thread_not_found'];
    if (error instanceof PortError && blind.includes(error.reason)) return undefined;
    throw error;
  }
}

/** Right before an effect: a process that was frozen may have lost the job to another. */
async function holdOn({ stillMine, signal }: Once['ctx']): Promise<void> {
  if (!(await stillMine())) throw lost();
  if (signal.aborted) throw new PortError('stopped', 'the bot is stopping', { retryable: true });
}

function isLost(error: unknown): boolean {
  return error instanceof PortError && error.reason === 'lost';
}

function lost(): PortError {
  return new PortError('lost', 'another process has this job now', { retryable: true });
}
