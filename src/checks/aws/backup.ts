import type { Backup } from '@aws-sdk/client-backup';
import { awsService } from './client.ts';

export const connectBackup = awsService<Backup>({
  load: async () => (await import('@aws-sdk/client-backup')).Backup,
  pace: { perSecond: 10, concurrent: 3 },
});

/** AWS Backup answers at most this many of anything a page. */
export const backupPage = 1_000;
