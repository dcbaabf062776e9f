import { AwsRefusal } from './refusal.ts';
import type { RestService } from './service.ts';
import { tokenPage } from './tokens.ts';

export interface InspectorFinding {
  severity: string;
  status?: 'ACTIVE' | 'SUPPRESSED' | 'CLOSED';
  /** Undefined = an answer without it. */
  firstObservedAt?: Date;
  vulnerabilityId?: string;
  score?: number;
  package?: string;
  /** An image in ECR, by its digest; else an instance. */
  image?: string;
}

export interface InspectorState {
  /** Undefined = the account is among the failed ones. */
  status: string | undefined;
  scans: Record<string, string>;
  findings: InspectorFinding[];
}

interface Filter {
  comparison: string;
  value: string;
}

/** Amazon Inspector v2 (REST, JSON): status of the account, pages of 100 findings, dates as epoch seconds. */
export function inspectorStandIn(state: InspectorState): RestService {
  return {
    ...{ protocol: 'rest-json', signingName: 'inspector2', iamPrefix: 'inspector2' },
    routes: [
      {
        ...{ method: 'POST', path: '/status/batch/get', operation: 'BatchGetAccountStatus' },
        run() {
          const accountId = '123456789012';
          if (state.status === undefined)
            return { accounts: [], failedAccounts: [{ accountId, errorCode: 'INTERNAL_ERROR', errorMessage: 'no' }] };
          const scans = Object.entries(state.scans).map(([scan, status]) => [scan, { status }]);
          return {
            accounts: [{ accountId, state: { status: state.status }, resourceState: Object.fromEntries(scans) }],
          };
        },
      },
      {
        ...{ method: 'POST', path: '/findings/list', operation: 'ListFindings' },
        run({ filterCriteria, sortCriteria, maxResults, nextToken }) {
          // So it answers an account that has not enabled it.
          if (state.status !== 'ENABLED')
            throw new AwsRefusal('AccessDeniedException', 'Invoking account does not have access', { status: 403 });
          const { field, sortOrder } = (sortCriteria ?? {}) as { field?: string; sortOrder?: string };
          if (field !== 'FIRST_OBSERVED_AT' || sortOrder !== 'ASC')
            throw invalid('the stand-in lists the oldest first');
          const found = state.findings
            .filter((finding) => fits(finding, filterCriteria as Record<string, Filter[]>))
            .toSorted((a, b) => Number(a.firstObservedAt) - Number(b.firstObservedAt));
          const { items, next } = tokenPage(found, { size: maxResults, token: nextToken, most: 100 }, invalid);
          return { findings: items.map(wire), nextToken: next };
        },
      },
    ],
  };
}

const invalid = (message: string) => new AwsRefusal('ValidationException', message);

function fits({ severity, status = 'ACTIVE' }: InspectorFinding, filters: Record<string, Filter[]>): boolean {
  const values: Record<string, string> = { severity, findingStatus: status };
  return Object.entries(filters).every(([field, conditions]) =>
    conditions.some(({ comparison, value }) => {
      if (comparison !== 'EQUALS' || !(field in values)) throw invalid(`the stand-in does not filter ${field} so`);
      return values[field] === value;
    }),
  );
}

const wire = (finding: InspectorFinding) => {
  const { severity, status = 'ACTIVE', firstObservedAt, vulnerabilityId, score, package: name, image } = finding;
  const vulnerablePackages = name === undefined ? [] : [{ name, version: '1.0.0' }];
  const awsEcrContainerImage = { repositoryName: 'shop', registry: '123456789012', imageHash: image };
  return {
    ...{ severity, status, type: 'PACKAGE_VULNERABILITY', awsAccountId: '123456789012', inspectorScore: score },
    firstObservedAt: firstObservedAt && firstObservedAt.getTime() / 1000,
    ...(vulnerabilityId && { packageVulnerabilityDetails: { vulnerabilityId, source: 'NVD', vulnerablePackages } }),
    resources: [
      image === undefined
        ? { type: 'AWS_EC2_INSTANCE', id: 'i-0123456789abcdef0' }
        : { type: 'AWS_ECR_CONTAINER_IMAGE', id: `arn:aws:ecr:${image}`, details: { awsEcrContainerImage } },
    ],
  };
};
