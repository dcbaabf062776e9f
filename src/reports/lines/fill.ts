import { formatValue } from '../../conditions/format.ts';
import type { Check } from '../../config/model.ts';
import type { CheckReport, Outcome } from '../../health/model.ts';
import { pathOf } from '../metrics/choose.ts';
import { factAt, whyNoValue } from '../metrics/say.ts';

/** What placeholders are filled from. */
export interface Filling {
  checks: readonly Check[];
  reports: ReadonlyMap<string, CheckReport>;
  now: Date;
  /** `{ok}`, `{reasons}`…; without their braces. */
  words: ReadonlyMap<string, string>;
}

const states: Record<Outcome, string> = {
  ok: 'ok',
  warn: 'warning',
  fail: 'failing',
  unknown: 'unknown',
  stale: 'unknown',
  blocked: 'blocked',
  muted: 'muted',
};

const place = /\{([^{}]+)\}/g;

/** Fills the places of a text; `unknown`: what could not be filled, and why. Never evaluates anything. Pure. */
export function filled(text: string, filling: Filling): { text: string; unknown: string[] } {
  const unknown: string[] = [];
  const said = text.replaceAll(place, (_, inner: string) => {
    const found = filling.words.get(inner) ?? valueIn(inner.trim(), filling);
    if (typeof found === 'string') return found;
    unknown.push(found.why);
    return 'unknown';
  });
  return { text: said, unknown };
}

/** Whether a text names a fact or the state of a check. Pure. */
export function hasPlaces(text: string): boolean {
  return text.replaceAll('{ok}', '').search(place) >= 0;
}

function valueIn(inner: string, { checks, reports, now }: Filling): string | { why: string } {
  const [, id = '', fact, format] = /^([a-z0-9-]+)(?:\.([^:]+))?(?::(unit|[0-6]))?$/.exec(inner) ?? [];
  const check = checks.find((each) => each.id === id);
  if (!check) return { why: `{${inner}} names no check` };
  const report = reports.get(id);
  if (!report) return { why: `${id} was not measured` };
  if (fact === undefined) return states[report.outcome];
  const path = pathOf(fact);
  const specs = check.definition.facts(check.target);
  if (!path || !Object.hasOwn(specs, path[0] ?? '')) return { why: `${id} has no fact ${fact}` };
  const why = whyNoValue(report, check, now);
  if (why !== undefined) return { why };
  const value = factAt(report.facts, path);
  if (value === undefined || value === null) return { why: `${id} did not measure ${fact}` };
  const digits = format === undefined || format === 'unit' ? undefined : Number(format);
  const number = typeof value === 'number' && digits !== undefined ? Number(value.toFixed(digits)) : value;
  return formatValue(number, format === 'unit' ? specs[fact]?.unit : undefined);
}
