import type { Facts } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Severity, severities } from '../../kernel/findings.ts';
import { firstFew } from '../facts/first-few.ts';
import { cleanText } from '../facts/text.ts';
import type { VulnerabilityTarget } from './params.ts';
import type { OpenFinding, Reading } from './reading.ts';

const hourMs = 3_600_000;
/** Named in a reason; whoever wants all of them opens the source. */
const mostNamed = 3;

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
  const list = (found: Judged[]) =>
    found.length > 0 || complete ? firstFew(inOrder(found).map(say), mostNamed) : null;
  const late = open.filter(({ ageMs, deadlineMs }) => ageMs > deadlineMs);
  const soon = open.filter(({ ageMs, deadlineMs }) => ageMs <= deadlineMs && ageMs > (deadlineMs * warn_after) / 100);
  const [worst] = late.toSorted((a, b) => b.ageMs - b.deadlineMs - (a.ageMs - a.deadlineMs));
  const of = (found: Judged[], severity: Severity) => count(found.filter((one) => one.severity === severity));
  return {
    ...Object.fromEntries(severities.map((severity) => [severity, of(open, severity)])),
    overdue: count(late),
    ...Object.fromEntries(severities.map((severity) => [`${severity}_overdue`, of(late, severity)])),
    overdue_of: list(late),
    oldest_overdue: worst ? nameOf(worst) : null,
    oldest_overdue_age_h: worst ? hours(worst.ageMs) : null,
    oldest_overdue_deadline_h: worst ? hours(worst.deadlineMs) : null,
    due_soon: count(soon),
    due_soon_of: list(soon),
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

/** `critical CVE-2026-1234 in lodash, package-lock.json: open 3 d (limit 1 d)`. */
function say(finding: Judged): string {
  return `${nameOf(finding)}: open ${formatDuration(finding.ageMs)} (limit ${formatDuration(finding.deadlineMs)})`;
}

function nameOf({ severity, id, package: name, where }: Judged): string {
  const places = [name, where].filter(Boolean).map((place) => cleanText(place, 80));
  const place = places.length > 0 ? ` in ${places.join(', ')}` : '';
  return `${severity} ${cleanText(id, 80)}${place}`;
}

function hours(ms: number): number {
  return Math.round(ms / hourMs);
}
