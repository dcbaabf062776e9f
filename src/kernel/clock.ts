/** Where the time comes from. Passed in everywhere, so that tests and the local workspace can move it. */
export interface Clock {
  /** The current moment. */
  now(): Date;
  /** Only of a clock that is moved while people look: how much real time lies between two of its moments, ms. */
  ranMs?(from: Date, to: Date): number;
  /** Only of such a clock: its seconds per real second. */
  readonly speed?: number;
}

export const systemClock: Clock = { now: () => new Date() };

/**
 * How much time there really was to do something between two moments of this clock, ms: whoever moves the clock on makes
 * nothing late. Negative when `to` comes first.
 */
export function ranMs(clock: Clock, from: Date, to: Date): number {
  return clock.ranMs?.(from, to) ?? to.getTime() - from.getTime();
}
