import type { Condition, Usual } from '../../conditions/model.ts';
import type { Check } from '../../config/model.ts';
import { wallAt } from '../../kernel/wall-clock.ts';
import type { Outcome } from '../model.ts';

/** How many days are looked back, today left out. */
export const daysBack = 7;
/** Of fewer days nobody can say what is usual. */
export const leastDays = 3;

const hour = 3_600_000;
const day = 24 * hour;
/** More samples of an hour are not asked for. */
const enoughSamples = 3;
/** What the database can sum up without end; nearer to zero than the second is zero. */
const largest = 1e300;
const smallest = 1e-300;

/** An hour of a day as the wall clock of a zone shows it. */
export interface LocalHour {
  /** `2026-11-23` */
  day: string;
  /** 0 to 23 */
  hour: number;
}

export function localHourOf(zone: string, at: Date): LocalHour {
  const wall = wallAt(zone, at.getTime());
  return {
    day: new Date(wall).toISOString().slice(0, 10),
    hour: Math.floor((wall - Math.floor(wall / day) * day) / hour),
  };
}

/** With this many samples an hour of a day counts: half of what the rhythm gives, three at most. */
export function enoughOf(everyMs: number): number {
  return Math.min(enoughSamples, Math.max(1, Math.ceil(hour / everyMs / 2)));
}

/** What is usual, of the values of the days that count: the median, so that of seven days three may be as bad as they like. */
export function usualOf(values: readonly number[]): Usual {
  if (values.length < leastDays) return { kind: 'not_yet', days: values.length, needs: leastDays };
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { kind: 'known', median, days: values.length };
}

/** The facts that a check's rules ask the usual value of. */
export function usualFacts({ fail, warn, clear }: Pick<Check, 'fail' | 'warn' | 'clear'>): string[] {
  return [...new Set([...fail, ...warn, ...clear].flatMap((condition: Condition) => condition.usual))];
}

/**
 * Whether what was measured then says what is usual. It failed: yes, a few such days don't move a median, and what lasts is
 * the new usual. Nobody could judge it, planned work, or what it stands on was down: no.
 */
export function tellsUsual(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'warn' || outcome === 'fail';
}

/** A fact as a number that can be kept; undefined = it is none. */
export function keptNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(Math.abs(value) <= largest)) return undefined;
  return Math.abs(value) < smallest ? 0 : value;
}
