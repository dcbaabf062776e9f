import type { Check } from '../config/model.ts';
import type { FactSpecs, Facts } from '../kernel/check.ts';

/** What a check's facts are, worked out once: sweeps ask for every check, every time. */
interface Known {
  specs: FactSpecs;
  hidden: readonly string[];
  /** Some fact is a rate: earlier samples are needed. */
  hasRates: boolean;
}

const known = new WeakMap<Check, Known>();

function knownOf(check: Check): Known {
  const found = known.get(check);
  if (found) return found;
  const specs = check.definition.facts(check.target);
  const hidden = Object.keys(specs).filter((name) => specs[name]?.hidden);
  const entry = { specs, hidden, hasRates: Object.values(specs).some(({ rate }) => rate) };
  known.set(check, entry);
  return entry;
}

export function specsOf(check: Check): FactSpecs {
  return knownOf(check).specs;
}

/** What it says when it is ok, by what its parameters have it look at. */
export function okSaysOf({ definition: { okSays }, target }: Pick<Check, 'definition' | 'target'>): string | undefined {
  return typeof okSays === 'function' ? okSays(target) : okSays;
}

export function hasRates(check: Check): boolean {
  return knownOf(check).hasRates;
}

/** Facts without those that are for rules only. */
export function shownFacts(check: Check, facts: Facts): Facts {
  const { hidden } = knownOf(check);
  if (!hidden.some((name) => name in facts)) return facts;
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !hidden.includes(name)));
}
