import type { CheckReport } from '../../health/model.ts';
import { isOpen } from '../check-line.ts';
import type { ReportLine } from '../model.ts';
import { countOf, figure, isMeasured, listOf, numberOf } from './facts.ts';

/** One thing that must be so: yes, no, nobody could find out, or somebody is at it in time. */
export interface Point {
  what: string;
  state: 'yes' | 'no' | 'unknown' | 'open';
  words: string;
  /** The check that it is read from: `changes` and `open` tell of it where it is not ok. */
  check?: CheckReport;
  owner?: string;
  next?: string;
  since?: string;
  item?: string;
}

export const pointMarks = { yes: '✓', no: '✗', unknown: '⚪ unknown', open: 'under way' } as const;
const marks = { yes: 'ok', no: 'fail', unknown: 'unknown', open: 'info' } as const;

/** What is asked of each type of check, beside whether it is ok: names of lists that must be empty, and what they hold. */
const asked: Record<string, { what: string; bad: Record<string, string>; seen: (check: CheckReport) => string }> = {
  encryption: {
    what: 'Encryption',
    bad: {
      databases_unencrypted: 'databases unencrypted',
      volumes_unencrypted: 'volumes unencrypted',
      buckets_unencrypted: 'buckets unencrypted',
      caches_unencrypted: 'caches unencrypted',
      caches_in_plain: 'caches without TLS',
    },
    seen: (check) =>
      counted(check, { databases: 'databases', volumes: 'volumes', buckets: 'buckets', caches: 'caches' }),
  },
  cloudtrail: {
    what: 'CloudTrail',
    bad: { stopped: 'trails stopped', missing: 'trails missing', unvalidated: 'trails without log file validation' },
    seen: (check) =>
      counted(check, { logging: 'trails that log', denied: 'refused calls', failed_logins: 'failed logins' }),
  },
  'access-posture': {
    what: 'Access',
    bad: { users_without_mfa_list: 'users without MFA', open_admin: 'admin ports open to anybody' },
    seen: (check) => counted(check, { users: 'users', users_without_mfa: 'without MFA', old_keys: 'old keys' }),
  },
};

export const complianceTypes = Object.keys(asked);

/** What these checks prove. One that is ok and found something that a rule lets pass proves the contrary. Pure. */
export function pointsOf(checks: readonly CheckReport[]): Point[] {
  return checks.map((check) => {
    const { id, type, outcome, reason, owner, next } = check;
    const known = asked[type];
    const what = `${known?.what ?? 'Check'} (${id})`;
    const told = { what, check, ...(owner !== undefined && { owner }), ...(next !== undefined && { next }) };
    if (!isMeasured(check)) return { ...told, state: 'unknown', words: reason };
    const bad = Object.entries(known?.bad ?? {}).flatMap(([fact, words]) => {
      const list = listOf(check, fact) ?? [];
      return list.length > 0 ? [`${countOf(list)} ${words}: ${list.slice(0, 5).join(', ')}`] : [];
    });
    if (bad.length > 0) return { ...told, state: 'no', words: bad.join('; ') };
    if (type === 'cloudtrail' && numberOf(check, 'logging') === 0)
      return { ...told, state: 'no', words: 'no trail logs' };
    if (outcome === 'fail' || outcome === 'warn') return { ...told, state: 'no', words: reason };
    // Nobody knows what a muted one would be.
    if (outcome === 'muted') return { ...told, state: 'unknown', words: `muted: ${reason}` };
    // A list that was not read is null; one that was not asked for has no number beside it, either.
    const unread = listOf(check, 'unread') ?? [];
    if (unread.length > 0) return { ...told, state: 'unknown', words: `not read: ${unread.join(', ')}` };
    return { ...told, state: 'yes', words: known?.seen(check) || reason };
  });
}

function counted(check: CheckReport, names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .flatMap(([fact, words]) => {
      const value = numberOf(check, fact);
      return value === null ? [] : [`${words} ${figure(value)}`];
    })
    .join(', ');
}

/** A point as a line. `isTold`: other sections tell of it. Pure. */
export function pointLine(point: Point, isTold: boolean): ReportLine {
  const { what, words, state, owner, next, since, item } = point;
  return {
    mark: marks[state],
    text: `${what}: ${words}`,
    ...(owner !== undefined && { owner }),
    ...(state !== 'yes' && next !== undefined && { next }),
    ...(since !== undefined && { since }),
    ...(item !== undefined && { item }),
    ...(isTold && { threadOnly: true as const }),
  };
}

/** Whether `changes` and `open` tell of it, or a mute says that somebody knows. Pure. */
export function isToldElsewhere({ check }: Point): boolean {
  return check !== undefined && (isOpen(check) || check.outcome === 'muted' || check.outcome === 'blocked');
}
