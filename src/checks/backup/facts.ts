import type { Rules } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { withUnread } from '../aws/unread.ts';
import type { BackupTarget } from './params.ts';

const notRead = 'null if not read, or not all of it';

export const backupFacts = withUnread({
  protected: { type: 'number', help: 'resources that AWS Backup has backups of, without exceptions' },
  overdue: {
    type: 'list',
    help: 'those whose newest backup is older than `rpo`: `RDS main 31.5 h`, `S3 papers never`',
  },
  missing: { type: 'list', help: 'of `resources`, those that AWS Backup has no backup of' },
  types_missing: { type: 'list', help: 'of `types`, those of which AWS Backup has no backup at all' },
  oldest_h: { type: 'number', unit: 'h', help: 'age of the newest backup of the resource that is worst off' },
  oldest_of: { type: 'string', help: 'the resource that is worst off' },
  jobs: { type: 'number', help: `backup jobs created in the window; ${notRead}` },
  completed: { type: 'number', help: `of these, completed; ${notRead}` },
  running: { type: 'number', help: `of these, still to start or under way; ${notRead}` },
  completed_in_rpo: { type: 'number', help: `backup jobs created within \`rpo\` that completed; ${notRead}` },
  failed: {
    type: 'list',
    help: 'jobs of the window, or of `rpo` if that is longer, that failed, expired or were aborted, with AWS’s reason, and no later one of the same resource completed',
  },
  recovered: { type: 'list', help: 'jobs that failed, and a later one of the same resource completed' },
  partial: { type: 'list', help: 'jobs that backed up a part of what they should' },
  with_issues: { type: 'list', help: 'jobs that completed with a message other than success' },
  copies: { type: 'number', help: `copy jobs created in the window; ${notRead}` },
  copies_failed: {
    type: 'list',
    help: 'copy jobs of the window, or of `copy_rpo` if that is longer, that failed, and no later one of the same resource completed',
  },
  copies_overdue: {
    type: 'list',
    help: 'resources whose newest copy to another region is older than `copy_rpo` (by the start of the copy job); null without it',
  },
  copy_oldest_h: { type: 'number', unit: 'h', help: 'age of the newest copy of the resource that is worst off' },
  vaults: { type: 'number', help: `backup vaults; ${notRead}` },
  vaults_missing: { type: 'list', help: 'of `vaults`, those that are not there' },
  vaults_empty: { type: 'list', help: 'vaults without a recovery point' },
  plans: {
    type: 'list',
    help: 'rules of the plans as they are: schedule, vault, how long backups are kept, when they go to cold storage (AWS keeps them 90 d more there at least), copies',
  },
  plans_missing: { type: 'list', help: 'of `plans`, those that are not there' },
  kept_too_short: { type: 'list', help: 'plans no rule of which keeps backups as long as `plans` wants' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function backupRules({ rpo, copy_rpo, types, resources, vaults, plans }: BackupTarget): Partial<Rules> {
  const limit = formatDuration(rpo);
  const copyLimit = formatDuration(copy_rpo ?? 0);
  return {
    fail: [
      ...(types
        ? [
            {
              when: 'size(types_missing) > 0',
              say: 'no backup of any {types_missing}: correct types, or add such resources to a plan',
            },
          ]
        : []),
      { when: 'size(failed) > 0', say: 'backup jobs failed: {failed}; mend the cause and start them again' },
      {
        when: 'completed_in_rpo == 0',
        say: `no backup job of the last ${limit} completed: see the plans’ schedules and their role`,
      },
      {
        when: 'size(overdue) > 0',
        say: `no backup of the last ${limit}: {overdue}; back up now, or name it in except`,
      },
      ...(resources ? [{ when: 'size(missing) > 0', say: 'without any backup: {missing}; add them to a plan' }] : []),
      { when: 'size(copies_failed) > 0', say: 'copies failed: {copies_failed}; mend the cause and copy again' },
      ...(copy_rpo === undefined
        ? []
        : [{ when: 'size(copies_overdue) > 0', say: `no copy elsewhere of the last ${copyLimit}: {copies_overdue}` }]),
      ...(vaults ? [{ when: 'size(vaults_missing) > 0', say: 'backup vaults are gone: {vaults_missing}' }] : []),
      ...(plans ? [{ when: 'size(plans_missing) > 0', say: 'backup plans are gone: {plans_missing}' }] : []),
    ],
    warn: [
      { when: 'size(partial) > 0', say: 'backed up in part: {partial}' },
      { when: 'size(with_issues) > 0', say: 'completed with issues: {with_issues}' },
      { when: 'size(recovered) > 0', say: 'failed and then completed: {recovered}' },
      ...(plans
        ? [
            {
              when: 'size(kept_too_short) > 0',
              say: 'backups are not kept long enough: {kept_too_short}; edit the plan',
            },
          ]
        : []),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}
