import { formatDuration } from '../../kernel/duration.ts';
import { type Severity, severities } from '../../kernel/findings.ts';
import { few, tally } from '../facts/few.ts';
import { type Finding, type OfSeverity, type Reading, type Source, sourceNames } from './finding.ts';

const dayMs = 86_400_000;

export type Deadlines = Record<Severity, number>;
/** What each source that was asked says; null = it could not be read. */
export type Readings = Partial<Record<Source, Reading | null>>;

interface Situation {
  now: Date;
  /** Ms from a finding to its deadline. */
  deadlines: Deadlines;
}

/** The findings of all sources together. What was not read may hold more: then no fact says that there is none. */
export function findingFacts(readings: Readings, { now, deadlines }: Situation) {
  const asked = Object.entries(readings) as [Source, Reading | null][];
  const open = asked.flatMap(([source, reading]) =>
    severities.flatMap((severity) => {
      const found = reading?.open?.[severity];
      return found ? [{ source, severity, ...found, count: Math.max(found.count ?? 0, found.read.length) }] : [];
    }),
  );
  const isRead = (severity: Severity) => asked.every(([, reading]) => reading?.open?.[severity] !== undefined);
  const allRead = severities.every(isRead);
  const orNull = (count: number, among: typeof open, read: boolean) =>
    count > 0 || (read && !among.some(isBlind)) ? count : null;
  const countOf = (severity: Severity) => {
    const among = open.filter((one) => one.severity === severity);
    return orNull(
      among.reduce((sum, { count }) => sum + count, 0),
      among,
      isRead(severity),
    );
  };
  const late = open
    .map((one) => ({ ...one, late: one.read.filter((finding) => isLate(finding, now, deadlines)) }))
    .filter((one) => one.late.length > 0);
  const complete = allRead && open.every((one) => one.complete);
  const found = open.flatMap(({ read }) => read);
  const guardDuty = open.filter(
    ({ source, severity }) => source === 'guardduty' && (severity === 'critical' || severity === 'high'),
  );
  const off = asked.flatMap(([, reading]) => reading?.off ?? []);
  return {
    critical: countOf('critical'),
    high: countOf('high'),
    medium: countOf('medium'),
    low: countOf('low'),
    new_24h: complete ? found.filter(({ since }) => now.getTime() - since.getTime() <= dayMs).length : null,
    // Oldest first: what lies past the first that were read is younger than they are.
    overdue: orNull(
      late.reduce((sum, one) => sum + one.late.length, 0),
      open,
      allRead,
    ),
    overdue_of: few(late.map((one) => sayLate(one, now, deadlines))),
    worst: few(
      open
        .filter(({ severity }) => severity === 'critical' || severity === 'high')
        .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
        .flatMap(({ source, severity, read }) =>
          tallied(read).map((what) => `${severity} ${what} (${sourceNames[source]})`),
        ),
    ),
    threats: threatsOf(readings, guardDuty),
    threats_of: few(guardDuty.flatMap(({ severity, read }) => tallied(read).map((what) => `${severity} ${what}`))),
    off: off.length > 0 || asked.every(([, reading]) => !reading || reading.off) ? few(off) : null,
    complete,
    cut_off: open
      .filter((one) => !one.complete)
      .map(({ source, severity, read }) => `${severity} of ${sourceNames[source]} past the oldest ${read.length}`),
  };
}

/** What lies past those that were read may be of any age: of these themselves none is left. */
function isBlind({ complete, read }: OfSeverity): boolean {
  return !complete && read.length === 0;
}

function isLate({ severity, since }: Finding, now: Date, deadlines: Deadlines): boolean {
  return now.getTime() - since.getTime() > deadlines[severity];
}

function sayLate(
  { source, severity, late }: { source: Source; severity: Severity; late: Finding[] },
  now: Date,
  deadlines: Deadlines,
): string {
  const oldest = Math.min(...late.map(({ since }) => since.getTime()));
  const [first, ...more] = tallied(late);
  const what = more.length > 0 ? `${first} and ${more.length} more` : first;
  const limit = formatDuration(deadlines[severity]);
  return `${late.length} ${severity} of ${sourceNames[source]}, oldest ${formatDuration(now.getTime() - oldest)} (limit ${limit}): ${what}`;
}

/** `EC2.19 ×3`, most frequent first. */
function tallied(findings: Finding[]): string[] {
  return tally(findings.map(({ what }) => what)).map(([what, times]) => (times > 1 ? `${what} ×${times}` : what));
}

/** GuardDuty's critical and high findings; null when it could not tell, 0 when it isn't asked. */
function threatsOf({ guardduty }: Readings, open: { count: number }[]): number | null {
  if (guardduty === null || (guardduty && !guardduty.open)) return null;
  const found = open.reduce((sum, { count }) => sum + count, 0);
  return found > 0 || !guardduty || (guardduty.open?.critical && guardduty.open.high) ? found : null;
}
