import { z } from 'zod';
import { account, duration, region } from '../aws/params.ts';

/** AWS Backup lists jobs of the last 30 days. */
const longestMs = 30 * 86_400_000;
const withinDays = duration.refine(
  (ms) => ms > 0 && ms <= longestMs,
  'a duration of at most 30d: AWS lists no older jobs',
);
const names = z.array(z.string().min(1).max(300)).min(1);

export const backupParams = z.strictObject({
  rpo: withinDays
    .prefault('26h')
    .describe('no resource may have a newest backup that is older: a daily job and the time that it takes'),
  window: withinDays
    .prefault('24h')
    .describe(
      'how far back jobs count; one that failed and was not made good counts for `rpo` (a copy: `copy_rpo`) at least',
    ),
  types: names
    .optional()
    .describe(
      'look at these kinds of resource alone, as AWS Backup calls them, one of each at least has to be there: `[RDS, S3, DynamoDB]`; default: all',
    ),
  resources: names
    .optional()
    .describe(
      'names or ARNs that have to be protected; default: whatever is protected, so what never was is not missed',
    ),
  except: names
    .optional()
    .describe(
      'names or ARNs that are not judged: AWS Backup keeps a deleted resource in its list while backups are left',
    ),
  copy_rpo: withinDays
    .optional()
    .describe('each resource needs a copy to another region that is younger; default: copies are not expected'),
  vaults: names.optional().describe('backup vaults that have to be there'),
  plans: z
    .record(z.string().min(1), duration)
    .optional()
    .describe('backup plans that have to be there, with how long their backups are to be kept: `{daily: 30d}`'),
  account,
  region,
});
export type BackupTarget = z.output<typeof backupParams>;
