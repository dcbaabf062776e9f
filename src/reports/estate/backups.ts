import { z } from 'zod';
import type { CheckReport } from '../../health/model.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { isOpen } from '../check-line.ts';
import type { ReportLine } from '../model.ts';
import type { SectionContext } from '../section.ts';
import { countOf, figure, isMeasured, listOf, numberOf, paramsOf, textOf } from './facts.ts';

const hourMs = 3_600_000;

/** What one check says of backups. */
export interface Backup {
  check: CheckReport;
  /** How many things it looks after, and of how many the newest backup is young enough; absent = not known. */
  count?: { good: number; of: number };
  /** Age of the newest backup, of several resources of the one that is worst off. */
  newest: string;
  limit: string;
  /** Which resources are the trouble, or what else there is to know. */
  what: string;
  ageH: number | null;
  /** Told by no check: what is not as it should be, or why that is not known. */
  line?: ReportLine;
  unknown?: string;
}

/** What these checks say of backups. `snapshotsMs`: how old the newest snapshot of a database may be. */
export function backupsOf(ctx: SectionContext, checks: readonly CheckReport[], snapshotsMs: number): Backup[] {
  return checks.map((check) => {
    if (!isMeasured(check))
      return { check, count: { good: 0, of: 1 }, newest: 'unknown', limit: '–', what: check.reason, ageH: null };
    if (check.type === 'backup') return ofResources(check, paramsOf(ctx, check.id, z.object({ rpo: z.number() }))?.rpo);
    if (check.type === 'rds') return ofSnapshots(check, snapshotsMs);
    if (check.type === 's3-objects') return ofObjects(check);
    const age = textOf(check, 'age');
    const due = textOf(check, 'expected_at');
    return { ...plain(check), newest: age ?? 'unknown', limit: due === null ? '–' : `next due ${due}` };
  });
}

/** One thing, which is as well as its check. */
function plain(check: CheckReport): Backup {
  const good = check.outcome === 'ok' ? 1 : 0;
  return { check, count: { good, of: 1 }, newest: 'unknown', limit: '–', what: check.reason, ageH: null };
}

function ofResources(check: CheckReport, rpoMs: number | undefined): Backup {
  const all = numberOf(check, 'protected');
  const [overdue, missing] = [listOf(check, 'overdue'), listOf(check, 'missing')];
  const ageH = numberOf(check, 'oldest_h');
  const late = [...(overdue ?? []), ...(missing ?? []).map((name) => `${name} missing`)];
  const seen = {
    ...{ check, ageH, newest: ageWords(ageH), limit: rpoMs === undefined ? '–' : formatDuration(rpoMs) },
    what: late.join(', ') || `the oldest of ${figure(all)}: ${textOf(check, 'oldest_of') ?? 'unknown'}`,
  };
  if (all === null || overdue === null || missing === null) {
    const why = `${check.id}: not all resources were read${unreadWords(check)}`;
    return { ...seen, ...(check.outcome === 'ok' && { unknown: why }) };
  }
  return { ...seen, count: { good: Math.max(0, all - countOf(overdue)), of: all + countOf(missing) } };
}

function ofObjects(check: CheckReport): Backup {
  const ageH = numberOf(check, 'newest_age_h');
  const missing = listOf(check, 'missing') ?? [];
  const limit = `of the last ${(numberOf(check, 'present') ?? 0) + countOf(missing)} periods, ${figure(numberOf(check, 'present'))} are there`;
  const what = [textOf(check, 'newest_key') ?? '', missing.length > 0 ? `missing: ${missing.join(', ')}` : ''];
  return { ...plain(check), ageH, newest: ageWords(ageH), limit, what: what.filter(Boolean).join('; ') };
}

/** A database is not ok for many reasons: here its snapshots count alone. */
function ofSnapshots(check: CheckReport, limitMs: number): Backup {
  const [days, snapshots, ageH] = ['backup_retention_days', 'snapshots', 'newest_snapshot_h'].map((name) =>
    numberOf(check, name),
  );
  const limit = formatDuration(limitMs);
  const seen = { check, ageH: ageH ?? null, newest: ageWords(ageH ?? null), limit };
  const kept = days === null || days === undefined ? '' : `kept for ${figure(days)} d`;
  if (days === 0) return bad('automated backups are off', { ...seen, what: 'automated backups are off' });
  if (snapshots === 0) return bad(`no snapshot, ${kept}`, { ...seen, newest: 'none', what: kept });
  if (ageH === null || ageH === undefined) {
    const unknown = `${check.id}: snapshots were not read${unreadWords(check)}`;
    return { ...seen, what: unreadWords(check) || kept, ...(check.outcome === 'ok' && { unknown }) };
  }
  if (ageH * hourMs > limitMs)
    return bad(`the newest snapshot is ${ageWords(ageH)} old (limit ${limit})`, { ...seen, what: kept });
  return { ...seen, what: kept, count: { good: 1, of: 1 } };
}

function bad(words: string, seen: Backup): Backup {
  const { check } = seen;
  const line: ReportLine = {
    ...{ mark: 'warn', text: `${check.id}: ${words}`, next: 'see its backup settings and events in RDS' },
    ...(check.owner !== undefined && { owner: check.owner }),
  };
  return { ...seen, count: { good: 0, of: 1 }, ...(!isOpen(check) && check.outcome !== 'muted' && { line }) };
}

function ageWords(hours: number | null): string {
  return hours === null ? 'unknown' : formatDuration(hours * hourMs);
}

function unreadWords(check: CheckReport): string {
  const unread = listOf(check, 'unread') ?? [];
  return unread.length > 0 ? `: ${unread.join(', ')}` : '';
}
