import { formatValue } from '../conditions/format.ts';
import type { FactSpec, FactSpecs, Facts } from '../kernel/check.ts';

const most = 3;
const suffixes: Record<string, string[]> = {
  '%': ['_pct', '_percent'],
  ms: ['_ms'],
  s: ['_s', '_seconds'],
  d: ['_days', '_d'],
  days: ['_days'],
  bytes: ['_bytes'],
};

/**
 * What was seen, for a check that is ok: `status 200, latency 34 ms`. At most three facts: first those that the rules
 * read (`reads`), then in the order in which the check type declares them; json and lists are left out.
 */
export function okReason(facts: Facts, specs: FactSpecs, reads: readonly string[] = []): string {
  const names = [...new Set([...reads, ...Object.keys(specs)])].filter((name) => isTelling(specs[name], facts[name]));
  if (names.length === 0) return 'measured';
  // "reachable true" says little: what has a value comes first.
  const yesOrNo = (name: string) => Number(specs[name]?.type === 'bool');
  return names
    .sort((a, b) => yesOrNo(a) - yesOrNo(b))
    .slice(0, most)
    .map((name) => `${labelOf(name, specs[name])} ${formatValue(facts[name], specs[name]?.unit)}`)
    .join(', ');
}

function isTelling(spec: FactSpec | undefined, value: unknown): boolean {
  if (!spec || value === null || value === undefined || value === '') return false;
  if (typeof value === 'number') return Number.isFinite(value);
  return spec.type !== 'json' && spec.type !== 'list';
}

/** `latency_ms` with the unit ms behind its value is just latency. */
function labelOf(name: string, spec: FactSpec | undefined): string {
  const suffix = spec?.unit === undefined ? undefined : suffixes[spec.unit]?.find((each) => name.endsWith(each));
  return (suffix === undefined ? name : name.slice(0, -suffix.length)).replaceAll('_', ' ');
}
