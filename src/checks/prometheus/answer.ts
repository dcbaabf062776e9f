import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { type Api, ask, words } from '../monitor/ask.ts';

/** One series at one moment; the value may be NaN or infinite. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** What a query gives at one moment; `atMs` is the server's, absent when there is no series. */
export interface Instant {
  atMs: number | undefined;
  samples: Sample[];
}

/** [seconds, value as text] */
const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const vector = z.array(z.object({ metric: labels, value: point.optional() }));
const matrix = z.array(z.object({ metric: labels, values: z.array(point).optional() }));
const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: vector }),
    z.object({ resultType: z.literal('matrix'), result: matrix }),
    z.object({ resultType: z.literal('scalar'), result: point }),
    z.object({ resultType: z.literal('string'), result: z.unknown() }),
  ]),
  warnings: z.array(z.string()).nullish(),
  /** VictoriaMetrics says it so that some of its stores did not answer. */
  isPartial: z.boolean().nullish(),
});
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

export type Ask = { api: Api; acceptWarnings: boolean; signal: AbortSignal };

/** What the query gives now, or gave at a moment. Throws Unmeasured for whatever is no list of numbers. */
export async function instantOf(query: string, room: Ask, atMs?: number): Promise<Instant> {
  const time: Record<string, string> = atMs === undefined ? {} : { time: seconds(atMs) };
  const data = await dataOf('/api/v1/query', { query, ...time }, room);
  if (data.resultType === 'scalar') {
    return { atMs: Math.round(data.result[0] * 1_000), samples: [{ labels: {}, value: numberOf(data.result[1]) }] };
  }
  if (data.resultType !== 'vector') {
    const [what, next] =
      data.resultType === 'matrix'
        ? ['a range of samples', 'put rate(…), increase(…) or avg_over_time(…) around it']
        : ['a text', 'a query with a number'];
    throw new Unmeasured('misconfigured', `the query gives ${what}, not one value`, { next });
  }
  const [first] = data.result;
  const samples = data.result.map(({ metric, value }) => {
    if (value === undefined) throw histogram();
    return { labels: metric, value: numberOf(value[1]) };
  });
  return { atMs: first?.value && Math.round(first.value[0] * 1_000), samples };
}

/** What the query gave at each step from `fromMs` to `toMs`, by ms; steps without a series are absent. Throws Unmeasured. */
export async function rangeOf(
  query: string,
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
  room: Ask,
): Promise<Map<number, Sample[]>> {
  const span = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) };
  const data = await dataOf('/api/v1/query_range', { query, ...span }, room);
  if (data.resultType !== 'matrix') throw unreadable(room.api);
  const steps = new Map<number, Sample[]>();
  for (const { metric, values } of data.result) {
    if (values === undefined) throw histogram();
    for (const [second, text] of values) {
      const atMs = Math.round(second * 1_000);
      const samples = steps.get(atMs) ?? [];
      samples.push({ labels: metric, value: numberOf(text) });
      steps.set(atMs, samples);
    }
  }
  return steps;
}

async function dataOf(path: string, params: Record<string, string>, { api, acceptWarnings, signal }: Ask) {
  const reply = await ask(api, path, new URLSearchParams(params), signal);
  if (reply.kind === 'down') {
    const next = 'see that it runs; until then nothing is known of what the query measures';
    throw new Unmeasured('unreachable', `${api.name} can't be reached: ${reply.error}`, { next });
  }
  const failed = failure.safeParse(reply.json);
  if (failed.success) throw refused(api, failed.data);
  const read = success.safeParse(reply.json);
  if (reply.status !== 200 || !read.success) throw unreadable(api, reply.status);
  const partial = read.data.isPartial ? 'isPartial: some of its stores did not answer' : undefined;
  const warning = read.data.warnings?.[0] ?? partial;
  if (warning !== undefined && !acceptWarnings) {
    const next = 'mend what it says, or set warnings: accept';
    throw new Unmeasured('invalid_answer', `${api.name} answers with a warning: ${words(api, warning)}`, { next });
  }
  return read.data.data;
}

/** By the kind of error that Prometheus names. */
function refused(api: Api, { errorType, error }: z.output<typeof failure>): Unmeasured {
  const said = words(api, error);
  switch (errorType) {
    case 'bad_data':
      return new Unmeasured('misconfigured', `${api.name} can't read the query: ${said}`, { next: 'correct query' });
    case 'execution':
      return new Unmeasured('misconfigured', `${api.name} can't carry the query out: ${said}`, {
        next: 'narrow the query, or aggregate: sum by (…)',
      });
    case 'timeout':
    case 'canceled':
      return new Unmeasured('timeout', `${api.name} gave the query up: ${said}`, { next: 'narrow the query' });
    case 'unavailable':
      return new Unmeasured('unreachable', `${api.name} can't answer now: ${said}`, { next: 'see that it is ready' });
    default:
      return new Unmeasured('error', `${api.name} answers with an error (${words(api, errorType)}): ${said}`);
  }
}

function unreadable(api: Api, status = 200): Unmeasured {
  const what = status === 200 ? 'answers what no Prometheus does' : `answers HTTP ${status} without saying why`;
  return new Unmeasured(status < 500 ? 'invalid_answer' : 'unreachable', `${api.name} ${what}`, {
    next: 'check that url leads to its API',
  });
}

function histogram(): Unmeasured {
  const next = 'put histogram_quantile(0.95, …) or histogram_count(…) around it';
  return new Unmeasured('misconfigured', 'the query gives a histogram, not a value', { next });
}

function numberOf(text: string): number {
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function seconds(ms: number): string {
  return String(ms / 1_000);
}
