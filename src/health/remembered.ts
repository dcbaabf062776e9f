import type { Check } from '../config/model.ts';
import type { Said } from './hold.ts';

const most = 5_000;

/** What the rules with a hold said while this process ran: `held_for` doesn't wait for a database that is away. */
export class Remembered {
  private readonly said = new Map<string, Said[]>();

  /** Everything remembered of a check, oldest first. */
  of(id: string): readonly Said[] {
    return this.said.get(id) ?? [];
  }

  /** Adds one; what is older than the hold needs is forgotten, and there are never more than 5,000. */
  add(check: Check, said: Said): void {
    const since = said.at.getTime() - holdReachMs(check);
    const kept = this.of(check.id).filter(({ at }) => at.getTime() >= since && at < said.at);
    this.said.set(check.id, thinned([...kept, said], check.heldForMs / 100));
  }

  /** With what the database knows, oldest first. */
  with(id: string, stored: readonly Said[]): Said[] {
    const known = new Set(stored.map(({ at }) => at.getTime()));
    const own = this.of(id).filter(({ at }) => !known.has(at.getTime()));
    return own.length === 0 ? [...stored] : [...stored, ...own].sort((a, b) => a.at.getTime() - b.at.getTime());
  }
}

/** How far back `held_for` looks: the hold, and the longest hole that doesn't break it, ms. */
export function holdReachMs({ heldForMs, everyMs }: Pick<Check, 'heldForMs' | 'everyMs'>): number {
  return heldForMs + 1.2 * Math.max(heldForMs, everyMs);
}

/** Of three in a row that say the same within a hundredth of the hold, the middle one adds nothing. */
function thinned(said: Said[], withinMs: number): Said[] {
  const [before, middle, last] = said.slice(-3);
  if (!before || !middle || !last) return said;
  const close = last.at.getTime() - before.at.getTime() < withinMs;
  const same = [before, middle].every((each) => JSON.stringify(each.rules) === JSON.stringify(last.rules));
  return close && same ? [...said.slice(0, -2), last] : said.slice(-most);
}
