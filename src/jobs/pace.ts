/** How quickly the queue notices things. */
export interface Pace {
  /** Between two looks for due jobs, ms. */
  pollMs: number;
  /** Between two signs of life of running jobs, and between two looks for jobs without one, ms. */
  heartbeatMs: number;
  /** A running job without a sign of life for this long is given to somebody else, ms. */
  leaseMs: number;
  /** Whoever lost the database gets this long after it came back to show that they live, ms. */
  patienceMs: number;
  /** Between two runs of pg-boss's own maintenance, ms. */
  upkeepMs: number;
}

/** A killed worker's job goes on after `leaseMs` + `heartbeatMs` + `pollMs` at the latest. */
export const defaultPace: Pace = {
  pollMs: 500,
  heartbeatMs: 2_500,
  leaseMs: 10_000,
  patienceMs: 5_000,
  upkeepMs: 60_000,
};
