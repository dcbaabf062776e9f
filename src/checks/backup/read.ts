import type {
  Backup,
  BackupJob,
  BackupPlan,
  BackupVaultListMember,
  CopyJob,
  ProtectedResource,
} from '@aws-sdk/client-backup';
import { backupPage } from '../aws/backup.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

const mostJobs = 5_000;
const mostResources = 5_000;
const mostVaults = 1_000;
/** A call for each. */
const mostPlans = 25;

/** AWS Backup of one region as one probe reads it. All functions throw Unmeasured only. */
export interface BackupReader {
  backup: AwsConnection<Backup>;
  signal: AbortSignal;
}

/** `complete` = there are no more than these. */
export interface Read<Item> {
  items: Item[];
  complete: boolean;
}

interface Paging {
  MaxResults: number;
  NextToken: string | undefined;
}

function pages<Answer extends { NextToken?: string | undefined }, Item>(
  { backup, signal }: BackupReader,
  question: { action: string; resource: string; most: number },
  send: (client: Backup, paging: Paging, options: { abortSignal: AbortSignal }) => Promise<Answer>,
  itemsOf: (answer: Answer) => Item[] | undefined,
): Promise<Read<Item>> {
  const { action, resource, most } = question;
  return everyPage(async (NextToken) => {
    const answer = await askAws(backup, { action: `backup:${action}`, resource }, signal, (client, options) =>
      send(client, { MaxResults: backupPage, NextToken }, options),
    );
    const question = { action: `backup:${action}`, resource, region: backup.region };
    return { items: listed(itemsOf(answer), question), next: answer.NextToken };
  }, most);
}

/** What AWS Backup has ever backed up and still has backups of. */
export function protectedResources(reader: BackupReader): Promise<Read<ProtectedResource>> {
  return pages(
    reader,
    { action: 'ListProtectedResources', resource: 'all resources', most: mostResources },
    (client, paging, options) => client.listProtectedResources(paging, options),
    ({ Results }) => Results,
  );
}

export function backupJobs(reader: BackupReader, ByCreatedAfter: Date): Promise<Read<BackupJob>> {
  return pages(
    reader,
    { action: 'ListBackupJobs', resource: 'all jobs', most: mostJobs },
    (client, paging, options) => client.listBackupJobs({ ...paging, ByCreatedAfter }, options),
    ({ BackupJobs }) => BackupJobs,
  );
}

export function copyJobs(reader: BackupReader, ByCreatedAfter: Date): Promise<Read<CopyJob>> {
  return pages(
    reader,
    { action: 'ListCopyJobs', resource: 'all copies', most: mostJobs },
    (client, paging, options) => client.listCopyJobs({ ...paging, ByCreatedAfter }, options),
    ({ CopyJobs }) => CopyJobs,
  );
}

export function vaults(reader: BackupReader): Promise<Read<BackupVaultListMember>> {
  return pages(
    reader,
    { action: 'ListBackupVaults', resource: 'all vaults', most: mostVaults },
    (client, paging, options) => client.listBackupVaults(paging, options),
    ({ BackupVaultList }) => BackupVaultList,
  );
}

/** The plans with their rules. */
export async function plans(reader: BackupReader): Promise<Read<BackupPlan>> {
  const { items, complete } = await pages(
    reader,
    { action: 'ListBackupPlans', resource: 'all plans', most: mostPlans },
    (client, paging, options) => client.listBackupPlans(paging, options),
    ({ BackupPlansList }) => BackupPlansList,
  );
  const found = await Promise.all(
    items.map(async ({ BackupPlanId = '', BackupPlanName = '' }) => {
      const question = { action: 'backup:GetBackupPlan', resource: `plan ${BackupPlanName}` };
      const answer = await askAws(reader.backup, question, reader.signal, (client, options) =>
        client.getBackupPlan({ BackupPlanId }, options),
      );
      return answer.BackupPlan ?? [];
    }),
  );
  return { items: found.flat(), complete };
}
