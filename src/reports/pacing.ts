import type { Clock } from '../kernel/clock.ts';
import { PortError } from '../kernel/errors.ts';

/** Between two edits of one message: checks that come and go would else use up what Slack allows alerts, too. */
const apartMs = 5_000;

/** Keeps edits of the same report apart. */
export interface Pacing {
  /** Throws PortError, to be tried again, when this one was edited just now. */
  begin(id: number): void;
}

export function createPacing(clock: Clock): Pacing {
  const editedMs = new Map<number, number>();
  return {
    begin(id) {
      const now = clock.now().getTime();
      // Also what is ahead: the clock may have gone back.
      for (const [each, at] of editedMs) if (Math.abs(now - at) >= apartMs) editedMs.delete(each);
      const last = editedMs.get(id);
      if (last !== undefined) {
        const retryAfterMs = Math.max(1, last + apartMs - now);
        throw new PortError('edited_just_now', 'its message was edited just now', { retryable: true, retryAfterMs });
      }
      editedMs.set(id, now);
    },
  };
}
