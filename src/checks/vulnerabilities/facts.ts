import type { Facts } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Severity, severities } from '../../kernel/findings.ts';
import { few } from '../facts/few.ts';
import { firstFew } from '../facts/first-few.ts';
import { cleanText } from '../facts/text.ts';
import type { VulnerabilityTarget } from './params.ts';
import type { OpenFinding, Reading } from './reading.ts';

const hourMs = 3_600_000;
/** Beside the first: what a reason has room for. */
const mostOthers = 2;

type Judged = OpenFinding & { ageMs: number; deadlineMs: number };

/** Facts of what is open against its deadlines; null where nothing is known. Where more is open than was read, "none" is not known. Pure. */
export function openFacts(
  reading: Reading | null,
  { deadlines, warn_after }: Pick<VulnerabilityTarget, 'deadlines' | 'warn_after'>,
  now: Date,
): Facts {
  const open = (reading?.open ?? []).map((finding): Judged => {
    const ageMs = Math.max(0, now.getTime() - finding.since.getTime());
    return { ...finding, ageMs, deadlineMs: deadlines[finding.severity] };
  });
  const complete = reading !== null && reading.cutOff.length === 0;
  const count = (found: readonly Judged[]) => (found.length > 0 || complete ? found.length : null);
  const named = (name: string, found: Judged[]) => {
    const said = inOrder(found);
    const known = found.length > 0 || complete;
    return {
      [name]: count(found),
      [`${name}_of`]: known ? few(said.map(say)) : null,
      [`${name}_first`]: said[0] ? say(said[0]) : null,
      [`${name}_others`]: known ? firstFew(said.slice(1).map(shortNameOf), mostOthers) : null,
    };
  };
  const late = open.filter(({ ageMs, deadlineMs }) => ageMs > deadlineMs);
  const soon = open.filter(({ ageMs, deadlineMs }) => ageMs <= deadlineMs && ageMs > (deadlineMs * warn_after) / 100);
  const [worst] = late.toSorted((a, b) => b.ageMs - b.deadlineMs - (a.ageMs - a.deadlineMs));
  const of = (found: Judged[], severity: Severity) => count(found.filter((one) => one.severity === severity));
  return {
    ...Object.fromEntries(severities.map((severity) => [severity, of(open, severity)])),
    ...named('overdue', late),
    ...Object.fromEntries(severities.map((severity) => [`${severity}_overdue`, of(late, severity)])),
    oldest_overdue: worst ? shortNameOf(worst) : null,
    oldest_overdue_age_h: worst ? hours(worst.ageMs) : null,
    oldest_overdue_deadline_h: worst ? hours(worst.deadlineMs) : null,
    ...named('due_soon', soon),
    suppressed: reading?.suppressed ?? null,
    ...Object.fromEntries(severities.map((severity) => [`${severity}_deadline_h`, hours(deadlines[severity])])),
    complete: reading === null ? null : complete,
    cut_off: reading?.cutOff.map((severity) => `more ${severity} ones than the oldest that were read`) ?? null,
    unread: reading?.unread ?? [],
  };
}

/** Gravest first, then oldest. */
function inOrder(found: Judged[]): Judged[] {
  return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.ageMs - a.ageMs);
}

/** `critical CVE-2026-1234 open 3 d (limit 1 d) in lodash, package-lock.json`. */
function say({ severity, id, ageMs, deadlineMs, package: name, where }: Judged): string {
  const places = [name, where].filter(Boolean).map((place) => cleanText(place, 80));
  const place = places.length > 0 ? ` in ${places.join(', ')}` : '';
  const age = `open ${formatDuration(ageMs)} (limit ${formatDuration(deadlineMs)})`;
  return `${severity} ${shortNameOf({ id })} ${age}${place}`;
}

function shortNameOf({ id }: Pick<Judged, 'id'>): string {
  return cleanText(id, 40);
}

function hours(ms: number): number {
  return Math.round(ms / hourMs);
}
