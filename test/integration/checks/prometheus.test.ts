import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse as parseYaml } from 'yaml';
import prometheus from '../../../src/checks/prometheus.ts';
import { type Input, judge } from '../../../src/health/judge.ts';
import type { CheckType, Measurement, Rule } from '../../../src/kernel/check.ts';
import { root } from '../../../src/registry.ts';
import { judgedOf } from '../../support/judging.ts';
import { listenOn } from '../../support/listen.ts';
import {
  judgedByDefault,
  measure,
  type ProbeSetting,
  probeOf,
  verdictOf,
  whyUnmeasured,
} from '../../support/probes.ts';
import { answering, type Instead, PrometheusStandIn, type Series } from '../../support/prometheus.ts';
import { programOnPath, type RealServer, startRealPrometheus } from '../../support/real-monitors.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const base = Math.floor(Date.now() / minute) * minute;

/** A sample a minute, around `at`, until some minutes after: a test takes its time. */
function around(at: number, value: number): [number, number][] {
  return Array.from({ length: 17 }, (_, n): [number, number] => [at + (n - 6) * minute, value]);
}
function since(back: number, value: (minutesAgo: number) => number): [number, number][] {
  return Array.from({ length: back + 11 }, (_, n): [number, number] => [base + (n - back) * minute, value(back - n)]);
}
const labelled = (name: string, labels: Record<string, string>, samples: [number, number][]): Series => ({
  labels: { __name__: name, ...labels },
  samples: samples.toSorted(([a], [b]) => a - b),
});
const days = (values: number[], every: number) =>
  values.flatMap((value, n) => around(base - (values.length - n) * every * day, value));

/** What every Prometheus of these tests holds. */
const scene: Series[] = [
  labelled(
    'pool_used',
    { instance: 'a', job: 'api' },
    since(40, () => 70),
  ),
  labelled(
    'pool_used',
    { instance: 'b', job: 'api' },
    since(40, () => 85),
  ),
  labelled(
    'pool_used',
    { instance: 'c', job: 'api' },
    since(40, () => 60),
  ),
  labelled(
    'queue_length',
    {},
    since(40, (ago) => (ago <= 12 ? 90 : 10)),
  ),
  labelled('stopped', {}, [[base - 3 * minute, 1]]),
  labelled('gone', {}, [[base - 30 * minute, 1]]),
  labelled(
    'error_share',
    { instance: 'idle' },
    since(10, () => Number.NaN),
  ),
  labelled(
    'error_share',
    { instance: 'busy' },
    since(10, () => 0.5),
  ),
  labelled(
    'endless',
    {},
    since(10, () => Number.POSITIVE_INFINITY),
  ),
  labelled('appointments', {}, [...days([80, 120, 90, 110], 7), ...around(base, 100)]),
  labelled('registrations', {}, [...days([80, 120, 90, 110], 7), ...around(base, 40)]),
  labelled('calls', {}, [...days([80, 120, 90, 110], 7), ...around(base, 160)]),
  labelled('sessions', {}, [...days([10, 20, 30, 40, 50, 60, 70], 1), ...around(base, 44)]),
  labelled('young', {}, [...days([50, 50], 7), ...around(base, 50)]),
  labelled('quiet', {}, [...days([0, 0, 0, 0], 7), ...around(base, 0)]),
  labelled('woken', {}, [...days([0, 0, 0, 0], 7), ...around(base, 5)]),
];

/** The type with rules of an operator. */
function ruled(fail: string[], warn: string[] = []): typeof prometheus {
  const rules = (texts: string[]): Rule[] => texts.map((when) => ({ when }));
  return { ...prometheus, rules: () => ({ fail: rules(fail), warn: rules(warn) }) };
}
const heldFor = async (
  url: string,
  params: object,
  heldForMs: number,
  setting?: ProbeSetting,
): Promise<Measurement> => {
  const target = prometheus.params.parse({ url, ...params });
  return prometheus.run({ ...probeOf(target, setting), heldForMs });
};
const why = (url: string, params: object, setting?: ProbeSetting) =>
  whyUnmeasured(measure(prometheus, { url, ...params }, setting));

let standIn: PrometheusStandIn;
beforeEach(async () => {
  standIn = await new PrometheusStandIn(structuredClone(scene)).start();
});
afterEach(() => standIn.stop());

const [program, promtool] = [programOnPath('prometheus'), programOnPath('promtool')];
let real: RealServer | undefined;
beforeAll(async () => {
  if (program && promtool) real = await startRealPrometheus(program, promtool, scene);
});
afterAll(() => real?.stop());

describe.each([
  ['a stand-in', () => standIn.url, true],
  ['a Prometheus of this machine', () => real?.url ?? '', program !== undefined && promtool !== undefined],
])('%s', (_, url, there) => {
  const on = it.runIf(there);

  on('healthy: one series is the value, with its age', async () => {
    const facts = await measure(prometheus, { url: url(), query: 'queue_length' });
    expect(facts).toEqual({
      ...{ value: 90, series: 1, which: 'queue_length', values: ['queue_length: 90'] },
      ...{ age_s: expect.any(Number), unread: [] },
    });
    expect(facts.age_s).toBeGreaterThanOrEqual(0);
    expect(facts.age_s).toBeLessThanOrEqual(61);
    expect(judgedByDefault(ruled(['value > 95']), { url: url(), query: 'queue_length' }, facts)).toBe('ok');
  });

  on('degraded and failed: by the rules of an operator', async () => {
    const params = { url: url(), query: 'pool_used', pick: 'max' };
    expect(await verdictOf(ruled(['value > 90'], ['value > 80']), params)).toBe('warn');
    expect(await verdictOf(ruled(['value > 80']), params)).toBe('fail');
    expect(await verdictOf(ruled(['series < 4']), params)).toBe('fail');
  });

  on('of several series takes what it was told to, and names it', async () => {
    const of = (pick: string) => measure(prometheus, { url: url(), query: 'pool_used', pick });
    expect(await of('max')).toMatchObject({ value: 85, which: 'instance="b", job="api"', series: 3 });
    expect(await of('min')).toMatchObject({ value: 60, which: 'instance="c", job="api"' });
    expect(await of('sum')).toMatchObject({ value: 215, which: '' });
    expect((await of('max')).values).toEqual([
      'instance="b", job="api": 85',
      'instance="a", job="api": 70',
      'instance="c", job="api": 60',
    ]);
    expect(await why(url(), { query: 'pool_used' })).toMatchObject({
      ...{ reason: 'misconfigured', retryable: false },
      message: expect.stringMatching(/^the query gives 3 series \(instance=.*and 1 more\), not one$/),
      next: expect.stringContaining('pick'),
    });
    expect(await measure(prometheus, { url: url(), query: 'pool_used{instance="a"}' })).toMatchObject({ value: 70 });
  });

  on('takes a number; its age is not known, nor that of an expression, unless it says what it reads', async () => {
    expect(await measure(prometheus, { url: url(), query: '42' })).toMatchObject({ value: 42, age_s: null });
    expect(await measure(prometheus, { url: url(), query: 'sum(pool_used)' })).toMatchObject({ age_s: null });
    const facts = await measure(prometheus, { url: url(), query: 'sum(pool_used)', fresh: 'pool_used{job="api"}' });
    expect(facts.age_s).toBeLessThanOrEqual(61);
  });

  on('samples that stopped: unknown, though the query still answers', async () => {
    expect(await measure(prometheus, { url: url(), query: 'stopped' })).toMatchObject({ value: 1 });
    for (const params of [{ query: 'stopped' }, { query: 'sum(stopped)', fresh: 'stopped' }]) {
      expect(await why(url(), { ...params, max_age: '2m' })).toMatchObject({
        reason: 'empty',
        message: expect.stringMatching(/^the newest sample of stopped is [345] min.* old \(limit 2 min\)$/),
      });
    }
    expect(await why(url(), { query: '1', fresh: 'gone' })).toMatchObject({
      reason: 'empty',
      message: expect.stringContaining('has no samples of gone'),
    });
  });

  on('no series is unknown, or zero where that is what it means', async () => {
    const query = 'errors_total{job="api"}';
    expect(await why(url(), { query })).toMatchObject({
      ...{ reason: 'empty', next: expect.stringContaining('missing: zero') },
    });
    const zero = { url: url(), query, missing: 'zero', fresh: 'queue_length' };
    expect(await measure(prometheus, zero)).toMatchObject({ value: 0, series: 0 });
    expect(await why(url(), { ...zero, fresh: 'gone' })).toMatchObject({ reason: 'empty' });
  });

  on('NaN and infinity are unknown, also among others and where no series means zero', async () => {
    const nan = await why(url(), { query: 'error_share', pick: 'max', missing: 'zero', fresh: 'queue_length' });
    expect(nan).toMatchObject({
      reason: 'invalid_answer',
      message: 'the query gives a value that is not a number (NaN): instance="idle"',
      next: expect.stringContaining('>= 0'),
    });
    expect(await why(url(), { query: 'endless' })).toMatchObject({
      message: 'the query gives a value that is infinite: endless',
    });
    expect(await measure(prometheus, { url: url(), query: 'error_share{instance="busy"}' })).toMatchObject({
      value: 0.5,
    });
  });

  on('a query with a mistake is told in the words of Prometheus', async () => {
    expect(await why(url(), { query: 'sum(pool_used' })).toMatchObject({
      ...{ reason: 'misconfigured', retryable: false, next: 'correct query' },
      message: expect.stringMatching(/^Prometheus at 127\.0\.0\.1:\d+ can't read the query: .*parse error: /),
    });
    expect(await why(url(), { query: 'pool_used[5m]' })).toMatchObject({
      ...{ reason: 'misconfigured', next: expect.stringContaining('rate(…)') },
    });
    expect(await why(url(), { query: '"hello"' })).toMatchObject({ message: 'the query gives a text, not one value' });
  });

  on('a long query is asked as a form', async () => {
    const label = 'x'.repeat(4_000);
    expect(await why(url(), { query: `pool_used{instance="${label}"}` })).toMatchObject({ reason: 'empty' });
  });

  describe('held for a time, by its own history', () => {
    const held = async (query: string, minutes: number) => {
      const { facts, earlier } = await heldFor(
        url(),
        { query, ...(query === 'pool_used' && { pick: 'max' }) },
        minutes * minute,
      );
      const specs = prometheus.facts(prometheus.params.parse({ url: url(), query }));
      const now = new Date();
      const measured: Input = { kind: 'measured', facts, specs, at: now, attempts: 1, earlier: earlier ?? [] };
      const check = judgedOf({ fail: ['value > 80'] }, specs, { heldForMs: minutes * minute });
      return judge({ measured, check, history: [], now }).outcome;
    };

    on('fails at the first look when the limit was passed all the time', async () => {
      expect(await held('queue_length', 10)).toBe('fail');
      expect(await held('pool_used', 30)).toBe('fail');
    });

    on('waits while it was passed for a part of it', async () => {
      expect(await held('queue_length', 25)).toBe('ok');
    });

    on('gives samples of equal distance, oldest first, up to the value', async () => {
      const before = Date.now();
      const { earlier = [], facts } = await heldFor(url(), { query: 'queue_length' }, 20 * minute);
      expect(facts.value).toBe(90);
      expect(earlier).toHaveLength(31);
      const at = earlier.map((sample) => sample.at.getTime());
      expect(new Set(at.slice(1).map((ms, n) => ms - at[n]!))).toEqual(new Set([40_000]));
      expect(before - at.at(-1)!).toBeLessThanOrEqual(40_000);
      expect(earlier[0]?.facts).toEqual({ value: 10, series: 1 });
      expect(earlier.at(-1)?.facts).toEqual({ value: 90, series: 1 });
    });

    on('fills in zeros where no series means zero, and leaves out what is not known', async () => {
      const none = await heldFor(url(), { query: 'nothing', missing: 'zero', fresh: 'queue_length' }, 5 * minute);
      expect(none.earlier?.map(({ facts }) => facts)).toEqual(Array(31).fill({ value: 0, series: 0 }));
      const { earlier = [] } = await heldFor(url(), { query: 'stopped' }, 10 * minute);
      expect(earlier.length).toBeGreaterThan(5);
      expect(earlier.length).toBeLessThan(31);
    });

    on('is not asked for without a hold', async () => {
      expect(await heldFor(url(), { query: 'queue_length' }, 0)).not.toHaveProperty('earlier');
    });
  });

  describe('the same hour of earlier days', () => {
    const same_hour = {};

    on('usual is the median of the same weekday in four weeks', async () => {
      const params = { url: url(), query: 'appointments', same_hour };
      const facts = await measure(prometheus, params);
      expect(facts).toMatchObject({ value: 100, usual: 100, ratio_to_usual: 1, days_found: 4 });
      expect(judgedByDefault(prometheus, params, facts)).toBe('ok');
    });

    on('of each day of a week', async () => {
      const params = { url: url(), query: 'sessions', same_hour: { days: 7, weekday: false } };
      expect(await measure(prometheus, params)).toMatchObject({ usual: 40, ratio_to_usual: 1.1, days_found: 7 });
    });

    on('nothing where nothing is usual is as usual', async () => {
      const params = { url: url(), query: 'quiet', same_hour };
      const facts = await measure(prometheus, params);
      expect(facts).toMatchObject({ value: 0, usual: 0, ratio_to_usual: 1 });
      expect(judgedByDefault(prometheus, params, facts)).toBe('ok');
    });

    on.each([
      ['much less than usual', 'registrations', 'warn'],
      ['much more than usual', 'calls', 'warn'],
      ['something where nothing is usual', 'woken', 'warn'],
      ['two earlier days only', 'young', 'unknown'],
    ] as const)('%s: %s is %s', async (_name, query, verdict) => {
      expect(await verdictOf(prometheus, { url: url(), query, same_hour })).toBe(verdict);
    });

    on('each day by itself, not as a range', async () => {
      const params = { url: url(), query: 'sessions', same_hour: { days: 28, weekday: false } };
      expect(await measure(prometheus, params)).toMatchObject({ usual: 40, days_found: 7, unread: [] });
    });

    on('something where nothing is usual is no multiple of that', async () => {
      const facts = await measure(prometheus, { url: url(), query: 'woken', same_hour });
      expect(facts).toMatchObject({ value: 5, usual: 0, ratio_to_usual: null, days_found: 4 });
    });

    on('says why it knows nothing of what is usual', async () => {
      const facts = await measure(prometheus, { url: url(), query: 'young', same_hour });
      expect(facts).toMatchObject({ value: 50, usual: null, ratio_to_usual: null, days_found: 2 });
      const specs = prometheus.facts(prometheus.params.parse({ url: url(), query: 'young' }));
      expect(specs.usual?.whyAbsent?.(facts)).toMatch(/^2 earlier days have data at this hour \(3 are needed\)/);
      expect(specs.ratio_to_usual?.whyAbsent?.({ ...facts, usual: 0 })).toContain('usual is 0');
    });
  });
});

it.runIf(program && promtool).each(['prometheus', 'holi'])(
  'the queries of examples/%s are PromQL, read by a Prometheus of this machine',
  async (name) => {
    const { checks } = parseYaml(await readFile(join(root, 'examples', name, 'ops.yml'), 'utf8'));
    const queries = checks.flatMap(({ prometheus: of }: { prometheus?: { query: string } }) => (of ? [of] : []));
    expect(queries.length).toBeGreaterThan(10);
    for (const params of queries) {
      const asked = await measure(prometheus, { ...params, url: real?.url }).catch(({ reason, message }) => ({
        reason,
        message,
      }));
      expect(asked).not.toMatchObject({ reason: 'misconfigured' });
    }
  },
);

describe('how it asks', () => {
  it('asks one question for each part of it, and declares every fact', async () => {
    const params = { url: standIn.url, query: 'appointments', same_hour: { zone: 'UTC' } };
    const { facts } = await heldFor(standIn.url, params, 5 * minute);
    expect(standIn.asked).toHaveLength(7);
    const specs = prometheus.facts(prometheus.params.parse(params));
    expect(Object.keys(facts).filter((name) => !(name in specs))).toEqual([]);
  });

  it.each([
    ['refused', answering(422, { status: 'error', errorType: 'execution', error: 'too many samples' })],
    ['throttled', answering(429, 'slow down')],
    ['silent', () => {}],
    ['partial', answering(200, { status: 'success', isPartial: true, data: { resultType: 'vector', result: [] } })],
  ])('a past that is %s does not hide a value that fails', async (_, past) => {
    standIn.pastInstead = past;
    const params = { url: standIn.url, query: 'queue_length', same_hour: {} };
    const setting = { partsSignal: AbortSignal.timeout(1_000) };
    const { facts, earlier } = await heldFor(standIn.url, params, 5 * minute, setting);
    expect(earlier).toBeUndefined();
    expect(facts).toMatchObject({ value: 90, usual: null, ratio_to_usual: null, days_found: null });
    expect(facts.unread).toContainEqual(expect.stringContaining('Prometheus at 127.0.0.1'));
    const own = prometheus.rules(prometheus.params.parse(params)).warn ?? [];
    const withLimit = (when: string) => ({ ...prometheus, rules: () => ({ fail: [{ when }], warn: own }) });
    expect(judgedByDefault(withLimit('value > 80'), params, facts)).toBe('fail');
    expect(judgedByDefault(withLimit('value > 95'), params, facts)).toBe('unknown');
    const specs = prometheus.facts(prometheus.params.parse(params));
    for (const name of ['usual', 'ratio_to_usual', 'days_found'])
      expect(specs[name]?.whyAbsent?.(facts)).toMatch(/^not read: .*Prometheus at 127\.0\.0\.1/);
  });

  it('behind a query-frontend, which moves the steps of a range', async () => {
    standIn.aligns = true;
    const usual = await measure(prometheus, { url: standIn.url, query: 'appointments', same_hour: {} });
    expect(usual).toMatchObject({ value: 100, usual: 100, days_found: 4 });
    const zero = { query: 'queue_length', missing: 'zero', fresh: 'queue_length' };
    const { earlier = [] } = await heldFor(standIn.url, zero, 10 * minute);
    expect(earlier.map(({ facts }) => facts.value)).toEqual(Array(31).fill(90));
  });

  it.each([
    ['a token', { bearer: { secret: 'TOKEN' } }, 'Bearer s3cret-value'],
    ['user and password', { basic: { user: 'me', password: { secret: 'TOKEN' } } }, `Basic ${btoa('me:s3cret-value')}`],
    ['a header', { headers: { Authorization: { secret: 'TOKEN' } } }, 's3cret-value'],
  ])('with %s', async (_, access, authorization) => {
    const params = { url: `${standIn.url}/`, query: 'queue_length', ...access };
    await measure(prometheus, params, { secrets: { TOKEN: 's3cret-value' } });
    expect(standIn.asked.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
  });

  it('behind a prefix, with what the address asks besides', async () => {
    standIn.instead = answering(200, { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } });
    const url = `${standIn.url}/tenant/?dedup=true`;
    expect(await measure(prometheus, { url, query: '7' })).toMatchObject({ value: 7 });
    expect(standIn.asked[0]).toMatchObject({ path: '/tenant/api/v1/query', method: 'GET' });
    expect(String(standIn.asked[0]?.params)).toBe('dedup=true&query=7');
  });

  it('a long query as a form, a short one not', async () => {
    await why(standIn.url, { query: `pool_used{instance="${'x'.repeat(2_000)}"}` });
    expect(new Set(standIn.asked.map(({ method }) => method))).toEqual(new Set(['POST']));
  });

  it('a secret that the server echoes is not shown', async () => {
    standIn.instead = answering(400, {
      status: 'error',
      errorType: 'bad_data',
      error: 'no tenant s3cret-value\n<!channel>',
    });
    const params = { url: standIn.url, query: 'up', headers: { 'x-scope-orgid': { secret: 'TOKEN' } } };
    const { message } = await whyUnmeasured(measure(prometheus, params, { secrets: { TOKEN: 's3cret-value' } }));
    expect(message).toMatch(/can't read the query: no tenant \[secret TOKEN\] <!channel>$/);
  });

  it('a secret that is not set, an authority that is not there', async () => {
    const bearer = { secret: 'TOKEN' };
    expect(await why(standIn.url, { query: 'up', bearer })).toMatchObject({ reason: 'no_credentials' });
    expect(await why(standIn.url, { query: 'up', ca: 'none.pem' })).toMatchObject({ reason: 'misconfigured' });
    expect(standIn.asked).toEqual([]);
  });

  it('does not follow a redirect: the login stays here', async () => {
    const other = await new PrometheusStandIn(scene).start();
    standIn.instead = answering(302, '', { location: `${other.url}/login?token=abc` });
    const error = await why(
      standIn.url,
      { query: 'queue_length', bearer: { secret: 'TOKEN' } },
      { secrets: { TOKEN: 'abcdef' } },
    );
    expect(error).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining(`redirects to ${new URL(other.url).host} (HTTP 302)`),
    });
    expect(error.message).not.toContain('abc');
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  it('ends at once when it is cut off, and leaves nothing open', async () => {
    const cut = new AbortController();
    const closed = Promise.withResolvers<void>();
    standIn.instead = (_, request) => {
      request.socket.once('close', () => closed.resolve());
      cut.abort();
    };
    expect(await why(standIn.url, { query: 'sum(up)' }, { signal: cut.signal })).toMatchObject({
      ...{ reason: 'timeout', message: expect.stringMatching(/^no complete answer from Prometheus at 127/) },
    });
    await closed.promise;
  });

  it('over TLS: by an authority of one’s own, by none, or by whoever it is if that is wanted', async () => {
    const tls = join(import.meta.dirname, '../../support/tls');
    const [key, cert] = await Promise.all(['valid.key', 'valid.pem'].map((name) => readFile(join(tls, name))));
    const server = https.createServer({ key, cert }, (_, response) =>
      response.end('{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}'),
    );
    onTestFinished(() => void server.close());
    const url = `https://localhost:${await listenOn(server)}`;
    expect(await measure(prometheus, { url, query: '7', ca: join(tls, 'ca.pem') })).toMatchObject({ value: 7 });
    expect(await measure(prometheus, { url, query: '7', insecure_tls: true })).toMatchObject({ value: 7 });
    expect(await why(url, { query: '7' })).toMatchObject({
      ...{ reason: 'unreachable', message: expect.stringContaining('issuer of the certificate is not trusted') },
    });
  });

  it('reads an answer that is packed though nobody asked for that; one that unpacks to a flood is not read', async () => {
    const packed =
      (text: string): Instead =>
      (response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    standIn.instead = packed('{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}');
    expect(await measure(prometheus, { url: standIn.url, query: '7' })).toMatchObject({ value: 7 });
    standIn.instead = packed(' '.repeat(20_000_000));
    expect(await why(standIn.url, { query: '7' })).toMatchObject({ reason: 'too_large' });
  });

  it('tells the past by the server’s clock, and its times by ours', async () => {
    const ahead = 3 * 60 * minute;
    standIn.aheadMs = ahead;
    for (const series of standIn.series) series.samples = series.samples.map(([at, value]) => [at + ahead, value]);
    const before = Date.now();
    const { facts, earlier = [] } = await heldFor(standIn.url, { query: 'queue_length' }, 10 * minute);
    expect(facts).toMatchObject({ value: 90 });
    expect(earlier.map((sample) => sample.facts.value)).toEqual(Array(31).fill(90));
    const last = earlier.at(-1)!.at.getTime();
    expect(last).toBeGreaterThanOrEqual(before - 20_000);
    expect(last).toBeLessThanOrEqual(Date.now() - 20_000);
  });
});

const success = (data: unknown, more = {}): Instead => answering(200, { status: 'success', data, ...more });
const failure = (status: number, errorType: string) =>
  answering(status, { status: 'error', errorType, error: 'because' });

interface Plant {
  change(queue: Series, all: Series[]): void;
}
const planted = (change: Plant['change']): Plant => ({ change });

describe('planted faults', () => {
  const limits = ruled(['value > 95'], ['value > 92']) as CheckType;

  it('nothing planted is ok', async () => {
    expect(await verdictOf(limits, { url: standIn.url, query: 'queue_length' })).toBe('ok');
  });

  const one = [{ metric: {}, value: [1, '1'] }];
  it.each<[string, 'fail' | 'warn' | 'unknown', Instead | Plant, string?]>([
    [
      'a value above the limit',
      'fail',
      planted((queue) => {
        queue.samples = since(10, () => 99);
      }),
    ],
    [
      'a value near the limit',
      'warn',
      planted((queue) => {
        queue.samples = since(10, () => 93);
      }),
    ],
    [
      'the series disappears',
      'unknown',
      planted((_, all) => {
        all.splice(3, 1);
      }),
    ],
    [
      'its samples stop',
      'unknown',
      planted((queue) => {
        queue.samples = [[base - 7 * minute, 90]];
      }),
    ],
    [
      'a second series appears',
      'unknown',
      planted((queue, all) => {
        all.push({ ...queue, labels: { ...queue.labels, pod: 'x' } });
      }),
    ],
    [
      'it becomes NaN',
      'unknown',
      planted((queue) => {
        queue.samples = since(10, () => Number.NaN);
      }),
    ],
    [
      'it becomes infinite',
      'unknown',
      planted((queue) => {
        queue.samples = since(10, () => Number.NEGATIVE_INFINITY);
      }),
    ],
    ['401', 'unknown', answering(401, 'Unauthorized'), 'denied'],
    [
      '403 with JSON',
      'unknown',
      answering(403, { status: 'success', data: { resultType: 'vector', result: one } }),
      'denied',
    ],
    [
      '404 with JSON',
      'unknown',
      answering(404, { status: 'success', data: { resultType: 'vector', result: one } }),
      'misconfigured',
    ],
    ['a page to log in instead', 'unknown', answering(302, '', { location: '/login' }), 'misconfigured'],
    ['a page with 200', 'unknown', answering(200, '<html>login</html>'), 'invalid_answer'],
    ['an empty answer', 'unknown', answering(200, ''), 'invalid_answer'],
    ['JSON of something else', 'unknown', answering(200, { ok: true }), 'invalid_answer'],
    ['null', 'unknown', answering(200, null as never), 'invalid_answer'],
    [
      'a success with another status',
      'unknown',
      answering(206, { status: 'success', data: { resultType: 'vector', result: one } }),
      'invalid_answer',
    ],
    ['too many questions', 'unknown', answering(429, 'slow down'), 'throttled'],
    ['it is starting', 'unknown', answering(503, 'Service Unavailable'), 'unreachable'],
    ['a bad gateway', 'unknown', answering(502, '<html>'), 'unreachable'],
    ['503 unavailable', 'unknown', failure(503, 'unavailable'), 'unreachable'],
    ['503 timeout', 'unknown', failure(503, 'timeout'), 'timeout'],
    ['422 execution', 'unknown', failure(422, 'execution'), 'misconfigured'],
    ['400 bad data', 'unknown', failure(400, 'bad_data'), 'misconfigured'],
    ['500 internal', 'unknown', failure(500, 'internal'), 'error'],
    ['200 with an error in it', 'unknown', failure(200, 'internal'), 'error'],
    ['500 with JSON that says nothing', 'unknown', answering(500, {}), 'unreachable'],
    [
      'a part of the stores is missing',
      'unknown',
      success({ resultType: 'vector', result: one }, { warnings: ['store s3 gone'] }),
      'invalid_answer',
    ],
    [
      'a part of the stores is missing, in the words of VictoriaMetrics',
      'unknown',
      success({ resultType: 'vector', result: one }, { isPartial: true }),
      'invalid_answer',
    ],
    [
      'a histogram',
      'unknown',
      success({ resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] }),
      'misconfigured',
    ],
    [
      'a value that is no number',
      'unknown',
      success({ resultType: 'vector', result: [{ metric: {}, value: [1, 'many'] }] }),
      'invalid_answer',
    ],
    [
      'a value that is empty',
      'unknown',
      success({ resultType: 'vector', result: [{ metric: {}, value: [1, ''] }] }),
      'invalid_answer',
    ],
    [
      'a value of another type',
      'unknown',
      success({ resultType: 'vector', result: [{ metric: {}, value: [1, 5] }] }),
      'invalid_answer',
    ],
    ['an answer that is too large', 'unknown', answering(200, 'x'.repeat(9 * 1_048_576)), 'too_large'],
    ['the connection breaks', 'unknown', (_, request) => void request.socket.resetAndDestroy(), 'unreachable'],
    ['no HTTP', 'unknown', (_, request) => void request.socket.end('PROM/1 hello\r\n\r\n'), 'invalid_answer'],
  ])('%s: %s', async (_, verdict, plant, reason) => {
    if ('change' in plant) plant.change(standIn.series[3]!, standIn.series);
    else standIn.instead = plant;
    const params = { url: standIn.url, query: 'queue_length' };
    expect(await verdictOf(limits, params)).toBe(verdict);
    if (reason !== undefined) expect((await why(standIn.url, { query: 'queue_length' })).reason).toBe(reason);
  });

  it('it is not there: unknown', async () => {
    const gone = createServer();
    const port = await listenOn(gone);
    await new Promise((closed) => gone.close(closed));
    const url = `http://127.0.0.1:${port}`;
    expect(await verdictOf(limits, { url, query: 'queue_length' })).toBe('unknown');
    expect(await why(url, { query: 'queue_length' })).toMatchObject({
      ...{ reason: 'unreachable', message: `Prometheus at 127.0.0.1:${port} can't be reached: connection refused` },
    });
  });

  it('it says nothing: unknown', async () => {
    standIn.instead = () => {};
    const setting = { signal: AbortSignal.timeout(100) };
    expect(await verdictOf(limits, { url: standIn.url, query: 'queue_length' }, setting)).toBe('unknown');
  });

  it('warnings that are accepted are no fault', async () => {
    standIn.warnings = ['store s3 gone'];
    const params = { url: standIn.url, query: 'queue_length', warnings: 'accept' };
    expect(await measure(prometheus, params)).toMatchObject({ value: 90 });
    standIn.instead = success({ resultType: 'vector', result: one }, { isPartial: true });
    expect(await measure(prometheus, { ...params, query: 'sum(x)' })).toMatchObject({ value: 1 });
  });
});
