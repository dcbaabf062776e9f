import type { Check } from '../config/model.ts';
import type { Sample } from '../kernel/check.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { type CheckState, changedStates, recordSweep, samplesSince } from './history.ts';

/** An answer doesn't wait longer than this for the database, ms. */
const usualPatienceMs = 2_000;
/** While the database is known to be slow. */
const shortPatienceMs = 250;

/** What is known of each check: the database's word, and this process's memory when the database doesn't answer. */
export class Known {
  private readonly states = new Map<string, CheckState>();
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly patienceMs: number;
  private slow = false;

  constructor(options: { store: Store; clock: Clock; log: Log; patienceMs?: number }) {
    this.store = options.store;
    this.clock = options.clock;
    this.log = options.log;
    this.patienceMs = options.patienceMs ?? usualPatienceMs;
  }

  get(id: string): CheckState | undefined {
    return this.states.get(id);
  }

  /** Reads the last states; newer ones in memory (a save that failed) stay. Resolves to a warning when it could not. */
  refresh(ids: readonly string[]): Promise<string | undefined> {
    const wanted = ids.map((id) => ({ id, at: this.states.get(id)?.report.at }));
    return this.attempt('last results not read', async () => {
      for (const [id, state] of await changedStates(this.store, wanted)) this.keep(state, id);
    });
  }

  /** Adds the samples that `held_for` needs. Resolves to a warning when it could not. */
  async samplesFor(checks: readonly Check[], into: Map<string, Sample[]>): Promise<string | undefined> {
    const held = checks.filter((check) => check.heldForMs > 0);
    if (held.length === 0) return undefined;
    const now = this.clock.now().getTime();
    const wanted = held.map((check) => ({ id: check.id, since: new Date(now - sampledMs(check)) }));
    return this.attempt('earlier samples not read', async () => {
      for (const [id, samples] of await samplesSince(this.store, wanted)) into.set(id, samples);
    });
  }

  /** Remembers and saves what a sweep found. Resolves to a warning when it could not be saved. */
  async record(states: readonly CheckState[]): Promise<string | undefined> {
    for (const state of states) this.keep(state, state.report.id);
    return this.attempt('history not saved', () => recordSweep(this.store, states));
  }

  private keep(state: CheckState, id: string): void {
    const here = this.states.get(id);
    if (!here || here.report.at <= state.report.at) this.states.set(id, state);
  }

  /** Waits for work on the database, not for long. Never rejects; resolves to a warning when it failed. */
  async attempt(what: string, work: () => Promise<void>): Promise<string | undefined> {
    try {
      await answered(work(), this.slow ? shortPatienceMs : this.patienceMs);
      this.slow = false;
      return undefined;
    } catch (error) {
      this.slow = error instanceof TooSlow;
      this.log.error({ err: error }, what);
      return `${what}: ${whyNot(error)}`;
    }
  }
}

/** How far back `held_for` looks: the hold, and the longest hole that doesn't break it. */
function sampledMs({ heldForMs, everyMs }: Check): number {
  return heldForMs + 1.2 * Math.max(heldForMs, everyMs);
}

function whyNot(error: unknown): string {
  if (error instanceof TooSlow) return 'the database did not answer';
  return isUnavailable(error) ? 'the database is unreachable' : 'the database refused it (see the log)';
}

class TooSlow extends Error {}

/** The answer of the database, or `TooSlow`; a late one is dropped. */
async function answered(work: Promise<void>, withinMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooSlow(`no answer within ${withinMs} ms`)), withinMs);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
