import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { AwsRefusal } from './refusal.ts';
import type { RestService } from './service.ts';
import { tokenPage } from './tokens.ts';

type Input = Record<string, unknown>;

export type HubFinding = Partial<AwsSecurityFinding>;

export interface SecurityHubState {
  enabled: boolean;
  findings: HubFinding[];
  standards: HubStandard[];
}

/** A standard that is enabled, or was asked to be. */
export interface HubStandard {
  name: string;
  status?: string | undefined;
  reason?: string;
}

/** What the stand-in can filter by, and where a finding has it. */
const filterable: Record<string, (finding: HubFinding) => string | undefined> = {
  RecordState: (finding) => finding.RecordState ?? 'ACTIVE',
  WorkflowStatus: (finding) => finding.Workflow?.Status ?? 'NEW',
  SeverityLabel: (finding) => finding.Severity?.Label,
};

/** AWS Security Hub (REST, JSON): pages of 100, filters and their joins as documented, the refusal where it is off. */
export function securityHubStandIn(state: SecurityHubState): RestService {
  return {
    ...{ protocol: 'rest-json', signingName: 'securityhub', iamPrefix: 'securityhub' },
    routes: [
      {
        ...{ method: 'POST', path: '/findings', operation: 'GetFindings' },
        run({ Filters = {}, SortCriteria, MaxResults, NextToken }) {
          mustBeEnabled(state);
          const filters = validated(Filters as Input);
          const found = state.findings.filter((finding) => matches(finding, filters));
          const { items, next } = tokenPage(
            sorted(found, SortCriteria),
            { size: MaxResults, token: NextToken, most: 100 },
            invalid,
          );
          return { Findings: items, ...(next !== undefined && { NextToken: next }) };
        },
      },
      {
        ...{ method: 'POST', path: '/standards/get', operation: 'GetEnabledStandards' },
        run({ MaxResults, NextToken }, { region }) {
          mustBeEnabled(state);
          const { items, next } = tokenPage(
            state.standards,
            { size: MaxResults, token: NextToken, most: 100 },
            invalid,
          );
          return {
            StandardsSubscriptions: items.map(({ name, status, reason }) => ({
              StandardsSubscriptionArn: `arn:aws:securityhub:${region}:123456789012:subscription/${name}`,
              StandardsArn: `arn:aws:securityhub:${region}::standards/${name}`,
              ...{ StandardsInput: {}, StandardsStatus: status },
              ...(reason !== undefined && { StandardsStatusReason: { StatusReasonCode: reason } }),
            })),
            ...(next !== undefined && { NextToken: next }),
          };
        },
      },
    ],
  };
}

function mustBeEnabled({ enabled }: SecurityHubState): void {
  if (enabled) return;
  const message = 'Account 123456789012 is not subscribed to AWS Security Hub';
  throw new AwsRefusal('InvalidAccessException', message, { status: 401 });
}

const invalid = (message: string) => new AwsRefusal('InvalidInputException', message);

type Filters = Record<string, { Value: string; Comparison: string }[]>;

function validated(filters: Input): Filters {
  if (Object.keys(filters).length > 10) throw invalid('at most 10 attributes');
  for (const [field, conditions] of Object.entries(filters))
    if (!filterable[field] || !Array.isArray(conditions) || conditions.length > 20)
      throw invalid(`Filter ${field} is not valid`);
  return filters as Filters;
}

/** Filters of one field: one EQUALS must hold, and every NOT_EQUALS; fields are joined by AND. */
function matches(finding: HubFinding, filters: Filters): boolean {
  return Object.entries(filters).every(([field, conditions]) => {
    const value = filterable[field]?.(finding);
    const of = (comparison: string) => conditions.filter(({ Comparison }) => Comparison === comparison);
    const equal = of('EQUALS');
    return (
      (equal.length === 0 || equal.some(({ Value }) => Value === value)) &&
      of('NOT_EQUALS').every(({ Value }) => Value !== value)
    );
  });
}

function sorted(findings: HubFinding[], criteria: unknown): HubFinding[] {
  const [{ Field, SortOrder } = { Field: undefined, SortOrder: undefined }] = (criteria ?? []) as {
    Field?: string;
    SortOrder?: string;
  }[];
  if (Field === undefined) return findings;
  if (Field !== 'CreatedAt' || SortOrder !== 'asc') throw invalid('the stand-in only sorts by CreatedAt, oldest first');
  return findings.toSorted((a, b) => String(a.CreatedAt).localeCompare(String(b.CreatedAt)));
}
