import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from './listen.ts';

/** One series: its labels, `__name__` among them, and samples, epoch ms → value. */
export interface Series {
  labels: Record<string, string>;
  samples: [atMs: number, value: number][];
}

/** What a test puts in the place of an answer. */
export type Instead = (response: ServerResponse, request: IncomingMessage) => void;

/** Prometheus looks back this far for a sample. */
const lookbackMs = 300_000;

/**
 * Prometheus's HTTP API over a few series: `query` and `query_range`, by GET and as a form, of plain series with `=` matchers,
 * `sum(…)`, `max(time() - timestamp(…))`, numbers and `series[5m]`. Other PromQL is bad_data, as a mistake is there.
 */
export class PrometheusStandIn {
  readonly asked: { path: string; params: URLSearchParams; headers: IncomingMessage['headers']; method: string }[] = [];
  readonly series: Series[];
  instead: Instead | undefined;
  /** The same for questions about the past alone. */
  pastInstead: Instead | undefined;
  warnings: string[] = [];
  /** As a query-frontend does: the steps of a range lie at multiples of the step. */
  aligns = false;
  /** How far its clock is ahead of ours. */
  aheadMs = 0;
  readonly #server: Server;
  url = '';

  constructor(series: Series[]) {
    this.series = series;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    this.url = `http://127.0.0.1:${await listenOn(this.#server)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const params = request.method === 'POST' ? new URLSearchParams(body) : searchParams;
    this.asked.push({ path: pathname, params, headers: request.headers, method: request.method ?? '' });
    if (this.instead) return this.instead(response, request);
    if (this.pastInstead && (pathname.endsWith('_range') || params.has('time')))
      return this.pastInstead(response, request);
    if (!pathname.startsWith('/api/v1/query')) return void response.writeHead(404).end('404 page not found\n');
    const query = params.get('query') ?? '';
    try {
      const data = pathname.endsWith('_range')
        ? this.#range(query, params)
        : this.#instant(query, momentOf(params.get('time')) ?? Date.now() + this.aheadMs);
      const warnings = this.warnings.length > 0 ? { warnings: this.warnings } : {};
      send(response, 200, { status: 'success', data, ...warnings });
    } catch (error) {
      const said = `invalid parameter "query": ${error instanceof Error ? error.message : ''}`;
      send(response, 400, { status: 'error', errorType: 'bad_data', error: said });
    }
  }

  #instant(query: string, atMs: number) {
    if (/^".*"$/.test(query)) return { resultType: 'string', result: [atMs / 1_000, query.slice(1, -1)] };
    if (/^-?[\d.]+$/.test(query)) return { resultType: 'scalar', result: [atMs / 1_000, query] };
    if (query.endsWith('[5m]')) {
      const result = this.#matching(query.slice(0, -'[5m]'.length)).map(({ labels, samples }) => ({
        metric: labels,
        values: samples
          .filter(([at]) => at <= atMs && at > atMs - lookbackMs)
          .map(([at, value]) => [at / 1_000, `${value}`]),
      }));
      return { resultType: 'matrix', result };
    }
    const result = this.#evaluate(query, atMs).map(({ labels, value }) => ({
      metric: labels,
      value: [atMs / 1_000, textOf(value)],
    }));
    return { resultType: 'vector', result };
  }

  #range(query: string, params: URLSearchParams) {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Math.round(Number(params.get(name)) * 1_000));
    const aligned = (ms: number) => (this.aligns ? Math.floor(ms / step!) * step! : ms);
    const found = new Map<string, { metric: Record<string, string>; values: [number, string][] }>();
    for (let at = aligned(start!); at <= aligned(end!); at += step!) {
      for (const { labels, value } of this.#evaluate(query, at)) {
        const key = JSON.stringify(labels);
        const one = found.get(key) ?? { metric: labels, values: [] };
        one.values.push([at / 1_000, textOf(value)]);
        found.set(key, one);
      }
    }
    return { resultType: 'matrix', result: [...found.values()] };
  }

  #evaluate(query: string, atMs: number): { labels: Record<string, string>; value: number }[] {
    const age = /^max\(time\(\) - timestamp\((.*)\)\)$/.exec(query)?.[1];
    if (age !== undefined) {
      const ages = this.#newest(age, atMs).map(({ at }) => (atMs - at) / 1_000);
      return ages.length === 0 ? [] : [{ labels: {}, value: Math.max(...ages) }];
    }
    const summed = /^sum\((.*)\)$/.exec(query)?.[1];
    const found = this.#newest(summed ?? query, atMs);
    if (summed === undefined) return found;
    return found.length === 0 ? [] : [{ labels: {}, value: found.reduce((sum, { value }) => sum + value, 0) }];
  }

  #newest(selector: string, atMs: number) {
    return this.#matching(selector).flatMap(({ labels, samples }) => {
      const last = samples.findLast(([at]) => at <= atMs && at > atMs - lookbackMs);
      return last === undefined ? [] : [{ labels, at: last[0], value: last[1] }];
    });
  }

  #matching(selector: string): Series[] {
    const read = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?$/.exec(selector.trim());
    if (!read) throw new Error(`1:1: parse error: unexpected "${selector.slice(0, 40)}"`);
    const wanted = [...(read[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as const);
    return this.series.filter(
      ({ labels }) => labels.__name__ === read[1] && wanted.every(([name, value]) => labels[name] === value),
    );
  }
}

function momentOf(time: string | null): number | undefined {
  return time === null ? undefined : Math.round(Number(time) * 1_000);
}

function textOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : `${value > 0 ? '+' : '-'}Inf`;
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with this instead; a text as it is. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}): Instead {
  return (response) => {
    if (typeof body === 'string') response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
    else send(response, status, body, headers);
  };
}
