import type { AwsSecurityFinding, SecurityHub } from '@aws-sdk/client-securityhub';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { bySeverity, type Finding, type OfSeverity, type Reading, type Severity } from './finding.ts';

/** GetFindings answers at most this many a page. */
const perPage = 100;

export interface HubReader {
  aws: AwsConnection<SecurityHub>;
  signal: AbortSignal;
  /** Read of each severity. */
  most: number;
  /** Products whose findings are read at their source, so that none counts twice: `GuardDuty`. */
  without: string[];
}

/** Security Hub's ACTIVE findings that nobody resolved or suppressed. Throws Unmeasured. */
export async function readSecurityHub(reader: HubReader): Promise<Reading> {
  return { open: await bySeverity((severity) => ofSeverity(reader, severity)), off: [] };
}

async function ofSeverity({ aws, signal, most, without }: HubReader, severity: Severity): Promise<OfSeverity> {
  const equals = (Value: string) => ({ Value, Comparison: 'EQUALS' as const });
  const question = { action: 'securityhub:GetFindings', resource: `${severity} findings` };
  const { items, complete } = await everyPage(async (NextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.getFindings(
        {
          Filters: {
            RecordState: [equals('ACTIVE')],
            WorkflowStatus: [equals('NEW'), equals('NOTIFIED')],
            SeverityLabel: [equals(severity.toUpperCase())],
            ...(without.length > 0 && {
              ProductName: without.map((Value) => ({ Value, Comparison: 'NOT_EQUALS' as const })),
            }),
          },
          SortCriteria: [{ Field: 'CreatedAt', SortOrder: 'asc' }],
          MaxResults: perPage,
          NextToken,
        },
        options,
      ),
    );
    if (!page.Findings) throw invalid(aws.region, 'an answer without findings');
    return { items: page.Findings, next: page.NextToken };
  }, most);
  return { read: items.map((finding) => readFinding(finding, severity, aws.region)), complete };
}

function readFinding(finding: AwsSecurityFinding, severity: Severity, region: string): Finding {
  const since = new Date(finding.CreatedAt ?? '');
  if (Number.isNaN(since.getTime())) throw invalid(region, 'a finding without the time of its creation');
  const what =
    finding.Compliance?.SecurityControlId ?? finding.Vulnerabilities?.[0]?.Id ?? finding.Types?.[0] ?? 'a finding';
  return { severity, what, since };
}

function invalid(region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `securityhub:GetFindings in ${region}: ${what}`, {
    next: 'look in the Security Hub console',
  });
}
