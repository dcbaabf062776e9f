import type { Finding } from '@aws-sdk/client-guardduty';
import { AwsRefusal } from './refusal.ts';
import type { RestService } from './service.ts';
import { tokenPage } from './tokens.ts';

export interface GuardDutyFinding {
  severity: number;
  type: string;
  createdAt?: string;
  archived?: boolean;
}

export interface GuardDutyState {
  /** Undefined = GuardDuty was never enabled here. */
  detector: { id: string; status: string | undefined } | undefined;
  findings: GuardDutyFinding[];
}

interface Condition {
  equals?: string[];
  greaterThanOrEqual?: number;
  lessThan?: number;
}

/** Amazon GuardDuty (REST, JSON): detectors, statistics by severity, pages of 50 findings, as documented. */
export function guardDutyStandIn(state: GuardDutyState): RestService {
  const detector = (id: unknown) => {
    const known = state.detector;
    if (known?.id !== id || !known)
      throw invalid('The request is rejected because the input detectorId is not owned by the current account.');
    return known;
  };
  const matching = ({ findingCriteria }: Record<string, unknown>) => {
    const { criterion = {} } = (findingCriteria ?? {}) as { criterion?: Record<string, Condition> };
    return state.findings
      .map((finding, index) => ({ finding, index }))
      .filter(({ finding }) => fits(finding, criterion));
  };
  return {
    ...{ protocol: 'rest-json', signingName: 'guardduty', iamPrefix: 'guardduty' },
    routes: [
      {
        ...{ method: 'GET', path: '/detector', operation: 'ListDetectors' },
        run: () => ({ detectorIds: state.detector ? [state.detector.id] : [] }),
      },
      {
        ...{ method: 'GET', path: '/detector/{id}', operation: 'GetDetector' },
        run: ({ id }) => ({ status: detector(id).status, serviceRole: 'arn:aws:iam::123456789012:role/guardduty' }),
      },
      {
        ...{ method: 'POST', path: '/detector/{id}/findings/statistics', operation: 'GetFindingsStatistics' },
        run(input) {
          detector(input.id);
          if ((input.groupBy === undefined) === (input.findingStatisticTypes === undefined))
            throw invalid('Provide either findingStatisticTypes or groupBy.');
          if (input.groupBy !== 'SEVERITY') throw invalid('the stand-in only groups by SEVERITY');
          if (Number(input.maxResults ?? 25) > 100) throw invalid('maxResults must be at most 100');
          const totals = new Map<number, number>();
          for (const { finding } of matching(input))
            totals.set(finding.severity, (totals.get(finding.severity) ?? 0) + 1);
          const groups = [...totals].map(([severity, totalFindings]) => ({ severity, totalFindings }));
          return { findingStatistics: { groupedBySeverity: groups.slice(0, Number(input.maxResults ?? 25)) } };
        },
      },
      {
        ...{ method: 'POST', path: '/detector/{id}/findings', operation: 'ListFindings' },
        run(input) {
          detector(input.id);
          const oldestFirst = matching(input).toSorted((a, b) =>
            String(a.finding.createdAt).localeCompare(String(b.finding.createdAt)),
          );
          const { items, next } = tokenPage(
            oldestFirst,
            { size: input.maxResults, token: input.nextToken, most: 50 },
            invalid,
          );
          return { findingIds: items.map(({ index }) => `finding-${index}`), nextToken: next ?? '' };
        },
      },
      {
        ...{ method: 'POST', path: '/detector/{id}/findings/get', operation: 'GetFindings' },
        run({ id, findingIds }) {
          detector(id);
          if (!Array.isArray(findingIds) || findingIds.length === 0 || findingIds.length > 50)
            throw invalid('findingIds must have 1 to 50 items');
          const found = findingIds.flatMap(
            (each) => state.findings[Number(String(each).replace('finding-', ''))] ?? [],
          );
          return { findings: found.map(wire) };
        },
      },
    ],
  };
}

const invalid = (message: string) => new AwsRefusal('BadRequestException', message);

function fits({ severity, archived = false }: GuardDutyFinding, criterion: Record<string, Condition>): boolean {
  return Object.entries(criterion).every(([field, condition]) => {
    if (field === 'service.archived') return condition.equals?.includes(String(archived)) ?? true;
    if (field === 'severity')
      return severity >= (condition.greaterThanOrEqual ?? 0) && severity < (condition.lessThan ?? Infinity);
    throw invalid(`the stand-in does not know ${field}`);
  });
}

/** With the parts that the API wants in every finding; the title names people, as AWS's do. */
function wire({ severity, type, createdAt }: GuardDutyFinding) {
  const title: Finding['Title'] = 'API GetCaller was invoked from an unusual address by maria.lopez.';
  return { severity, type, title, createdAt, accountId: '123456789012', region: 'eu-west-1', schemaVersion: '2.0' };
}
