import type { BackupJob, BackupRule, BackupVaultListMember, CopyJob, ProtectedResource } from '@aws-sdk/client-backup';
import { AwsRefusal } from './refusal.ts';
import type { RestService, Route } from './service.ts';

type Input = Record<string, unknown>;

/** What the stand-in knows; change it between two looks. */
export interface BackupState {
  resources: ProtectedResource[];
  jobs: BackupJob[];
  copies: CopyJob[];
  vaults: BackupVaultListMember[];
  /** Rules by the plan's name. */
  plans: Record<string, Partial<BackupRule>[]>;
  /** Of everything on one page, whatever was asked for: AWS may answer fewer. */
  pageSize?: number;
}

const get = (path: string, operation: string, run: (input: Input) => unknown): Route => ({
  ...{ method: 'GET', path, operation, run },
});

/** AWS Backup (REST, JSON), as far as the checks ask: page sizes, tokens, filters and errors as documented. */
export function backupStandIn(state: BackupState): RestService {
  const page = <Item>(items: Item[], input: Input) => paged(items, input, state.pageSize ?? 1_000);
  return {
    ...{ protocol: 'rest-json', signingName: 'backup', iamPrefix: 'backup' },
    routes: [
      get('/resources', 'ListProtectedResources', (input) => {
        const { items, NextToken } = page(state.resources, input);
        return { Results: items.map(onTheWire), NextToken };
      }),
      get('/backup-jobs', 'ListBackupJobs', (input) => {
        const { items, NextToken } = page(createdAfter(state.jobs, input), input);
        return { BackupJobs: items.map(onTheWire), NextToken };
      }),
      get('/copy-jobs', 'ListCopyJobs', (input) => {
        const { items, NextToken } = page(createdAfter(state.copies, input), input);
        return { CopyJobs: items.map(onTheWire), NextToken };
      }),
      get('/backup-vaults', 'ListBackupVaults', (input) => {
        const { items, NextToken } = page(state.vaults, input);
        return { BackupVaultList: items.map(onTheWire), NextToken };
      }),
      get('/backup/plans', 'ListBackupPlans', (input) => {
        const names = Object.keys(state.plans).map((name) => ({ BackupPlanId: `id-${name}`, BackupPlanName: name }));
        const { items, NextToken } = page(names, input);
        return { BackupPlansList: items, NextToken };
      }),
      get('/backup/plans/{BackupPlanId}', 'GetBackupPlan', ({ BackupPlanId }) => {
        const name = String(BackupPlanId).replace(/^id-/, '');
        const Rules = state.plans[name];
        if (!Rules) throw new AwsRefusal('ResourceNotFoundException', 'Failed reading Backup plan', { status: 404 });
        return { BackupPlanId, BackupPlan: { BackupPlanName: name, Rules } };
      }),
    ],
  };
}

/** Dates are seconds on the wire. */
function onTheWire(item: object): object {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value instanceof Date ? value.getTime() / 1000 : value]),
  );
}

/** A job without a date is listed whatever is asked for, to see what a check makes of it. */
function createdAfter<Job extends { CreationDate?: Date | undefined }>(
  jobs: Job[],
  { createdAfter: asked }: Input,
): Job[] {
  const since = Date.parse(String(asked));
  if (Number.isNaN(since)) throw new AwsRefusal('InvalidParameterValueException', `createdAfter ${asked} is no date`);
  return jobs.filter(({ CreationDate }) => CreationDate === undefined || CreationDate.getTime() > since);
}

function paged<Item>(items: Item[], { maxResults = 1_000, nextToken }: Input, most: number) {
  const size = Number(maxResults);
  if (!(size >= 1 && size <= 1_000))
    throw new AwsRefusal('InvalidParameterValueException', 'maxResults must be between 1 and 1000');
  const from = nextToken === undefined ? 0 : Number(Buffer.from(String(nextToken), 'base64url').toString());
  if (!Number.isInteger(from)) throw new AwsRefusal('InvalidParameterValueException', 'Invalid next token');
  const next = from + Math.min(size, most);
  return {
    items: items.slice(from, next),
    NextToken: next < items.length ? Buffer.from(String(next)).toString('base64url') : undefined,
  };
}
