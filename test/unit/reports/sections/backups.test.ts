import { describe, expect, it } from 'vitest';
import section from '../../../../src/reports/sections/backups.ts';
import { checkReport, noon } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';

const hour = 3_600_000;
const day = 24 * hour;
const vault = (over = {}, facts = {}) =>
  checkReport('vault', {
    ...{ type: 'backup', owner: '@data', ...over },
    facts: { protected: 4, overdue: [], missing: [], oldest_h: 5.5, oldest_of: 'RDS main', unread: [], ...facts },
  });
const database = (over = {}, facts = {}) =>
  checkReport('main-db', {
    ...{ type: 'rds', owner: '@data', ...over },
    facts: { backup_retention_days: 7, snapshots: 7, newest_snapshot_h: 9, unread: [], ...facts },
  });
const dump = checkReport('dumps', {
  type: 's3-objects',
  facts: { present: 7, missing: [], newest_age_h: 10, newest_key: '2026/11/23/backup.dump' },
});
const job = checkReport('nightly-backup', { type: 'heartbeat', facts: { age: '10 h', age_s: 36_000 } });
const params = { vault: { rpo: 6 * hour }, 'main-db': { backups: true } };
const run = (checks: Parameters<typeof runSection>[1], options = {}) =>
  runSection(section, { params, ...checks }, options);

describe('backups in a report', () => {
  it('are counted by what they back up, with the age of each against its limit in the thread', async () => {
    const made = await run({ checks: [vault(), database(), dump, job, checkReport('mail', { type: 'heartbeat' })] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], brief: 'backups 7/7' });
    expect(made.values).toEqual({ good: 7, of: 7, oldest_h: 10 });
    expect(rowsOf(made, 'Backups')).toEqual([
      ['dumps', '🟢 OK', '10 h', 'of the last 7 periods, 7 are there', '2026/11/23/backup.dump'],
      ['main-db', '🟢 OK', '9 h', '1 d 2 h', 'kept for 7 d'],
      ['nightly-backup', '🟢 OK', '10 h', '–', 'status 200'],
      ['vault', '🟢 OK', '5 h 30 min', '6 h', 'the oldest of 4: RDS main'],
    ]);
  });

  it('that are too old are counted and told in the thread, and in the message if so wished', async () => {
    const late = vault(
      { outcome: 'fail', reason: 'RDS main 31.5 h' },
      { overdue: ['RDS main 31.5 h'], missing: ['papers'] },
    );
    const made = await run({ checks: [late, dump] });
    expect(made).toMatchObject({ attention: 'none', brief: 'backups 4/6 (1 fail)' });
    expect(made.lines).toMatchObject([{ mark: 'fail', item: 'check/vault', owner: '@data', threadOnly: true }]);
    expect(rowsOf(made, 'Backups')[0]?.[4]).toBe('RDS main 31.5 h, papers missing');
    expect((await run({ checks: [late] }, { show: 'always' })).attention).toBe('act');
  });

  it('count names that a check only counts', async () => {
    const overdue = [...Array.from({ length: 20 }, (_, at) => `EBS vol-${at} 40 h`), 'and 5 more'];
    expect((await run({ checks: [vault({ outcome: 'fail' }, { protected: 30, overdue })] })).brief).toBe(
      'backups 5/30 (1 fail)',
    );
  });

  it('that could not be read are unknown, and never well', async () => {
    const made = await run({ checks: [denied('vault', { type: 'backup' }), dump] });
    expect(made.brief).toBe('backups 1/2 (1 unknown)');
    expect(made.lines).toMatchObject([{ mark: 'unknown', text: 'vault: AccessDenied: not allowed to read vault' }]);
    const half = await run({
      checks: [vault({}, { protected: null, unread: ['backup:ListProtectedResources: AccessDenied'] })],
    });
    expect(half).toMatchObject({ attention: 'look', brief: 'backups 0/0, 1 not read' });
    expect(half.unknown).toEqual(['vault: not all resources were read: backup:ListProtectedResources: AccessDenied']);
  });

  it.each([
    ['without snapshots for a day', { newest_snapshot_h: 30 }, 'the newest snapshot is 1 d 6 h old (limit 1 d 2 h)'],
    ['with backups off', { backup_retention_days: 0, snapshots: 0 }, 'automated backups are off'],
    ['with no snapshot at all', { snapshots: 0, newest_snapshot_h: null }, 'no snapshot, kept for 7 d'],
  ])('of a database %s are told though the check is ok', async (_what, facts, words) => {
    const made = await run({ checks: [database({}, facts)] });
    expect(made).toMatchObject({ attention: 'look', brief: 'backups 0/1' });
    expect(saidLines(made)).toEqual([`main-db: ${words}`]);
    // The check tells it itself.
    const told = await run({ checks: [database({ outcome: 'fail', reason: words }, facts)] });
    expect(saidLines(told)).toEqual([]);
  });

  it('of a database that fails for another reason are well', async () => {
    const busy = database({ outcome: 'warn', reason: 'CPU 95 %' });
    expect(await run({ checks: [busy] })).toMatchObject({ attention: 'none', brief: 'backups 1/1', lines: [] });
  });

  it('of a database whose snapshots were not read are unknown', async () => {
    const unread = ['rds:DescribeDBSnapshots: AccessDenied'];
    const made = await run({ checks: [database({}, { snapshots: null, newest_snapshot_h: null, unread })] });
    expect(made).toMatchObject({ attention: 'look', brief: 'backups 0/0, 1 not read' });
    expect(made.unknown).toEqual(['main-db: snapshots were not read: rds:DescribeDBSnapshots: AccessDenied']);
  });

  it('are none of a replica that is configured without', async () => {
    const made = await run({ checks: [database()], params: { 'main-db': { backups: false } } });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('are nothing to speak of where none are configured', async () => {
    const made = await run({ checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', lines: [], unknown: [], tables: [] });
    expect(made.brief).toBeUndefined();
  });

  it('are counted, 5,000 of them, and a few are listed', async () => {
    const checks = manyChecks(5_000, { type: 's3-objects', facts: { present: 7, missing: [], newest_age_h: 3 } });
    const made = await run({ checks });
    expect(made.brief).toBe('backups 5000/5000');
    expect(rowsOf(made, 'Backups')).toHaveLength(60);
  });
});

describe('a restore test in a report', () => {
  const options = { restore_test: 'restore-drill', restore_within: '30d' };
  const drill = (days: number, how: 'done' | 'closed' = 'done') => {
    const at = new Date(noon.getTime() - days * day);
    return {
      id: days,
      name: 'restore-drill',
      title: 'Restore drill',
      startedAt: at,
      done: 3,
      total: 3,
      closed: { at, how },
    };
  };

  it('is so many days ago, by the checklist', async () => {
    const made = await run({ checks: [dump], ended: [drill(60), drill(12), drill(3, 'closed')] }, options);
    expect(made).toMatchObject({ attention: 'none', brief: 'backups 1/1, restore tested 12 d ago', lines: [] });
    expect(rowsOf(made, 'Restore test')).toEqual([['restore-drill', '12 d ago', '30 d']]);
  });

  it('is found behind very many other checklists, of which only 500 are told at a time', async () => {
    const daily = Array.from({ length: 3_000 }, (_, at) => ({ ...drill(390 - at / 8), name: 'morning' }));
    const all = [...daily, drill(20)].toSorted((a, b) => a.closed.at.getTime() - b.closed.at.getTime());
    const endedBetween = async (from: Date, to: Date) =>
      all.filter(({ closed: { at } }) => at >= from && at < to).slice(0, 500);
    const checklists = { open: async () => [], endedBetween };
    expect((await run({ sources: { checklists } }, options)).brief).toBe('restore tested 20 d ago');
  });

  it('is missed when it is too long ago, or never was', async () => {
    const made = await run({ ended: [drill(31)] }, options);
    expect(made.attention).toBe('look');
    expect(saidLines(made)).toEqual(['restore-drill: the last restore test was 31 d ago (limit 30 d)']);
    expect(saidLines(await run({}, options))).toEqual(['restore-drill: no restore test is known (limit 30 d)']);
  });

  it('is the last success of a job', async () => {
    const checks = [
      checkReport('restore-drill', { type: 'heartbeat', facts: { age_s: 10 * 86_400, last_ok_at: '…' } }),
    ];
    expect((await run({ checks }, options)).brief).toBe('restore tested 10 d ago');
    const never = [checkReport('restore-drill', { type: 'heartbeat', facts: { age_s: null, last_ok_at: 'never' } })];
    expect((await run({ checks: never }, options)).brief).toBe('restore never tested');
  });

  it('of a job that could not be measured is unknown', async () => {
    const made = await run({ checks: [denied('restore-drill', { type: 'heartbeat' })] }, options);
    expect(made.brief).toBe('restore test unknown');
    expect(made.lines).toMatchObject([{ mark: 'unknown', item: 'check/restore-drill', threadOnly: true }]);
  });
});
