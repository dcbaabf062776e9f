import type { CloudWatch, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, awsService } from './client.ts';
import { describeSource, type MetricSource, queriesOf, querySize } from './metric-queries.ts';
import type { MetricWindow, Point } from './metric-window.ts';

/** GetMetricData answers at most this many metrics a call. */
export const metricsPerCall = 500;

export const connectCloudWatch = awsService<CloudWatch>({
  load: async () => (await import('@aws-sdk/client-cloudwatch')).CloudWatch,
  // 50 a second are allowed; one call asks for 500 metrics.
  pace: { perSecond: 20, concurrent: 1 },
  paces: { DescribeAlarms: { perSecond: 9, concurrent: 2 } },
});

export interface MetricQuestion {
  source: MetricSource;
  window: MetricWindow;
}

type Connection = AwsConnection<CloudWatch>;
type Answer = Point[] | Error;

/**
 * Asks for many metrics of one period in as few GetMetricData calls as their number allows: one answer per question, in
 * order. A mistake in one question (a bad expression fails the whole call) becomes that question's error alone.
 */
export async function readMetrics(
  aws: Connection,
  questions: MetricQuestion[],
  signal: AbortSignal,
): Promise<Answer[]> {
  const answers = await Promise.all(callsOf(questions).map((group) => readCall(aws, group, signal)));
  return answers.flat();
}

/** Consecutive questions whose metrics fit into one call. */
function callsOf(questions: MetricQuestion[]): MetricQuestion[][] {
  const calls: MetricQuestion[][] = [];
  let room = 0;
  for (const question of questions) {
    const size = querySize(question.source);
    if (size > room) {
      calls.push([]);
      room = metricsPerCall;
    }
    calls.at(-1)?.push(question);
    room -= size;
  }
  return calls;
}

async function readCall(aws: Connection, questions: MetricQuestion[], signal: AbortSignal): Promise<Answer[]> {
  const queries = questions.flatMap(({ source, window }, i) => queriesOf(source, `q${i}`, window.periodMs / 1000));
  try {
    const results = await readPages(aws, questions, queries, signal);
    return questions.map(({ source }, i) => answerOf(source, results.get(`q${i}`), aws.region));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const mistaken = error instanceof Unmeasured && error.reason === 'misconfigured';
    if (!mistaken || questions.length === 1) return questions.map(() => error);
    const middle = Math.ceil(questions.length / 2);
    return [
      ...(await readCall(aws, questions.slice(0, middle), signal)),
      ...(await readCall(aws, questions.slice(middle), signal)),
    ];
  }
}

/** All pages, by query id. One id has several results when it spans pages, or when an expression yields several series. */
async function readPages(
  aws: Connection,
  questions: MetricQuestion[],
  MetricDataQueries: MetricDataQuery[],
  signal: AbortSignal,
): Promise<Map<string, MetricDataResult[]>> {
  const StartTime = new Date(Math.min(...questions.map(({ window }) => window.startMs)));
  const EndTime = new Date(Math.max(...questions.map(({ window }) => window.endMs)));
  const resource = questions.length === 1 ? describeSource(questions[0]!.source) : `${questions.length} metrics`;
  const results = new Map<string, MetricDataResult[]>();
  let NextToken: string | undefined;
  do {
    const page = await askAws(aws, { action: 'cloudwatch:GetMetricData', resource }, signal, (client, options) =>
      client.getMetricData(
        { MetricDataQueries, StartTime, EndTime, ScanBy: 'TimestampDescending', NextToken },
        options,
      ),
    );
    for (const result of page.MetricDataResults ?? []) {
      const id = result.Id ?? '';
      results.set(id, [...(results.get(id) ?? []), result]);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return results;
}

/** On several pages all but the last say PartialData; the last one's status is the result's. */
function answerOf(source: MetricSource, pages: MetricDataResult[] | undefined, region: string): Answer {
  const name = `${describeSource(source)} in ${region}`;
  const last = pages?.at(-1);
  if (!pages || !last) return new Unmeasured('invalid_answer', `CloudWatch did not answer for ${name}`);
  const labels = new Set(pages.map((page) => page.Label));
  if (labels.size > 1)
    return new Unmeasured('misconfigured', `${name} yields ${labels.size} series`, {
      next: 'reduce them to one: SUM(…), MAX(…) or AVG(…)',
    });
  const said = last.Messages?.map((message) => message.Value ?? message.Code).join('; ');
  const because = said ? `: ${said}` : '';
  switch (last.StatusCode) {
    case 'Forbidden':
      return new Unmeasured('denied', `cloudwatch:GetMetricData on ${name}: Forbidden${because}`, {
        next: 'grant cloudwatch:GetMetricData',
      });
    case 'PartialData':
      return new Unmeasured('error', `CloudWatch has only a part of ${name}${because}`, { retryable: true });
    case 'InternalError':
      return new Unmeasured('error', `CloudWatch failed on ${name}${because}`, { retryable: true });
    default:
      return pages.flatMap(pointsOf);
  }
}

function pointsOf({ Timestamps = [], Values = [] }: MetricDataResult): Point[] {
  return Timestamps.flatMap((at, i) => {
    const value = Values[i];
    return value === undefined ? [] : [{ atMs: at.getTime(), value }];
  });
}
