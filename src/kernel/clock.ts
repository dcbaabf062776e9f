/** Where the time comes from. Passed in everywhere, so that tests and the local workspace can move it. */
export interface Clock {
  /** The current moment. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
