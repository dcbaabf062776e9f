import { PortError } from '../../kernel/errors.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postUnlessThere } from '../post-unless-there.ts';
import type { JournalFiles } from './files.ts';
import { type Entry, stateOf } from './model.ts';
import { journaledPost } from './views.ts';

/** Says in Slack, without the database, what was declared, and what became of its page. */
export interface Posts {
  /** Where Slack is from now on. */
  over(slack: IncidentPort): void;
  /** Posts it, or edits what was posted when its page stands otherwise. Never rejects. */
  show(entry: Entry, lost?: string): Promise<void>;
  /** Resolves when nothing is being shown: of one, or at all. */
  settled(dedupKey?: string): Promise<unknown>;
}

export function createPosts({ log, announceIn, clock }: Room, files: JournalFiles): Posts {
  const showing = new Map<string, Promise<void>>();
  /** Posted in this process for the first time: there is nothing to look up. */
  const begun = new Set<string>();
  let slack: IncidentPort | undefined;

  async function placed(entry: Entry, lost: string | undefined, port: IncidentPort) {
    const channels = [announceIn, entry.made.channel].filter((each) => each !== undefined);
    const again = lost === undefined && !begun.has(entry.dedupKey);
    begun.add(entry.dedupKey);
    const message = { key: entry.dedupKey, post: journaledPost(entry, { now: clock.now(), lost }) };
    for (const [index, channel] of channels.entries()) {
      try {
        return await postUnlessThere({ ...message, channel }, { again, since: entry.made.at }, port);
      } catch (error) {
        if (index === channels.length - 1) throw error;
        log.warn({ err: error, channel }, 'a declaration is posted where it was made');
      }
    }
    return undefined;
  }

  async function showOnce(given: Entry, lost: string | undefined): Promise<void> {
    const entry = (await files.get(given.dedupKey)) ?? given;
    const state = stateOf(entry);
    if (!slack || state === 'paging' || entry.post?.shown === state) return;
    let at = entry.post;
    if (at) await slack.update({ ...at, post: journaledPost(entry, { now: clock.now(), lost }) });
    else {
      const where = await placed(entry, lost, slack);
      at = where && { ...where, shown: state };
    }
    if (!at) return;
    const post = { ...at, shown: state };
    await files.change(entry, (now) => ({ ...now, post }));
  }

  return {
    over: (port) => {
      slack = port;
    },
    show: (entry, lost) => {
      const { dedupKey } = entry;
      const shown =
        showing.get(dedupKey) ??
        showOnce(entry, lost)
          .catch((error: unknown) => {
            if (!(error instanceof PortError)) throw error;
            log.warn({ err: error }, 'what was declared is not in Slack yet');
          })
          .catch((error: unknown) => log.error({ err: error }, 'what was declared could not be posted'))
          .finally(() => showing.delete(dedupKey));
      showing.set(dedupKey, shown);
      return shown;
    },
    settled: (dedupKey) => Promise.all(dedupKey === undefined ? showing.values() : [showing.get(dedupKey)]),
  };
}
