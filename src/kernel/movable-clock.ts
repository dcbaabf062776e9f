import type { Clock } from './clock.ts';
import { OpsError } from './errors.ts';

/** Faster than this, a second of the machine would be more than an hour. */
export const fastest = 3_600;
/** Asked for the first time after so long, the machine slept: what it slept counts once, however fast the clock runs. */
const sleptMs = 60_000;
/** Stretches remembered: older moments are taken to have run at the speed of the machine. */
const remembered = 100;

/** Where a clock begins, ms. */
export interface Ahead {
  aheadMs: number;
  knownMs: number;
}

/** From one change of the clock to the next. */
interface Stretch {
  /** Where it begins, on this clock and on the machine's, ms. */
  atMs: number;
  ranMs: number;
  speed: number;
}

/**
 * A clock that stands `aheadMs` before its base, runs faster when told so, and leaps. It never goes back: when its base
 * does, it goes on from where it was.
 */
export class MovableClock implements Clock {
  readonly #base: Clock;
  readonly #listeners = new Set<() => void>();
  #baseMs: number;
  #atMs: number;
  #ranMs = 0;
  #stretches: Stretch[];
  /** The first moment that is known of, on this clock, ms. */
  readonly #knownMs: number;

  /** `knownMs`: for so long it ran as its base does; what it showed before that is as far away as that. */
  constructor(base: Clock, { aheadMs = 0, knownMs = Number.POSITIVE_INFINITY }: Partial<Ahead> = {}) {
    this.#base = base;
    this.#baseMs = base.now().getTime();
    this.#atMs = this.#baseMs + aheadMs;
    this.#knownMs = this.#atMs - knownMs;
    this.#stretches = [{ atMs: this.#atMs, ranMs: 0, speed: 1 }];
  }

  now(): Date {
    this.#run();
    return new Date(this.#atMs);
  }

  get speed(): number {
    return this.#stretches.at(-1)?.speed ?? 1;
  }

  /** How far it stands before its base, ms. */
  get aheadMs(): number {
    this.#run();
    return this.#atMs - this.#baseMs;
  }

  /** From now on so many of its seconds pass in a second. Throws OpsError `invalid`: not from 1 to 3600. */
  setSpeed(speed: number): void {
    if (!(speed >= 1 && speed <= fastest)) {
      throw new OpsError('invalid', `a clock can't run × ${speed}`, { hint: `1 to ${fastest}` });
    }
    this.#run();
    this.#begin(speed);
    this.changed();
  }

  /** On to a later moment, at once. Throws OpsError `invalid` for one that is over. */
  leapTo(moment: Date): void {
    this.#run();
    if (!(moment.getTime() >= this.#atMs)) throw new OpsError('invalid', 'a clock only leaps forward');
    this.#atMs = moment.getTime();
    this.#begin(this.speed);
    this.changed();
  }

  /** Calls the listener after each change; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was leapt over took no time. */
  ranMs(from: Date, to: Date): number {
    this.#run();
    return this.#ranAt(to.getTime()) - this.#ranAt(from.getTime());
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #run(): void {
    const baseMs = this.#base.now().getTime();
    const stepMs = Math.max(0, baseMs - this.#baseMs);
    this.#baseMs = baseMs;
    this.#ranMs += stepMs;
    const slept = stepMs > sleptMs && this.speed > 1;
    this.#atMs += slept ? stepMs : stepMs * this.speed;
    if (slept) this.#begin(this.speed);
  }

  #begin(speed: number): void {
    this.#stretches.push({ atMs: this.#atMs, ranMs: this.#ranMs, speed });
    this.#stretches = this.#stretches.slice(-remembered);
  }

  #ranAt(momentMs: number): number {
    const at = this.#stretches.findLastIndex(({ atMs }) => atMs <= momentMs);
    const stretch = this.#stretches[at];
    const first = this.#stretches[0]!;
    if (!stretch) return first.ranMs + (Math.max(momentMs, this.#knownMs) - first.atMs);
    const ranMs = stretch.ranMs + (momentMs - stretch.atMs) / stretch.speed;
    return Math.min(ranMs, this.#stretches[at + 1]?.ranMs ?? ranMs);
  }
}
