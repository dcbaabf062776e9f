import type { Log } from '../kernel/log.ts';
import type { InView } from './in-view.ts';
import type { Seen } from './seen.ts';
import type { Work } from './work.ts';

/**
 * Begins the work of a delivery unless another replica, or this one, has begun it. What can't wait is done in a view before
 * that is known; Slack takes a trigger once, so whoever opened the dialog was the first.
 */
export type Once = (key: string, what: string, view: InView | undefined, run: () => Promise<void>) => void;

export function createOnce({ work, seen, log }: { work: Work; seen: Seen; log: Log }): Once {
  return (key, what, view, run) => {
    if (!work.open || !seen.firstHere(key)) {
      log.debug({ key }, work.open ? 'delivered twice' : 'delivered too late');
      view?.drop();
      return;
    }
    const begun = view?.begin();
    work.start(what, async () => {
      const [isFirst, dialog] = await Promise.all([seen.confirmed(key), begun]);
      if (dialog === 'open' || (isFirst && dialog !== 'dropped')) await run().finally(() => view?.end());
      else {
        view?.drop();
        log.debug({ key }, 'delivered twice');
      }
    });
  };
}
