import type { Inspector2, Resource } from '@aws-sdk/client-inspector2';
import { Unmeasured } from '../../kernel/check.ts';
import type { Severity } from '../../kernel/findings.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { bySeverity, type OfSeverity, type Reading } from './finding.ts';

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

async function ofSeverity(reader: InspectorReader, severity: Severity): Promise<OfSeverity> {
  const { items, complete } = await list(reader, { findingStatus: 'ACTIVE', severity: severity.toUpperCase() });
  const read = items.map((item) => {
    const { firstObservedAt, packageVulnerabilityDetails: vulnerability, type, inspectorScore, resources } = item;
    if (!firstObservedAt) throw invalid(listing, reader.aws.region, 'a finding without its time');
    return {
      ...{ severity, what: vulnerability?.vulnerabilityId ?? type ?? 'a finding', since: firstObservedAt },
      ...{ score: inspectorScore, package: vulnerability?.vulnerablePackages?.[0]?.name },
      where: placeOf(resources?.[0]),
    };
  });
  return { read, complete };
}

/** How many findings a rule of the account suppresses, as far as `most` are read. Throws Unmeasured. */
export async function countSuppressed(reader: Omit<InspectorReader, 'expected'>): Promise<number> {
  return (await list(reader, { findingStatus: 'SUPPRESSED' })).items.length;
}

const listing = 'inspector2:ListFindings';

/** Oldest first. */
function list({ aws, signal, most }: Omit<InspectorReader, 'expected'>, filter: Record<string, string>) {
  const { findingStatus = '', severity = '' } = filter;
  const filterCriteria = Object.fromEntries(
    Object.entries(filter).map(([field, value]) => [field, [{ comparison: 'EQUALS' as const, value }]]),
  );
  const question = { action: listing, resource: `${severity || findingStatus} findings`.toLowerCase() };
  return everyPage(async (nextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.listFindings(
        {
          filterCriteria,
          sortCriteria: { field: 'FIRST_OBSERVED_AT', sortOrder: 'ASC' },
          maxResults: perPage,
          nextToken,
        },
        options,
      ),
    );
    if (!page.findings) throw invalid(listing, aws.region, 'an answer without findings');
    return { items: page.findings, next: page.nextToken };
  }, most);
}

/** `shop@sha256:0123456789ab` of an image: the digest is what was scanned, a tag moves on. */
function placeOf(resource: Resource | undefined): string | undefined {
  const image = resource?.details?.awsEcrContainerImage;
  return image?.imageHash ? `${image.repositoryName ?? 'an image'}@${image.imageHash.slice(0, 19)}` : resource?.id;
}

function invalid(action: string, region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${action} in ${region}: ${what}`, { next: 'look in the Inspector console' });
}
