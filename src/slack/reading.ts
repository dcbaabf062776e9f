import { PortError } from '../kernel/errors.ts';
import type { GivenMessage } from '../kernel/form.ts';
import type { Log } from '../kernel/log.ts';
import { createMemory } from '../kernel/memory.ts';
import type { Answer, Call } from './caller.ts';
import { givenMessage } from './given.ts';
import { isObject } from './pages.ts';

const namesRememberedForMs = 10 * 60_000;
const failureRememberedForMs = 30_000;
const gone = ['thread_not_found', 'message_not_found'];

/** What others said, where the bot is. */
export interface Reading {
  /** A message as it is now, also one of a thread; undefined = it is not there any more. Throws PortError. */
  message(at: { channel: string; ts: string }): Promise<GivenMessage | undefined>;
  /** What somebody is called; undefined when Slack doesn't tell. Never rejects. */
  nameOf(user: string): Promise<string | undefined>;
}

export function createReading({ call, log }: { call: Call; log: Log }): Reading {
  const names = createMemory<string | undefined>({ forMs: namesRememberedForMs, failedForMs: failureRememberedForMs });
  return {
    async message({ channel, ts }) {
      // Of a thread's reply Slack gives the reply alone, or its whole thread: from here to here it is the one.
      const args = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 10 };
      try {
        const { messages } = await call('conversations.replies', args, { slow: true, idempotent: true });
        const found = (Array.isArray(messages) ? messages : []).filter(isObject).find((each) => each.ts === ts);
        return found && messageOf(channel, ts, found);
      } catch (error) {
        if (error instanceof PortError && gone.includes(error.reason)) return undefined;
        throw error;
      }
    },
    nameOf: (user) =>
      names
        .recall(user, async () => nameIn((await call('users.info', { user }, { slow: true, idempotent: true })).user))
        .catch((error: unknown) => {
          log.warn({ err: error, user }, 'somebody is named by their id');
          return undefined;
        }),
  };
}

/** Files are named: a picture alone has no text. */
function messageOf(channel: string, ts: string, { user, text, thread_ts, bot_id, files }: Answer): GivenMessage {
  const names = (Array.isArray(files) ? files : []).filter(isObject).map(({ title, name }) => `[${title || name}]`);
  const said = [typeof text === 'string' ? text : '', ...names].filter((part) => part !== '').join(' ');
  return givenMessage(channel, { ts, text: said, thread_ts, bot_id, ...(typeof user === 'string' && { user }) });
}

function nameIn(user: unknown): string | undefined {
  if (!isObject(user)) return undefined;
  const profile = isObject(user.profile) ? user.profile : {};
  // In a record that others read: who they are, rather than what they like to be called.
  const names = [profile.real_name, user.real_name, profile.display_name, user.name];
  return names.find((name): name is string => typeof name === 'string' && name !== '');
}
