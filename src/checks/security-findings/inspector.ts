import type { Inspector2 } from '@aws-sdk/client-inspector2';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { bySeverity, type OfSeverity, type Reading, type Severity } from './finding.ts';

/** ListFindings answers at most this many a page. */
const perPage = 100;

/** What Inspector can scan, as its API writes it. */
export const scans = ['ec2', 'ecr', 'lambda', 'lambdaCode', 'codeRepository'] as const;
export type Scan = (typeof scans)[number];

export interface InspectorReader {
  aws: AwsConnection<Inspector2>;
  signal: AbortSignal;
  /** Read of each severity. */
  most: number;
  /** Scans that must be on. */
  expected: Scan[];
}

/** Inspector's ACTIVE findings, and what it does not scan although it should. Throws Unmeasured. */
export async function readInspector(reader: InspectorReader, signal: AbortSignal): Promise<Reading> {
  const parts = { unread: [], signal };
  const { aws, expected } = reader;
  const question = { action: 'inspector2:BatchGetAccountStatus', resource: 'the account' };
  const { accounts, failedAccounts } = await askAws(aws, question, reader.signal, (client, options) =>
    client.batchGetAccountStatus({}, options),
  );
  const account = accounts?.[0];
  const status = account?.state?.status;
  if (!status) throw invalid(question.action, aws.region, failedAccounts?.[0]?.errorCode ?? 'no status of the account');
  if (status !== 'ENABLED') return { open: undefined, off: [`Inspector in ${aws.region} is ${status}`] };
  const off = expected.flatMap((scan) => {
    const state = account?.resourceState?.[scan]?.status ?? 'not listed';
    return state === 'ENABLED' ? [] : [`Inspector's scan of ${scan} in ${aws.region} is ${state}`];
  });
  return { open: await bySeverity((severity) => ofSeverity(reader, severity), parts), off, unread: parts.unread };
}

async function ofSeverity({ aws, signal, most }: InspectorReader, severity: Severity): Promise<OfSeverity> {
  const equals = (value: string) => [{ comparison: 'EQUALS' as const, value }];
  const question = { action: 'inspector2:ListFindings', resource: `${severity} findings` };
  const { items, complete } = await everyPage(async (nextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.listFindings(
        {
          filterCriteria: { findingStatus: equals('ACTIVE'), severity: equals(severity.toUpperCase()) },
          sortCriteria: { field: 'FIRST_OBSERVED_AT', sortOrder: 'ASC' },
          maxResults: perPage,
          nextToken,
        },
        options,
      ),
    );
    if (!page.findings) throw invalid(question.action, aws.region, 'an answer without findings');
    return { items: page.findings, next: page.nextToken };
  }, most);
  const read = items.map(({ firstObservedAt, packageVulnerabilityDetails, type }) => {
    if (!firstObservedAt) throw invalid(question.action, aws.region, 'a finding without its time');
    const what = packageVulnerabilityDetails?.vulnerabilityId ?? type ?? 'a finding';
    return { severity, what, since: firstObservedAt };
  });
  return { read, complete };
}

function invalid(action: string, region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${action} in ${region}: ${what}`, { next: 'look in the Inspector console' });
}
