import type { Check } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { isUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type CheckState, changedStates, type NewState, type Recording, recordSweep, saidSince } from './history.ts';
import type { Said } from './hold.ts';
import { holdReachMs, Remembered } from './remembered.ts';

/** An answer doesn't wait longer than this for the database, ms. */
const usualPatienceMs = 2_000;
/** While the database is known to be slow. */
const shortPatienceMs = 250;
/** A regular run, which nobody waits for: what it found is measured again when it can't be recorded. */
const longPatienceMs = 20_000;

/** What became of no record: in a person's words, and why. */
export interface Unsaved {
  warning: string;
  error: unknown;
}

/** What is known of each check: the database's word, and this process's memory when the database doesn't answer. */
export class Known {
  private readonly states = new Map<string, CheckState>();
  private readonly remembered = new Remembered();
  private readonly fingerprints: Map<string, string>;
  private readonly checks: Map<string, Check>;
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly patienceMs: number;
  private slow = false;
  /** The database was read since this process began. */
  private read = false;

  constructor(options: { checks: readonly Check[]; store: Store; clock: Clock; log: Log; patienceMs?: number }) {
    this.checks = new Map(options.checks.map((check) => [check.id, check]));
    this.fingerprints = new Map(options.checks.map((check) => [check.id, fingerprintOf(check)]));
    this.store = options.store;
    this.clock = options.clock;
    this.log = options.log;
    this.patienceMs = options.patienceMs ?? usualPatienceMs;
  }

  get(id: string): CheckState | undefined {
    return this.states.get(id);
  }

  /** The past from before this process may be missing. */
  get pastUnread(): boolean {
    return !this.read;
  }

  /** Reads the last states; newer ones in memory (a save that failed) stay. Resolves to a warning when it could not. */
  refresh(): Promise<string | undefined> {
    const wanted = [...this.fingerprints].map(([id, fingerprint]) => {
      return { id, fingerprint, mark: this.states.get(id)?.mark };
    });
    return this.attempt('last results not read', async () => {
      const states = await changedStates(this.store, wanted);
      this.read = true;
      for (const [id, state] of states) this.keep(state, id);
    });
  }

  /** What the rules said that `held_for` needs, by check: as stored, and as remembered. `warning`: it could not be read. */
  async saidBefore(checks: readonly Check[]): Promise<{ said: Map<string, Said[]>; warning: string | undefined }> {
    const held = checks.filter((check) => check.heldForMs > 0);
    if (held.length === 0) return { said: new Map(), warning: undefined };
    const now = this.clock.now().getTime();
    const { speed = 1 } = this.clock;
    const wanted = held.map((check) => {
      const since = new Date(now - holdReachMs(check) * speed);
      return { id: check.id, fingerprint: this.fingerprints.get(check.id) ?? '', since };
    });
    let stored = new Map<string, Said[]>();
    const warning = await this.attempt('earlier samples not read', async () => {
      stored = await saidSince(this.store, wanted);
    });
    return { said: new Map(held.map(({ id }) => [id, this.remembered.with(id, stored.get(id) ?? [])])), warning };
  }

  /**
   * Remembers and saves what a sweep found. Never rejects; undefined = it is saved. `patient`: waits for the database
   * long, and no longer than usual once this is aborted.
   */
  async record(states: readonly NewState[], sweep: Recording, patient?: AbortSignal): Promise<Unsaved | undefined> {
    for (const state of states) {
      this.keep(state, state.report.id);
      const check = this.checks.get(state.report.id);
      if (check && state.said) this.remembered.add(check, state.said);
    }
    const save = async () => {
      const marks = await recordSweep(this.store, states, sweep);
      for (const state of states) this.mark(state, marks.get(state.report.id));
    };
    return this.tried('history not saved', save, patient);
  }

  /** The newest measurement counts, whatever the clocks say; an unsettled one takes over what was settled before. */
  private keep(state: CheckState, id: string): void {
    const here = this.states.get(id);
    if (!here || here.takenMs <= state.takenMs) this.states.set(id, state);
    else this.states.set(id, { ...here, settled: here.settled ?? state.settled });
  }

  private mark(state: CheckState, mark: string | undefined): void {
    const here = this.states.get(state.report.id);
    if (here?.takenMs === state.takenMs) this.states.set(state.report.id, { ...here, mark });
  }

  /** Waits for work on the database, not for long. Never rejects; resolves to a warning when it failed. */
  async attempt(what: string, work: () => Promise<void>): Promise<string | undefined> {
    return (await this.tried(what, work))?.warning;
  }

  private async tried(what: string, work: () => Promise<void>, patient?: AbortSignal): Promise<Unsaved | undefined> {
    const usualMs = this.slow ? shortPatienceMs : this.patienceMs;
    try {
      if (patient)
        await answered(work(), { withinMs: longPatienceMs, hurried: { by: patient, withinMs: this.patienceMs } });
      else await answered(work(), { withinMs: usualMs });
      this.slow = false;
      return undefined;
    } catch (error) {
      this.slow = error instanceof TooSlow;
      // A database that was away from the start was told then: the warning is enough.
      if (error instanceof OpsError) this.log.debug({ err: error }, what);
      else this.log.error({ err: error }, what);
      return { warning: `${what}: ${whyNot(error)}`, error };
    }
  }
}

function whyNot(error: unknown): string {
  if (error instanceof TooSlow) return 'the database did not answer';
  return isUnavailable(error) ? 'the database is unreachable' : 'the database refused it (see the log)';
}

/** Its code is that of a database that is away: `isUnavailable`. */
class TooSlow extends Error {
  readonly code = 'ETIMEDOUT';
}

/** The answer of the database, or `TooSlow`; a late one is dropped. `hurried`: not longer than this after the abort. */
async function answered(
  work: Promise<void>,
  { withinMs, hurried }: { withinMs: number; hurried?: { by: AbortSignal; withinMs: number } },
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timers: NodeJS.Timeout[] = [];
  const wait = (ms: number) => {
    timers.push(setTimeout(() => late.reject(new TooSlow(`no answer within ${ms} ms`)), ms));
  };
  const hurry = () => wait(hurried?.withinMs ?? withinMs);
  wait(withinMs);
  if (hurried?.by.aborted) hurry();
  else hurried?.by.addEventListener('abort', hurry, { once: true });
  try {
    await Promise.race([work, late.promise]);
  } finally {
    hurried?.by.removeEventListener('abort', hurry);
    for (const timer of timers) clearTimeout(timer);
  }
}
