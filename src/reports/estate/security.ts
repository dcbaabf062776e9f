import type { CheckReport } from '../../health/model.ts';
import type { ReportLine } from '../model.ts';
import { countOf, figure, isMeasured, listOf, numberOf } from './facts.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
type Severity = (typeof severities)[number];

/** Types that count findings by severity. */
const counting = ['security-findings', 'vulnerabilities'];
export const countsFindings = ({ type }: Pick<CheckReport, 'type'>) => counting.includes(type);

/** What checks count in all; null = not all of it is known. */
export interface Findings {
  counts: Record<Severity, number | null>;
  /** Not older than a day, of the sources that tell. */
  fresh: number | null;
}

/** The findings of all checks together. Pure. */
export function findingsOf(checks: readonly CheckReport[]): Findings {
  const sources = checks.filter(countsFindings);
  const total = (name: string, of: readonly CheckReport[]) =>
    of.reduce<number | null>((sum, check) => {
      const value = isMeasured(check) ? numberOf(check, name) : null;
      return sum === null || value === null ? null : sum + value;
    }, 0);
  const counts = Object.fromEntries(severities.map((name) => [name, total(name, sources)])) as Findings['counts'];
  const fresh = total(
    'new_24h',
    sources.filter(({ type }) => type === 'security-findings'),
  );
  return { counts, fresh };
}

/** Of checks that are ok, which counts are not known, and why. Pure. */
export function unknownFindings(checks: readonly CheckReport[]): string[] {
  return checks.filter(countsFindings).flatMap((check) => {
    if (check.outcome !== 'ok') return [];
    const missing = severities.filter((name) => numberOf(check, name) === null);
    if (missing.length === 0) return [];
    const unread = listOf(check, 'unread') ?? [];
    return [`${check.id}: ${missing.join(', ')} not known${unread.length > 0 ? `: ${unread.join(', ')}` : ''}`];
  });
}

/** More grave findings than in the report before, as lines: no check tells that. Pure. */
export function risen({ counts }: Findings, before: Record<string, number>): ReportLine[] {
  return (['critical', 'high'] as const).flatMap((name) => {
    const [now, was] = [counts[name], before[name]];
    if (now === null || was === undefined || now <= was) return [];
    const text = `${figure(now)} ${name} findings, ${figure(was)} in the report before`;
    return [{ mark: 'warn', text, next: 'see which are new, and who mends them by when' }];
  });
}

/** The few words of a calm day. Pure. */
export function findingsWords({ counts: { critical, high }, fresh }: Findings): string {
  if (critical === 0 && high === 0 && fresh === 0) return 'no unusual activity';
  return `security: critical ${figure(critical)}, high ${figure(high)}, new in 24 h ${figure(fresh)}`;
}

/** What else a check of security measured, by its type. Pure. */
export function activityOf(check: CheckReport): string {
  if (!isMeasured(check)) return check.reason;
  const parts = Object.entries(watched[check.type] ?? {}).flatMap(([name, words]) => {
    const list = listOf(check, name);
    const value = list ? countOf(list) : numberOf(check, name);
    return check.facts[name] === undefined ? [] : [`${words} ${figure(value)}`];
  });
  return parts.join(', ') || check.reason;
}

const watched: Record<string, Record<string, string>> = {
  waf: { blocked: 'blocked in 24 h', blocked_before: 'the day before', allowed: 'allowed', spikes: 'spikes' },
  cloudtrail: { failed_logins: 'failed logins', denied: 'refused calls', deletions: 'deletions', changes: 'changes' },
  'access-posture': {
    ...{ users_without_mfa: 'users without MFA', old_keys: 'old keys', changes: 'changes of roles and policies' },
    open_admin: 'admin ports open to anybody',
  },
  'security-findings': { overdue: 'past their deadline', threats: 'threats' },
  vulnerabilities: { overdue: 'past their deadline', due_soon: 'due soon', suppressed: 'suppressed' },
};
