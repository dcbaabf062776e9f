import { type AlarmState, alarmOperations } from './alarms.ts';
import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;

/** A metric's data by the start of its period (epoch seconds), for one statistic. */
export interface CloudWatchMetric {
  namespace: string;
  metric: string;
  dimensions?: Record<string, string>;
  statistic?: string;
  /** Value at a period's start; undefined = no datapoint. */
  at: (epochS: number, periodS: number) => number | undefined;
  status?: 'Complete' | 'PartialData' | 'InternalError' | 'Forbidden';
  message?: string;
}

export interface CloudWatchState extends AlarmState {
  metrics: CloudWatchMetric[];
  /** Datapoints of one result on one page; more of them follow under a NextToken. */
  pointsPerPage?: number;
  /** Answers expressions, by their text with the ids as they arrive. */
  evaluate?: (expression: string) => { label: string; value: number }[];
  /** Expressions have a value in every minute asked for, not in the newest alone. */
  steady?: true;
}

interface Stat {
  Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] };
  Period: number;
  Stat: string;
}
interface Query {
  Id: string;
  MetricStat?: Stat;
  Expression?: string;
  ReturnData?: boolean;
}
interface Result {
  Id: string;
  Label: string;
  Timestamps: number[];
  Values: number[];
  StatusCode: string;
  Messages?: { Code: string; Value: string }[];
}

/** Amazon CloudWatch's GetMetricData and alarms (AWS JSON 1.0): their caps, validation, statuses and tokens as documented. */
export function cloudWatchStandIn(state: CloudWatchState): JsonService {
  return {
    signingName: 'monitoring',
    iamPrefix: 'cloudwatch',
    target: 'GraniteServiceVersion20100801',
    contentType: 'application/x-amz-json-1.0',
    operations: {
      ...alarmOperations(state),
      GetMetricData(input) {
        const queries = validated(input);
        const [startS, endS] = [Number(input.StartTime), Number(input.EndTime)];
        const results = queries
          .filter((query) => query.ReturnData !== false)
          .flatMap((query) => resultsOf(state, query, startS, endS));
        return paged(results, state.pointsPerPage ?? 100_800, input.NextToken);
      },
    },
  };
}

function validated(input: Input): Query[] {
  const queries = input.MetricDataQueries;
  if (!Array.isArray(queries)) throw validation('The parameter MetricDataQueries is required.');
  if (queries.length > 500) throw validation('The collection MetricDataQueries must not have a size greater than 500.');
  if (typeof input.StartTime !== 'number' || typeof input.EndTime !== 'number')
    throw validation('The parameters StartTime and EndTime are required.');
  if (input.StartTime >= input.EndTime)
    throw validation('The parameter StartTime must be less than the parameter EndTime.');
  const ids = new Set<string>();
  for (const query of queries as Query[]) {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(query.Id))
      throw validation(`The value ${query.Id} for parameter Id is not matching the expected pattern.`);
    if (ids.has(query.Id)) throw validation(`The values for parameter id in MetricDataQueries are not unique.`);
    ids.add(query.Id);
    if (!query.MetricStat === !query.Expression)
      throw validation('Exactly one of MetricStat and Expression is required.');
    const period = query.MetricStat?.Period ?? 60;
    if (![1, 5, 10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
      throw validation('Period must be 1, 5, 10, 20, 30 or a multiple of 60');
    if ((query.MetricStat?.Metric.Dimensions.length ?? 0) > 30) throw validation('at most 30 dimensions');
  }
  for (const { Id, Expression } of queries as Query[]) {
    const unknown = idsIn(Expression ?? '').find((id) => !ids.has(id));
    if (unknown) throw validation(`Error in expression '${Id}' [Unknown metric id: ${unknown}]`);
    if (/[(+*/-]\s*$/.test(Expression ?? '')) throw validation(`Error in expression '${Id}' [Syntax error]`);
  }
  return queries as Query[];
}

const idsIn = (expression: string) =>
  (expression.replace(/'[^']*'|"[^"]*"/g, '').match(/\b[A-Za-z_]\w*/g) ?? []).filter((id) => /^[a-z]/.test(id));

const validation = (message: string) =>
  new AwsRefusal('ValidationException', message, { queryCode: 'ValidationError' });

function resultsOf(state: CloudWatchState, query: Query, startS: number, endS: number): Result[] {
  if (query.Expression !== undefined) {
    const minutes = state.steady ? Math.ceil((endS - startS) / 60) : 1;
    const Timestamps = Array.from({ length: minutes }, (_, back) => endS - 60 * (back + 1));
    return (state.evaluate?.(query.Expression) ?? []).map(({ label, value }) => ({
      Id: query.Id,
      Label: label,
      Timestamps,
      Values: Timestamps.map(() => value),
      StatusCode: 'Complete',
    }));
  }
  const { Metric, Period, Stat } = query.MetricStat!;
  const metric = state.metrics.find((one) => matches(one, Metric, Stat));
  const Timestamps: number[] = [];
  const Values: number[] = [];
  // Newest first, as ScanBy TimestampDescending (the default) asks for.
  for (let at = Math.floor((endS - 1) / Period) * Period; at >= startS; at -= Period) {
    const value = metric?.at(at, Period);
    if (value === undefined) continue;
    Timestamps.push(at);
    Values.push(value);
  }
  const Messages = metric?.message ? [{ Code: 'Note', Value: metric.message }] : undefined;
  return [
    { Id: query.Id, Label: Metric.MetricName, Timestamps, Values, StatusCode: metric?.status ?? 'Complete', Messages },
  ];
}

function matches(
  one: CloudWatchMetric,
  { Namespace, MetricName, Dimensions }: Stat['Metric'],
  statistic: string,
): boolean {
  const wanted = Object.entries(one.dimensions ?? {});
  return (
    one.namespace === Namespace &&
    one.metric === MetricName &&
    (one.statistic ?? 'Average') === statistic &&
    wanted.length === Dimensions.length &&
    wanted.every(([name, value]) =>
      Dimensions.some((dimension) => dimension.Name === name && dimension.Value === value),
    )
  );
}

/** Results with more points than fit on a page say PartialData and go on under the token. */
function paged(results: Result[], size: number, token: unknown) {
  const from = token === undefined ? 0 : Number(String(token).replace(/^page-/, ''));
  if (!Number.isInteger(from)) throw validation('Invalid NextToken');
  const next = from + size;
  const more = results.some((result) => result.Timestamps.length > next);
  return {
    MetricDataResults: results
      .filter((result) => from === 0 || result.Timestamps.length > from)
      .map((result) => ({
        ...result,
        Timestamps: result.Timestamps.slice(from, next),
        Values: result.Values.slice(from, next),
        StatusCode: result.Timestamps.length > next ? 'PartialData' : result.StatusCode,
      })),
    NextToken: more ? `page-${next}` : undefined,
    Messages: [],
  };
}
