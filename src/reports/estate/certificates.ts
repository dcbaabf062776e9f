import type { CheckReport } from '../../health/model.ts';
import { isMeasured, listOf, numberOf, textOf } from './facts.ts';

interface Certificate {
  check: CheckReport;
  name: string;
  /** Negative once it is over. */
  days: number;
  /** `2027-01-12`. */
  ends: string | null;
  /** What else there is behind it. */
  more: string | null;
}

/** What checks tell of certificates, soonest first, and of which that are ok the end is not known. Pure. */
export function certificatesOf(checks: readonly CheckReport[]): { known: Certificate[]; unknown: string[] } {
  const found = checks.map((check) => ({ check, days: isMeasured(check) ? numberOf(check, 'days_left') : null }));
  const known = found.flatMap(({ check, days }) => (days === null ? [] : [certificateOf(check, days)]));
  return {
    known: known.toSorted((a, b) => a.days - b.days || a.name.localeCompare(b.name)),
    // Of the others `changes` and `open` tell; ACM without a certificate in use has no end to know.
    unknown: found
      .filter(({ check, days }) => days === null && check.outcome === 'ok' && check.facts.in_use !== 0)
      .map(({ check }) => `${check.id}: the days left are not known`),
  };
}

function certificateOf(check: CheckReport, days: number): Certificate {
  const acm = check.type === 'acm';
  const name = acm ? textOf(check, 'first_to_expire') : listOf(check, 'names')?.[0];
  const ends = textOf(check, acm ? 'first_not_after' : 'not_after');
  const others = (numberOf(check, 'in_use') ?? 1) - 1;
  const soon = ['expired', 'expiring_now', 'expiring'].flatMap((list) => listOf(check, list) ?? []);
  const inWords = [others > 0 ? `and ${others} more in use, later` : '', soon.join(', ')].filter(Boolean);
  return {
    ...{ check, days, name: name ?? check.id, ends: ends === null ? null : ends.slice(0, 10) },
    more: inWords.join('; ') || null,
  };
}

/** `≥ 47 d`; once one is over `one over for 3 d`. */
export function leftWords(days: number): string {
  return days < 0 ? `one over for ${Math.ceil(-days)} d` : `≥ ${Math.floor(days)} d`;
}
