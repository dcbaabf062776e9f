import type { Condition, GuardDuty } from '@aws-sdk/client-guardduty';
import { Unmeasured } from '../../kernel/check.ts';
import type { Severity } from '../../kernel/findings.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { part } from '../aws/part.ts';
import { bySeverity, type Finding, type OfSeverity, type Reading } from './finding.ts';

/** ListFindings and GetFindings take at most this many. */
const perPage = 50;
/** Values of severity that the statistics tell apart: 1.0 to 10.0, so 91 at most. */
const mostValues = 100;
const unarchived: Record<string, Condition> = { 'service.archived': { Equals: ['false'] } };

/** From each of these values (of 1 to 10) on, as AWS names them. */
const from: Record<Severity, number> = { critical: 9, high: 7, medium: 4, low: 1 };
const below: Record<Severity, number | undefined> = { critical: undefined, high: 9, medium: 7, low: 4 };

export interface GuardDutyReader {
  aws: AwsConnection<GuardDuty>;
  signal: AbortSignal;
  /** Read of each severity. */
  most: number;
}

/** GuardDuty's findings that nobody archived; only where the statistics count some are they read. Throws Unmeasured. */
export async function readGuardDuty(reader: GuardDutyReader, signal: AbortSignal): Promise<Reading> {
  const parts = { unread: [], signal };
  const { DetectorIds } = await ask(reader, 'ListDetectors', (client, options) => client.listDetectors({}, options));
  if (!DetectorIds) throw invalid(reader, 'ListDetectors', 'no list of detectors');
  const [detector] = DetectorIds;
  if (detector === undefined) return { open: undefined, off: [`GuardDuty has no detector in ${reader.aws.region}`] };
  const { Status } = await ask(reader, 'GetDetector', (client, options) =>
    client.getDetector({ DetectorId: detector }, options),
  );
  if (!Status) throw invalid(reader, 'GetDetector', 'no status');
  if (Status !== 'ENABLED')
    return { open: undefined, off: [`GuardDuty's detector in ${reader.aws.region} is ${Status}`] };
  const counts = await countsOf(reader, detector);
  const open = await bySeverity(async (severity) => {
    const count = counts[severity];
    if (count === 0) return { count, read: [], complete: true };
    // That so many are there is told already, whatever hides which ones.
    const found = await part(parts.unread, signal, () => ofSeverity(reader, detector, severity));
    return { ...(found ?? { read: [], complete: false }), count };
  }, parts);
  return { open, off: [], unread: parts.unread };
}

async function countsOf(reader: GuardDutyReader, DetectorId: string): Promise<Record<Severity, number>> {
  const { FindingStatistics } = await ask(reader, 'GetFindingsStatistics', (client, options) =>
    client.getFindingsStatistics(
      { DetectorId, GroupBy: 'SEVERITY', FindingCriteria: { Criterion: unarchived }, MaxResults: mostValues },
      options,
    ),
  );
  const groups = FindingStatistics?.GroupedBySeverity;
  if (!groups) throw invalid(reader, 'GetFindingsStatistics', 'no counts by severity');
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { Severity: value, TotalFindings: total } of groups) {
    if (value === undefined || total === undefined)
      throw invalid(reader, 'GetFindingsStatistics', 'a count without its severity');
    counts[severityOf(value)] += total;
  }
  return counts;
}

async function ofSeverity(reader: GuardDutyReader, DetectorId: string, severity: Severity): Promise<OfSeverity> {
  const limit = below[severity];
  const value = { GreaterThanOrEqual: from[severity], ...(limit !== undefined && { LessThan: limit }) };
  const { items: ids, complete } = await everyPage(async (NextToken) => {
    const page = await ask(reader, 'ListFindings', (client, options) =>
      client.listFindings(
        {
          DetectorId,
          FindingCriteria: { Criterion: { ...unarchived, severity: value } },
          SortCriteria: { AttributeName: 'createdAt', OrderBy: 'ASC' },
          MaxResults: perPage,
          NextToken,
        },
        options,
      ),
    );
    if (!page.FindingIds) throw invalid(reader, 'ListFindings', 'an answer without ids');
    return { items: page.FindingIds, next: page.NextToken };
  }, reader.most);
  const read: Finding[] = [];
  for (let at = 0; at < ids.length; at += perPage) {
    const { Findings } = await ask(reader, 'GetFindings', (client, options) =>
      client.getFindings({ DetectorId, FindingIds: ids.slice(at, at + perPage) }, options),
    );
    if (!Findings) throw invalid(reader, 'GetFindings', 'an answer without findings');
    for (const { CreatedAt, Type } of Findings) {
      const since = new Date(CreatedAt ?? '');
      if (Number.isNaN(since.getTime()))
        throw invalid(reader, 'GetFindings', 'a finding without the time of its creation');
      read.push({ severity, what: Type ?? 'a finding', since });
    }
  }
  return { read, complete };
}

function severityOf(value: number): Severity {
  if (value >= from.critical) return 'critical';
  if (value >= from.high) return 'high';
  return value >= from.medium ? 'medium' : 'low';
}

function ask<Answer>(
  { aws, signal }: GuardDutyReader,
  action: string,
  send: (client: GuardDuty, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(aws, { action: `guardduty:${action}`, resource: 'the detector' }, signal, send);
}

function invalid({ aws }: GuardDutyReader, action: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `guardduty:${action} in ${aws.region}: ${what}`, {
    next: 'look in the GuardDuty console',
  });
}
