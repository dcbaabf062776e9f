import type { Condition } from '../conditions/model.ts';
import type { Sample } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';

export interface Hold {
  /** `held_for`, ms; 0 = fires at once. */
  heldForMs: number;
  /** The rhythm of the samples, ms. */
  everyMs: number;
}

/** What rules said at one moment, by source: true, false, or null = it could not be judged. Facts cut for storage say less. */
export interface Said {
  at: Date;
  rules: Record<string, boolean | null>;
}

/** As long as the clock says, ms. */
export const shownMs = (from: Date, to: Date): number => to.getTime() - from.getTime();

export type Held = { kind: 'held' } | { kind: 'holding'; forMs: number };

/** What these rules say about one sample, all of its facts at hand. */
export function saidOf(conditions: readonly Condition[], { at, facts }: Sample): Said {
  const rules = conditions.map((condition): [string, boolean | null] => {
    const { kind } = condition.evaluate(facts);
    return [condition.source, kind === 'true' ? true : kind === 'false' ? false : null];
  });
  return { at, rules: Object.fromEntries(rules) };
}

/**
 * Whether a condition that is true at `at` was true all through the window before.
 * `earlier` is oldest first. The window is covered when the unbroken run of true samples reaches back to its start, give
 * or take the distance of two samples (at most a fifth of the window). A sample that can't be judged neither breaks the
 * run nor counts; a hole larger than both the window and the rhythm breaks it, by the real time of `apartMs`: nobody can
 * measure faster because a clock runs faster.
 */
export function heldSince(
  condition: Condition,
  earlier: readonly Said[],
  at: Date,
  hold: Hold,
  apartMs = shownMs,
): Held {
  if (hold.heldForMs <= 0) return { kind: 'held' };
  const hole = Math.max(hold.heldForMs, hold.everyMs) * 1.2;
  let since = at.getTime();
  let widest = 0;
  for (const said of earlier.toReversed()) {
    const sampledAt = said.at.getTime();
    if (sampledAt >= since) continue;
    if (apartMs(said.at, new Date(since)) > hole) break;
    const truth = said.rules[condition.source];
    if (truth === false) break;
    if (truth !== true) continue;
    widest = Math.max(widest, since - sampledAt);
    since = sampledAt;
  }
  const forMs = at.getTime() - since;
  const tolerance = Math.min(widest, hold.heldForMs / 5);
  return forMs > 0 && forMs >= hold.heldForMs - tolerance ? { kind: 'held' } : { kind: 'holding', forMs };
}

/**
 * The same for samples from a source with a history of its own. Its newest datapoint is older than `at`, so the current
 * one is taken to be one step after the last earlier one, and its rhythm is the source's.
 */
export function heldBySource(condition: Condition, earlier: readonly Sample[], at: Date, hold: Hold): Held {
  const said = earlier.map((sample) => saidOf([condition], sample));
  const [before, last] = earlier.slice(-2).map((sample) => sample.at.getTime());
  if (before === undefined || last === undefined) return heldSince(condition, said, at, hold);
  const stepMs = last - before;
  const measuredAt = new Date(Math.min(at.getTime(), last + stepMs));
  return heldSince(condition, said, measuredAt, { ...hold, everyMs: Math.max(hold.everyMs, stepMs) });
}

/** How much of a hold has passed: `2 of 5 min`, `30 s of 5 min`. */
export function sayHolding(forMs: number, hold: Hold): string {
  const whole = formatDuration(hold.heldForMs);
  const unit = whole.slice(whole.indexOf(' '));
  const part = forMs > 0 ? formatDuration(forMs) : `0${unit}`;
  return `${part.endsWith(unit) && part.split(' ').length === 2 ? part.slice(0, -unit.length) : part} of ${whole}`;
}
