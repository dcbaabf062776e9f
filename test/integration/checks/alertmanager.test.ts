import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import alertmanager from '../../../src/checks/alertmanager.ts';
import { AlertmanagerStandIn, alertmanagerConfig } from '../../support/alertmanager.ts';
import { listenOn } from '../../support/listen.ts';
import { judgedByDefault, measure, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { answering, type Instead } from '../../support/prometheus.ts';
import { programOnPath, startRealAlertmanager } from '../../support/real-monitors.ts';

const minute = 60_000;

/** As Prometheus sends them, over the API. */
async function fire(url: string, ...alerts: Record<string, string>[]): Promise<void> {
  await post(
    url,
    'alerts',
    alerts.map((labels) => alertOf(labels)),
  );
}
function alertOf(labels: Record<string, string>, minutesAgo = 10) {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  return { labels, startsAt: at(-minutesAgo * minute), endsAt: at(60 * minute) };
}
async function post(url: string, what: 'alerts' | 'silences', body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${url}/api/v2/${what}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(status).toBe(200);
}
const silence = (url: string, alertname: string) =>
  post(url, 'silences', {
    matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
    ...{ startsAt: new Date(Date.now() - minute), endsAt: new Date(Date.now() + 60 * minute) },
    ...{ createdBy: 'test', comment: 'known' },
  });

const disk = { alertname: 'DiskFull', severity: 'critical' };
const slow = { alertname: 'Slow', severity: 'warning' };
const watchdog = { alertname: 'Watchdog', severity: 'none' };

async function standIn(): Promise<AlertmanagerStandIn> {
  const server = await new AlertmanagerStandIn().start();
  onTestFinished(() => server.stop());
  return server;
}
const program = programOnPath('prometheus-alertmanager', 'alertmanager');

describe.each([
  ['a stand-in', async () => (await standIn()).url, true],
  [
    'an Alertmanager of this machine',
    async () => {
      const server = await startRealAlertmanager(program ?? '', alertmanagerConfig);
      onTestFinished(() => server.stop());
      return server.url;
    },
    program !== undefined,
  ],
])('%s', (_, start, there) => {
  const on = it.runIf(there);
  /** What it says once these fire. */
  const facts = (url: string, more = {}) => measure(alertmanager, { url, ...more });

  on('healthy: nothing fires but the watchdog', async () => {
    const url = await start();
    await fire(url, watchdog);
    const params = { url, watchdog: 'Watchdog' };
    const found = await measure(alertmanager, params);
    expect(found).toEqual({
      ...{ reachable: true, error: '', firing: 0, critical: 0, warning: 0, other: 0 },
      ...{ critical_names: [], warning_names: [], other_names: [], silenced: 0, inhibited: 0 },
      ...{ started: 0, started_critical: 0, started_warning: 0, oldest_s: null },
      ...{ members: 1, not_answering: [], peers: 0, ready: true, watchdog_firing: true, watchdog_missing: [] },
      unread: [],
    });
    expect(judgedByDefault(alertmanager, params, found)).toBe('ok');
    expect(await verdictOf(alertmanager, { url })).toBe('ok');
  });

  on('degraded and failed: warnings warn, one critical fails', async () => {
    const url = await start();
    await fire(url, slow);
    expect(await verdictOf(alertmanager, { url })).toBe('warn');
    await fire(url, { ...disk, instance: 'a' }, { ...disk, instance: 'b' });
    expect(await facts(url)).toMatchObject({ firing: 3, critical: 2, warning: 1, critical_names: ['DiskFull ×2'] });
    expect(await verdictOf(alertmanager, { url })).toBe('fail');
  });

  on('counts what is silenced and what another keeps quiet apart, or as firing', async () => {
    const url = await start();
    await fire(url, disk, { alertname: 'DiskFull', severity: 'warning' }, { alertname: 'Api', severity: 'critical' });
    await silence(url, 'Api');
    expect(await facts(url)).toMatchObject({ critical: 1, warning: 0, silenced: 1, inhibited: 1 });
    expect(await facts(url, { count_silenced: true })).toMatchObject({
      critical: 2,
      critical_names: ['Api', 'DiskFull'],
    });
    expect(await facts(url, { count_inhibited: true })).toMatchObject({ critical: 1, warning: 1 });
  });

  on('takes only what the matchers let through; the watchdog is looked for apart', async () => {
    const url = await start();
    await fire(url, watchdog, { ...disk, team: 'data' }, { ...slow, team: 'web "x"' });
    const of = (...matchers: string[]) => facts(url, { matchers, watchdog: 'Watchdog' });
    expect(await of('team="data"')).toMatchObject({ firing: 1, critical: 1, watchdog_firing: true });
    expect(await of('team!="data"')).toMatchObject({ firing: 1, critical: 0, warning: 1 });
    expect(await of('team=~"web.*"', 'severity="critical"')).toMatchObject({ firing: 0, watchdog_firing: true });
    expect(await of('team="web \\"x\\""')).toMatchObject({ warning: 1 });
  });

  on('matchers with a mistake are told', async () => {
    const url = await start();
    const why = await whyUnmeasured(facts(url, { matchers: ['team data'] }));
    expect(why).toMatchObject({ reason: 'misconfigured', next: 'correct matchers' });
    expect(why.message).toMatch(/^Alertmanager at 127\.0\.0\.1:\d+ can't read the matchers: .*matcher/);
  });

  on('the severities are those of the house; what none knows warns', async () => {
    const url = await start();
    await fire(url, { alertname: 'A', level: 'page' }, { alertname: 'B', level: 'ticket' }, { alertname: 'C' });
    const own = { severity_label: 'level', critical: ['page'], warning: ['ticket'] };
    expect(await facts(url, own)).toMatchObject({ critical: 1, warning: 1, other: 1, other_names: ['C'] });
    expect(await facts(url)).toMatchObject({ critical: 0, warning: 0, other: 3 });
    expect(await verdictOf(alertmanager, { url })).toBe('warn');
    expect(await verdictOf(alertmanager, { url, severity_label: 'level', ignored: ['page', 'ticket', ''] })).toBe('ok');
  });

  on('tells since when, and what began in the time that is looked at', async () => {
    const url = await start();
    await post(url, 'alerts', [alertOf(disk, 600), alertOf(slow, 30), alertOf({ ...slow, instance: 'b' }, 5)]);
    const found = await facts(url, { since: '1h' });
    expect(found).toMatchObject({ firing: 3, started: 2, started_critical: 0, started_warning: 2 });
    expect(found.oldest_s).toBeGreaterThanOrEqual(36_000);
    expect(found.oldest_s).toBeLessThan(36_100);
    expect(await facts(url)).toMatchObject({ started: 3, started_critical: 1 });
  });

  on('the watchdog is missing: nothing is left of the way of alerts', async () => {
    const url = await start();
    expect(await verdictOf(alertmanager, { url })).toBe('ok');
    expect(await verdictOf(alertmanager, { url, watchdog: 'Watchdog' })).toBe('fail');
    await fire(url, watchdog);
    await silence(url, 'Watchdog');
    expect(await verdictOf(alertmanager, { url, watchdog: 'Watchdog' })).toBe('ok');
  });

  on('what is over is not there', async () => {
    const url = await start();
    await fire(url, disk);
    expect(await verdictOf(alertmanager, { url })).toBe('fail');
    await post(url, 'alerts', [{ ...alertOf(disk), endsAt: new Date(Date.now() - 1_000).toISOString() }]);
    expect(await verdictOf(alertmanager, { url })).toBe('ok');
  });
});

describe('a cluster', () => {
  const cluster = (status: string, members: number) => ({
    status,
    peers: Array(members).fill({ name: 'x', address: 'y' }),
  });
  let members: AlertmanagerStandIn[];
  let params: { url: string[]; watchdog: string };
  beforeEach(async () => {
    members = await Promise.all([1, 2, 3].map(() => new AlertmanagerStandIn().start()));
    for (const member of members) member.cluster = cluster('ready', 3);
    params = { url: members.map(({ url }) => url), watchdog: 'Watchdog' };
    await Promise.all(members.map(({ url }) => fire(url, watchdog)));
  });
  afterEach(() => Promise.all(members.map((member) => member.stop())));

  it('is ok when all are there and know the same; an alert of all counts once', async () => {
    expect(await verdictOf(alertmanager, params)).toBe('ok');
    await Promise.all(members.map(({ url }) => fire(url, slow)));
    expect(await measure(alertmanager, params)).toMatchObject({ members: 3, peers: 3, warning: 1, ready: true });
  });

  it.each<
    [
      string,
      'fail' | 'warn' | 'unknown',
      (first: AlertmanagerStandIn, all: AlertmanagerStandIn[], urls: string[]) => unknown,
    ]
  >([
    ['an alert that one knows alone', 'fail', (one) => fire(one.url, disk)],
    ['one where nobody listens', 'warn', async (_, __, urls) => urls.splice(0, 1, await nobody())],
    ['one that refuses the login', 'warn', (one) => Object.assign(one, { instead: answering(401, '') })],
    ['one that is starting', 'warn', (one) => Object.assign(one, { instead: answering(503, 'not ready') })],
    ['one that is still settling', 'warn', (one) => Object.assign(one, { cluster: cluster('settling', 3) })],
    ['one that is cut off from the others', 'warn', (one) => Object.assign(one, { cluster: cluster('ready', 1) })],
    [
      'no clustering',
      'warn',
      (_, all) => void all.map((one) => Object.assign(one, { cluster: { status: 'disabled' } })),
    ],
    [
      'all refuse the login',
      'unknown',
      (_, all) => void all.map((one) => Object.assign(one, { instead: answering(403, '') })),
    ],
  ])('%s: %s', async (_, verdict, plant) => {
    await plant(members[0]!, members, params.url);
    expect(await verdictOf(alertmanager, params)).toBe(verdict);
  });

  it('counts an alert that is silenced on some members only: it may still ring', async () => {
    await Promise.all(members.map(({ url }) => fire(url, disk)));
    await silence(members[0]!.url, 'DiskFull');
    await silence(members[2]!.url, 'DiskFull');
    expect(await measure(alertmanager, params)).toMatchObject({ critical: 1, silenced: 0 });
    await silence(members[1]!.url, 'DiskFull');
    expect(await measure(alertmanager, params)).toMatchObject({ critical: 0, silenced: 1 });
  });

  it('names who does not answer, and why', async () => {
    params.url[0] = await nobody();
    members[1]!.instead = answering(401, '');
    const found = await measure(alertmanager, params);
    expect(found.not_answering).toEqual([
      `${new URL(params.url[0]!).host} (connection refused)`,
      `Alertmanager at ${new URL(params.url[1]!).host} refuses the login (HTTP 401)`,
    ]);
    expect(found).toMatchObject({ reachable: true, members: 1 });
  });

  it('one that says nothing is told when the time is up; the others count', async () => {
    members[0]!.instead = () => {};
    const found = await measure(alertmanager, params, { signal: AbortSignal.timeout(300) });
    expect(found).toMatchObject({ members: 2, not_answering: [expect.stringMatching(/^no complete answer from/)] });
    expect(judgedByDefault(alertmanager, params, found)).toBe('warn');
  });

  it.each([
    ['of whom one hangs: an alert of another fails', 2, 'fail'],
    ['of whom two hang: an alert of the third fails', 0, 'fail'],
  ] as const)('%s', async (_, only, verdict) => {
    for (const [at, member] of members.entries()) if (at !== only) member.instead = () => {};
    await fire(members[only]!.url, disk);
    const setting = { partsSignal: AbortSignal.timeout(500) };
    expect(await verdictOf(alertmanager, params, setting)).toBe(verdict);
  });

  it('a watchdog that one member does not get: no alert gets there', async () => {
    const deaf = await standIn();
    deaf.cluster = cluster('ready', 3);
    params.url[0] = deaf.url;
    const found = await measure(alertmanager, params);
    expect(found).toMatchObject({ watchdog_firing: true, watchdog_missing: [new URL(deaf.url).host] });
    expect(judgedByDefault(alertmanager, params, found)).toBe('warn');
  });

  it('of which nobody listens is down', async () => {
    const url = [await nobody(), await nobody()];
    const found = await measure(alertmanager, { url });
    const said = url.map((one) => `${new URL(one).host}: connection refused`).join(', ');
    expect(found).toEqual({ reachable: false, error: said });
    expect(judgedByDefault(alertmanager, { url }, found)).toBe('fail');
  });

  it('should have as many members as it is told', async () => {
    const url = members[0]!.url;
    expect(await verdictOf(alertmanager, { url, peers: 3 })).toBe('ok');
    expect(await verdictOf(alertmanager, { url, peers: 4 })).toBe('warn');
  });
});

it.each([
  ['the state', /status/, 'the state of'],
  ['the watchdog', /alertname="Watchdog"/, 'Watchdog on'],
])('%s hangs: a critical alert fails; else unknown, and named', async (_, hangs, name) => {
  const server = await standIn();
  const params = { url: server.url, watchdog: 'Watchdog' };
  const look = async () => measure(alertmanager, params, { partsSignal: AbortSignal.timeout(500) });
  await fire(server.url, watchdog);
  server.hangs = hangs;
  const quiet = await look();
  expect(quiet.unread).toEqual([expect.stringContaining(name)]);
  expect(judgedByDefault(alertmanager, params, quiet)).toBe('unknown');
  await fire(server.url, disk);
  expect(judgedByDefault(alertmanager, params, await look())).toBe('fail');
});

/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  const port = await listenOn(server);
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

describe('planted faults', () => {
  const ok = { fingerprint: 'a', labels: {}, startsAt: '2026-01-01T00:00:00Z', status: { state: 'active' } };
  const list =
    (alert: object): Instead =>
    (response, request) =>
      answering(200, request.url?.includes('status') ? { cluster: { status: 'ready' } } : [{ ...ok, ...alert }])(
        response,
        request,
      );

  it.each<[string, 'fail' | 'warn' | 'unknown', Instead, string?]>([
    ['401', 'unknown', answering(401, 'Unauthorized'), 'denied'],
    ['403', 'unknown', answering(403, '[]'), 'denied'],
    ['404', 'unknown', answering(404, []), 'misconfigured'],
    ['a redirect', 'unknown', answering(301, '', { location: 'https://sso.example/' }), 'misconfigured'],
    ['429', 'unknown', answering(429, ''), 'throttled'],
    ['500 with JSON', 'unknown', answering(500, 'null'), 'unreachable'],
    ['503 without', 'unknown', answering(503, 'Limit of concurrent GET requests reached'), 'unreachable'],
    ['a page', 'unknown', answering(200, '<html>'), 'invalid_answer'],
    ['an empty list for everything', 'unknown', answering(200, []), 'invalid_answer'],
    ['an answer of API v1', 'unknown', answering(200, { status: 'success', data: [] }), 'invalid_answer'],
    ['an alert without a state', 'unknown', list({ status: {} }), 'invalid_answer'],
    ['an alert with a state that is new', 'unknown', list({ status: { state: 'muted' } }), 'invalid_answer'],
    ['an alert without a fingerprint', 'unknown', list({ fingerprint: undefined }), 'invalid_answer'],
    ['too much', 'unknown', answering(200, 'x'.repeat(9 * 1_048_576)), 'too_large'],
    [
      'a critical alert that was not looked at yet',
      'fail',
      list({ labels: { severity: 'critical' }, status: { state: 'unprocessed' } }),
    ],
    ['an alert without any label', 'warn', list({})],
    ['the connection breaks', 'fail', (_, request) => void request.socket.resetAndDestroy()],
    ['no HTTP', 'unknown', (_, request) => void request.socket.end('hello\r\n\r\n'), 'invalid_answer'],
  ])('%s: %s', async (_, verdict, instead, reason) => {
    const server = await standIn();
    expect(await verdictOf(alertmanager, { url: server.url })).toBe('ok');
    server.instead = instead;
    expect(await verdictOf(alertmanager, { url: server.url })).toBe(verdict);
    if (reason !== undefined) {
      expect((await whyUnmeasured(measure(alertmanager, { url: server.url }))).reason).toBe(reason);
    }
  });

  it('silence: unknown', async () => {
    const server = await standIn();
    server.instead = () => {};
    const why = await whyUnmeasured(measure(alertmanager, { url: server.url }, { signal: AbortSignal.timeout(100) }));
    expect(why).toMatchObject({ reason: 'timeout', message: expect.stringContaining('Alertmanager at 127.0.0.1') });
  });

  it('declares every fact, and bounds its lists', async () => {
    const server = await standIn();
    await fire(server.url, ...Array.from({ length: 30 }, (_, n) => ({ ...disk, alertname: `Alert${n}` })));
    const found = await measure(alertmanager, { url: server.url, watchdog: 'Watchdog' });
    const specs = alertmanager.facts(alertmanager.params.parse({ url: server.url }));
    expect(Object.keys(found).filter((name) => !(name in specs))).toEqual([]);
    expect(found.critical_names).toHaveLength(11);
    expect(found).toMatchObject({ critical: 30, critical_names: expect.arrayContaining(['and 20 more']) });
  });

  it('takes an address of the API itself, or a name with braces, for a mistake', () => {
    const problems = (more: object) =>
      alertmanager.params
        .safeParse({ url: 'http://a:9093', ...more })
        .error?.issues.map(({ message }) => message)
        .join() ?? '';
    expect(problems({})).toBe('');
    expect(problems({ url: 'http://a:9093/api/v2' })).not.toBe('');
    expect(problems({ url: [] })).not.toBe('');
    expect(problems({ watchdog: '{x}' })).toContain('Watchdog');
    const target = alertmanager.params.parse({ url: ['http://a:9093', 'http://b:9093'] });
    expect(alertmanager.describe(target)).toBe('alerts of a:9093, b:9093');
  });
});
