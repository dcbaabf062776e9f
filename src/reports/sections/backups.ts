import { z } from 'zod';
import { duration, identifier } from '../../config/schema/scalars.ts';
import type { CheckReport } from '../../health/model.ts';
import { aboutChecks, aboutKeys, attentionFor, countWords, openLines, showKey, stateCell } from '../estate/about.ts';
import { backupsOf } from '../estate/backups.ts';
import { paramsOf } from '../estate/facts.ts';
import { fewLines, fewRows } from '../estate/few.ts';
import { restoreTestOf } from '../estate/restore.ts';
import { defineReportSection, type SectionContext } from '../section.ts';

const hour = 3_600_000;
const day = 24 * hour;

const options = z.strictObject({
  ...aboutKeys,
  snapshots_within: duration(hour, 31 * day)
    .prefault('26h')
    .describe('how old the newest automated snapshot of an `rds` check may be'),
  restore_test: identifier
    .optional()
    .describe('the `heartbeat` check, or the checklist, that stands for restoring a backup to try it'),
  restore_within: duration(day, 400 * day)
    .prefault('35d')
    .describe('how long ago that may be'),
  show: showKey,
});

/** Backups against how old they may be. */
export default defineReportSection({
  name: 'backups',
  summary: 'Backups: how many are young enough, the restore test, and in the thread the age of each against its limit',
  options,
  async run(ctx, { checks, groups, show, snapshots_within, restore_test, restore_within }) {
    const about = await aboutChecks(ctx, { checks, groups }, (check) => isBackup(ctx, check));
    const backups = backupsOf(ctx, about.checks, snapshots_within);
    const restore = restore_test === undefined ? undefined : await restoreTestOf(ctx, restore_test, restore_within);
    const counts = backups.flatMap(({ count }) => count ?? []);
    const unread = backups.length - counts.length;
    const total = {
      good: counts.reduce((sum, { good }) => sum + good, 0),
      of: counts.reduce((sum, { of }) => sum + of, 0),
    };
    const own = [
      ...fewLines(
        backups.flatMap(({ line }) => line ?? []),
        { of: 'databases lack a young snapshot', line: (line) => line },
      ),
      ...(restore?.line ? [restore.line] : []),
    ];
    const unknown = [...about.unknown, ...backups.flatMap((each) => each.unknown ?? []), restore?.unknown ?? []].flat();
    const ages = backups.flatMap(({ ageH }) => ageH ?? []);
    // Those of a database that fails for another reason are told of by `changes` and `open`, and not as backups.
    const counted = about.checks.filter(({ type }) => type !== 'rds');
    const beside = restore?.check && !counted.some(({ id }) => id === restore_test) ? [restore.check] : [];
    const told = [...counted, ...beside];
    const briefs = [
      backups.length > 0 ? `backups ${countWords(total, counted)}${unread > 0 ? `, ${unread} not read` : ''}` : '',
      restore?.brief ?? '',
    ].filter(Boolean);
    return {
      title: 'Backups',
      attention: attentionFor({ checks: told, unknown }, show, own),
      lines: [...openLines(told, show), ...own],
      unknown,
      ...(briefs.length > 0 && { brief: briefs.join(', ') }),
      tables: [
        ...fewRows(backups, {
          title: 'Backups',
          columns: ['Check', 'State', 'Newest', 'Limit', 'What'],
          row: ({ check, newest, limit, what }) => [check.id, stateCell(check.outcome), newest, limit, what],
        }),
        ...(restore ? [{ title: 'Restore test', columns: ['What', 'Last', 'Limit'], rows: [restore.row] }] : []),
      ],
      values: { ...total, ...(ages.length > 0 && { oldest_h: Math.max(...ages) }) },
    };
  },
});

function isBackup(ctx: SectionContext, { id, type, group }: CheckReport): boolean {
  if (type === 'backup' || type === 's3-objects') return true;
  if (type === 'heartbeat') return /backup/i.test(id) || /backup/i.test(group);
  return type === 'rds' && paramsOf(ctx, id, z.object({ backups: z.boolean() }))?.backups !== false;
}
