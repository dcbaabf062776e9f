import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { AwsRefusal } from './refusal.ts';
import type { RestService } from './service.ts';
import { tokenPage } from './tokens.ts';

type Input = Record<string, unknown>;

export type HubFinding = Partial<AwsSecurityFinding>;

export interface SecurityHubState {
  enabled: boolean;
  findings: HubFinding[];
}

/** What the stand-in can filter by, and where a finding has it. */
const filterable: Record<string, (finding: HubFinding) => string | undefined> = {
  RecordState: (finding) => finding.RecordState ?? 'ACTIVE',
  WorkflowStatus: (finding) => finding.Workflow?.Status ?? 'NEW',
  SeverityLabel: (finding) => finding.Severity?.Label,
  ProductName: (finding) => finding.ProductName ?? 'Security Hub',
};

/** AWS Security Hub's GetFindings (REST, JSON): pages of 100, filters and their joins as documented, the refusal where it is off. */
export function securityHubStandIn(state: SecurityHubState): RestService {
  return {
    ...{ protocol: 'rest-json', signingName: 'securityhub', iamPrefix: 'securityhub' },
    routes: [
      {
        ...{ method: 'POST', path: '/findings', operation: 'GetFindings' },
        run({ Filters = {}, SortCriteria, MaxResults, NextToken }) {
          if (!state.enabled)
            throw new AwsRefusal(
              'InvalidAccessException',
              'Account 123456789012 is not subscribed to AWS Security Hub',
              {
                status: 401,
              },
            );
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
    ],
  };
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
