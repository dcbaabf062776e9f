interface Rhythm {
  everyMs: number;
}

/** How often the schedule looks for due checks, ms: a shorter rhythm than this is this. */
export const tickMs = 5_000;

/**
 * The checks that are due in a slot: a multiple of their rhythm, counted from the epoch, lies behind the slot before and
 * not behind this one. However much was missed, each is there once. A slot before that lies ahead is of a clock that was
 * put back: like none at all, it tells nothing.
 */
export function dueBetween<Check extends Rhythm>(
  checks: readonly Check[],
  previous: Date | undefined,
  slot: Date,
): Check[] {
  const until = slot.getTime();
  const from = previous && previous < slot ? previous.getTime() : until - tickMs;
  return checks.filter(({ everyMs }) => Math.floor(until / everyMs) > Math.floor(from / everyMs));
}
