import type { AwsSecurityFinding, SecurityHub } from '@aws-sdk/client-securityhub';
import { Unmeasured } from '../../kernel/check.ts';
import type { Severity } from '../../kernel/findings.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { part } from '../aws/part.ts';
import { bySeverity, type Finding, type OfSeverity, type Reading } from './finding.ts';
import { readStandards, type Standards } from './standards.ts';

/** GetFindings answers at most this many a page. */
const perPage = 100;

export interface HubReader {
  aws: AwsConnection<SecurityHub>;
  signal: AbortSignal;
  /** Read of each severity. */
  most: number;
  /** Products that are asked themselves, by the names that Security Hub gives them: `GuardDuty`. */
  askedToo: string[];
}

/**
 * Security Hub's ACTIVE findings that nobody resolved or suppressed, and its standards that check nothing. A refusal of the
 * standards alone is a remark. Throws Unmeasured.
 */
export async function readSecurityHub(reader: HubReader, signal: AbortSignal): Promise<Reading> {
  const parts = { unread: [], signal };
  const reading = part(parts.unread, signal, () => readStandards(reader.aws, reader.signal));
  const [standards, open] = await Promise.all([
    reading,
    bySeverity((severity) => ofSeverity(reader, severity, reading), parts),
  ]);
  return { open, off: standards?.off, unread: [...parts.unread, ...(standards?.pending ?? [])] };
}

async function ofSeverity(
  reader: HubReader,
  severity: Severity,
  standards: Promise<Standards | null>,
): Promise<OfSeverity> {
  const { aws, signal, most } = reader;
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
  // Only now: standards that hang must not keep the findings waiting.
  const account = (await standards)?.account;
  const own = items.filter((finding) => !isReadAtItsSource(finding, reader, account));
  return { read: own.map((finding) => readFinding(finding, severity, aws.region)), complete };
}

/**
 * So that none counts twice. Other products are asked in this region alone: what Security Hub has of linked regions and of
 * member accounts is nowhere else.
 */
function isReadAtItsSource(finding: AwsSecurityFinding, { aws, askedToo }: HubReader, account: string | undefined) {
  return (
    askedToo.includes(finding.ProductName ?? '') &&
    finding.Region === aws.region &&
    (account === undefined || finding.AwsAccountId === account)
  );
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
