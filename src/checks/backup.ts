import { defineCheck, type Probe, Unmeasured } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectBackup } from './aws/backup.ts';
import { partitionOf } from './aws/params.ts';
import { part } from './aws/part.ts';
import { copyAgeFacts, kindFacts, planFacts, resourceFacts, vaultFacts } from './backup/estate.ts';
import { backupFacts, backupRules } from './backup/facts.ts';
import { completedSince, jobFacts, judgedJobs } from './backup/jobs.ts';
import { isJudged } from './backup/names.ts';
import { type BackupTarget, backupParams } from './backup/params.ts';
import {
  type BackupReader,
  backupJobs,
  copyJobs,
  plans,
  protectedResources,
  type Read,
  vaults,
} from './backup/read.ts';

/** AWS grants them on all resources only. */
const lists = [
  ...['backup:ListProtectedResources', 'backup:ListBackupJobs', 'backup:ListCopyJobs'],
  ...['backup:ListBackupVaults', 'backup:ListBackupPlans'],
];

export default defineCheck({
  type: 'backup',
  summary: 'AWS Backup: the newest backup of each resource, jobs that failed, copies to another region, vaults, plans',
  catalogue: ['H11'],
  params: backupParams,
  facts: () => backupFacts,
  rules: backupRules,
  okSays: '{protected} resources backed up, the oldest {oldest_h} ago; {completed} jobs completed',
  iam: [...lists, 'backup:GetBackupPlan'],
  iamFor: ({ region = '*' }) => [
    ...lists,
    { action: 'backup:GetBackupPlan', resources: [`arn:${partitionOf(region)}:backup:${region}:*:backup-plan:*`] },
  ],
  describe: ({ types }) => `AWS Backup of ${types?.join(', ') ?? 'all resources'}`,
  lane: (target) => awsLane('backup', target),
  example: `- id: backups
  group: data
  every: 15m
  timeout: 30s
  backup:
    rpo: 26h
    resources: [shop-main, shop-papers]
    plans: {daily: 30d}
    region: eu-west-1
`,
  async run(probe: Probe<BackupTarget>) {
    const { target, signal, partsSignal, clock } = probe;
    const now = clock.now();
    const reader: BackupReader = { backup: await connectBackup(whereOf(probe), signal), signal };
    const all = await protectedResources(reader);
    const judged = all.items.filter((resource) => isJudged(resource, target));
    if (judged.length === 0 && all.complete && !target.resources && !target.types) throw nothing(reader);
    const unread: string[] = [];
    if (!all.complete) unread.push(`protected resources past the first ${all.items.length}`);
    const beside: BackupReader = { ...reader, signal: partsSignal };
    const [jobs, copies, vaultsRead, plansRead] = await Promise.all([
      part(unread, signal, () => readJobs(beside, target, now, unread)),
      part(unread, signal, () => readCopies(beside, target, { judged, now, unread })),
      part(unread, signal, () => vaults(beside)),
      part(unread, signal, () => plans(beside)),
    ]);
    cutOff(vaultsRead, 'vaults', unread);
    cutOff(plansRead, 'plans', unread);
    return {
      facts: {
        ...resourceFacts(judged, all.complete, target, now),
        ...kindFacts(all, target),
        ...(jobs ?? noJobs),
        ...(copies ?? { copies: null, copies_failed: null, copies_overdue: null, copy_oldest_h: null }),
        ...(vaultsRead
          ? vaultFacts(vaultsRead, target.vaults)
          : { vaults: null, vaults_missing: null, vaults_empty: null }),
        ...(plansRead
          ? planFacts(plansRead, target.plans)
          : { plans: null, plans_missing: null, kept_too_short: null }),
        unread,
      },
    };
  },
});

const noJobs = {
  ...{ jobs: null, completed: null, running: null, completed_in_rpo: null },
  ...{ failed: null, recovered: null, partial: null, with_issues: null },
};

function nothing({ backup }: BackupReader): Unmeasured {
  return new Unmeasured('empty', `AWS Backup has no backup of such resources in ${backup.region}`, {
    next: 'check account, region and except, or assign the resources to a backup plan',
  });
}

function cutOff<Item>(read: Read<Item> | null, what: string, unread: string[]): void {
  if (read && !read.complete) unread.push(`${what} past the first ${read.items.length}`);
}

async function readJobs(reader: BackupReader, target: BackupTarget, now: Date, unread: string[]) {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const read = await backupJobs(reader, ago(Math.max(target.window, target.rpo)));
  cutOff(read, 'jobs', unread);
  const jobs = judgedJobs(read, target);
  return {
    ...jobFacts(jobs, read, ago(target.window)),
    completed_in_rpo: completedSince(jobs, ago(target.rpo), read.complete),
  };
}

async function readCopies(
  reader: BackupReader,
  target: BackupTarget,
  { judged, now, unread }: { judged: Parameters<typeof copyAgeFacts>[0]; now: Date; unread: string[] },
) {
  const { window, copy_rpo } = target;
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const read = await copyJobs(reader, ago(Math.max(window, copy_rpo ?? 0)));
  cutOff(read, 'copies', unread);
  const copies = judgedJobs(read, target);
  const { jobs, failed } = jobFacts(copies, read, ago(window));
  const { complete } = read;
  const ages =
    copy_rpo === undefined
      ? { copies_overdue: null, copy_oldest_h: null }
      : copyAgeFacts(judged, copies, { copyRpo: copy_rpo, complete, region: reader.backup.region, now });
  return { copies: jobs, copies_failed: failed, ...ages };
}
