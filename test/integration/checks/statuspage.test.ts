import { once } from 'node:events';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import statuspage from '../../../src/checks/statuspage.ts';
import { type JsonReply, jsonServer } from '../../support/json-server.ts';
import { listenOn } from '../../support/listen.ts';
import { judgedByDefault, measure, okReasonOf, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const part = (id: string, name: string, more: object = {}) => ({
  id,
  name,
  status: 'operational',
  group_id: null,
  ...more,
});

/** A page on a good day, with the fields that Statuspage sends and nobody reads left out. */
function page(over: { [key: string]: unknown } = {}) {
  return {
    page: {
      id: 'p',
      name: 'Shop Status',
      url: 'https://status.shop.example',
      time_zone: 'Etc/UTC',
      updated_at: ago(1),
    },
    status: { indicator: 'none', description: 'All Systems Operational' },
    components: [
      part('g1', 'EU', { group: true }),
      part('c1', 'API', { group_id: 'g1' }),
      part('g2', 'US', { group: true }),
      part('c2', 'API', { group_id: 'g2' }),
      part('c3', 'Web'),
    ],
    incidents: [],
    scheduled_maintenances: [],
    ...over,
  };
}

const broken = (status: string, id = 'c3', indicator = 'none') => ({
  status: { indicator, description: 'Partial System Outage' },
  components: page().components.map((one) => (one.id === id ? { ...one, status } : one)),
});
const incident = (more: object = {}) => ({
  id: 'i',
  name: 'Errors',
  status: 'investigating',
  impact: 'minor',
  ...more,
});
const maintenance = (more: object = {}) =>
  incident({
    name: 'Upgrade',
    status: 'scheduled',
    impact: 'maintenance',
    scheduled_for: ago(-24),
    scheduled_until: ago(-26),
    ...more,
  });

async function serving(body: unknown, reply: JsonReply = {}): Promise<string> {
  const { url } = await jsonServer((_, { pathname }) =>
    pathname === '/api/v2/summary.json' ? { body, ...reply } : { status: 404 },
  );
  return url;
}

describe('statuspage', () => {
  it('healthy: everything the page says', async () => {
    const url = await serving(
      page({ scheduled_maintenances: [maintenance(), maintenance({ name: 'Sooner', scheduled_for: ago(-2) })] }),
    );
    const facts = await measure(statuspage, { url: `${url}/` });
    expect(facts).toMatchObject({
      page: 'Shop Status',
      indicator: 'none',
      description: 'All Systems Operational',
      components: 3,
      down: [],
      degraded: [],
      in_maintenance: [],
      incidents: 0,
      notices: 0,
      maintenance_now: [],
      updated_age_h: 1,
    });
    expect(facts.maintenance_planned).toEqual([
      expect.stringMatching(/^Sooner \(20/),
      expect.stringMatching(/^Upgrade \(20/),
    ]);
    expect(String(facts.next_maintenance_at) < ago(-3)).toBe(true);
    expect(judgedByDefault(statuspage, { url }, facts)).toBe('ok');
  });

  it('healthy: a quiet page is no stale page, unless the operator says after how long', async () => {
    const url = await serving(page({ page: { name: 'Shop', updated_at: ago(400) } }));
    expect(await verdictOf(statuspage, { url })).toBe('ok');
    const facts = await measure(statuspage, { url, stale_after: '7d' });
    expect(saidByDefault(statuspage, { url, stale_after: '7d' }, facts)).toBe(
      'Shop: not updated for 400 h (limit 168 h): is it kept?',
    );
  });

  it('healthy: packed though nobody asked for it', async () => {
    const { createServer: http } = await import('node:http');
    const server = http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(page())));
    });
    const url = `http://127.0.0.1:${await listenOn(server)}`;
    expect(await verdictOf(statuspage, { url })).toBe('ok');
    server.close();
  });

  it('degraded: only what is named counts', async () => {
    const sick = page({
      ...broken('degraded_performance', 'c1', 'minor'),
      incidents: [incident({ components: [{ id: 'c1' }] })],
    });
    const url = await serving(sick);
    const verdict = (...components: string[]) => verdictOf(statuspage, { url, components });
    expect(await verdict('eu / api')).toBe('warn');
    expect(await verdict('API')).toBe('warn');
    expect(await verdict('US / API', 'Web')).toBe('ok');
    const facts = await measure(statuspage, { url, components: ['EU / API'] });
    expect(facts).toMatchObject({ components: 1, degraded: ['API: degraded performance'], incidents: 1 });
    expect(saidByDefault(statuspage, { url }, facts)).toBe(
      'Shop Status: API: degraded performance; incidents: Errors (investigating)',
    );
  });

  it('degraded: a group that is named is what is in it, also where an incident names that', async () => {
    const one = incident({ impact: 'critical', components: [{ id: 'c1' }] });
    const url = await serving(page({ ...broken('degraded_performance', 'c1', 'major'), incidents: [one] }));
    const params = { url, components: ['EU'] };
    const facts = await measure(statuspage, params);
    expect(facts).toMatchObject({ components: 1, degraded: ['API: degraded performance'], incidents: 1 });
    expect(judgedByDefault(statuspage, params, facts)).toBe('warn');
    expect(await verdictOf(statuspage, { url, components: ['US'] })).toBe('ok');
    const noticed = await serving(page({ incidents: [one] }));
    expect(await verdictOf(statuspage, { url: noticed, components: ['EU'] })).toBe('warn');
    const empty = page({ components: [part('g1', 'EU', { group: true, status: 'major_outage' })] });
    expect(await verdictOf(statuspage, { url: await serving(empty), components: ['EU'] })).toBe('fail');
  });

  it('says of what is watched that it is well, whatever else the page says', async () => {
    const url = await serving(page(broken('major_outage', 'c3', 'critical')));
    const facts = await measure(statuspage, { url, components: ['EU', 'US'] });
    const says = okReasonOf(statuspage, { url, components: ['EU', 'US'] }, facts);
    expect(says).toBe('Shop Status: all well (2 components looked at)');
  });

  it('failed: a major outage', async () => {
    const url = await serving(
      page({ ...broken('major_outage', 'c3', 'critical'), incidents: [incident({ impact: 'critical' })] }),
    );
    const facts = await measure(statuspage, { url });
    expect(facts).toMatchObject({ down: ['Web'], indicator: 'critical', incident_names: ['Errors (investigating)'] });
    expect(judgedByDefault(statuspage, { url }, facts)).toBe('fail');
    expect(await verdictOf(statuspage, { url, components: ['EU / API'] })).toBe('warn');
  });

  it('not permitted, throttled, moved, gone: unknown, with the next step', async () => {
    const why = async (status: number, headers = {}) =>
      whyUnmeasured(measure(statuspage, { url: await serving({}, { status, headers }) }));
    expect(await why(401)).toMatchObject({ reason: 'denied', next: expect.stringContaining('not public') });
    expect(await why(404)).toMatchObject({
      reason: 'misconfigured',
      next: expect.stringContaining('/api/v2/summary.json'),
    });
    const throttled = await why(429, { 'retry-after': '90' });
    expect(throttled).toMatchObject({ reason: 'throttled', message: expect.stringContaining('wait 90 s') });
    const moved = await why(301, { location: 'https://status.example.com/x?token=1' });
    expect(moved.message).toMatch(/it moved to https:\/\/status\.example\.com\/x$/);
    expect(await why(503)).toMatchObject({ reason: 'error', retryable: true });
  });

  it('unreachable: silence is unknown, and the socket is gone', async () => {
    const controller = new AbortController();
    const { url, open } = await jsonServer(() => void setImmediate(() => controller.abort()));
    const why = await whyUnmeasured(measure(statuspage, { url }, { signal: controller.signal }));
    expect(why).toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining(`no answer from the status page ${url}`),
    });
    await expect.poll(open).toBe(0);
  });

  it('names the components that there are when one is not', async () => {
    const url = await serving(page());
    const why = await whyUnmeasured(measure(statuspage, { url, components: ['Web', 'Checkout'] }));
    expect(why).toMatchObject({
      reason: 'misconfigured',
      message: `the status page ${url} has no component Checkout`,
      next: 'name one that it has: EU, API, US, API, Web',
    });
  });

  it('shows a stranger’s titles in one line, without control characters, cut', async () => {
    const url = await serving(page({ incidents: [incident({ name: `\u001b[31mA\n\nB ${'x'.repeat(500)}` })] }));
    const [name] = (await measure(statuspage, { url })).incident_names as string[];
    expect(name).toMatch(/^A B x{116} \(investigating\)$/);
  });

  it('refuses parameters that can not work', () => {
    const problems = (params: object) =>
      statuspage.params.safeParse(params).error?.issues.map(({ message }) => message) ?? [];
    expect(problems({ url: 'status.example.com' })[0]).toContain('https://');
    expect(problems({ url: 'https://me:pw@status.example.com' })[0]).toContain('without a user name');
    expect(problems({ url: 'https://status.example.com', stale_after: 'soon' })[0]).toContain('a duration');
  });
});

describe('planted faults', () => {
  const { status: _, ...noStatus } = page();

  it.each<[string, 'fail' | 'warn' | 'unknown', unknown, JsonReply?, object?]>([
    ['a component is down', 'fail', page(broken('major_outage'))],
    ['the page says major', 'fail', page({ status: { indicator: 'major', description: 'x' } })],
    ['the page says critical', 'fail', page({ status: { indicator: 'critical', description: 'x' } })],
    ['the page says minor', 'warn', page({ status: { indicator: 'minor', description: 'x' } })],
    ['the page says maintenance', 'warn', page({ status: { indicator: 'maintenance', description: 'x' } })],
    ['a partial outage', 'warn', page(broken('partial_outage'))],
    ['degraded performance', 'warn', page(broken('degraded_performance'))],
    ['a component under maintenance', 'warn', page(broken('under_maintenance'))],
    ['an incident while all is said to be well', 'warn', page({ incidents: [incident()] })],
    ['an incident that is watched after its fix', 'warn', page({ incidents: [incident({ status: 'monitoring' })] })],
    [
      'an incident that names no component',
      'warn',
      page({ incidents: [incident({ components: [] })] }),
      {},
      { components: ['Web'] },
    ],
    ['maintenance in progress', 'warn', page({ scheduled_maintenances: [maintenance({ status: 'in_progress' })] })],
    ['maintenance that is verified', 'warn', page({ scheduled_maintenances: [maintenance({ status: 'verifying' })] })],
    [
      'a page that nobody keeps',
      'warn',
      page({ page: { name: 'Shop', updated_at: ago(30) } }),
      {},
      { stale_after: '1d' },
    ],
    ['a page that hides its age', 'unknown', page({ page: { name: 'Shop' } }), {}, { stale_after: '1d' }],
    ['a component that is not there', 'unknown', page(), {}, { components: ['Checkout'] }],
    ['no components', 'unknown', page({ components: [] })],
    ['a state that is not documented', 'unknown', page(broken('on_fire'))],
    ['an indicator that is not documented', 'unknown', page({ status: { indicator: 'fine', description: 'x' } })],
    ['no status', 'unknown', noStatus],
    ['no incidents in the answer', 'unknown', page({ incidents: undefined })],
    ['a date that is none', 'unknown', page({ page: { name: 'Shop', updated_at: 'yesterday' } })],
    ['an empty object', 'unknown', {}],
    ['null', 'unknown', null],
    ['HTML', 'unknown', '<html>All Systems Operational</html>'],
    ['half of the answer', 'unknown', JSON.stringify(page()).slice(0, 200)],
    ['401', 'unknown', page(), { status: 401 }],
    ['403', 'unknown', page(), { status: 403 }],
    ['404', 'unknown', page(), { status: 404 }],
    ['429', 'unknown', page(), { status: 429 }],
    ['500', 'unknown', page(), { status: 500 }],
    ['204', 'unknown', page(), { status: 204 }],
    ['a redirect', 'unknown', page(), { status: 302, headers: { location: 'https://evil.example/' } }],
    ['a flood', 'unknown', JSON.stringify(page({ flood: 'x'.repeat(5_000_000) }))],
  ])('%s: %s', async (_, verdict, body, reply, params) => {
    expect(await verdictOf(statuspage, { url: await serving(body, reply), ...params })).toBe(verdict);
  });

  it('hangs up, nobody listens, no HTTP: unknown, for it says nothing about the systems', async () => {
    const { url } = await jsonServer(() => 'cut');
    expect(await verdictOf(statuspage, { url })).toBe('unknown');
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-OpenSSH_9.2\r\n'),
    );
    const port = await listenOn(server);
    expect(await verdictOf(statuspage, { url: `http://127.0.0.1:${port}` })).toBe('unknown');
    server.close();
    await once(server, 'close');
    const why = await whyUnmeasured(measure(statuspage, { url: `http://127.0.0.1:${port}` }));
    expect(why).toMatchObject({ reason: 'unreachable', message: expect.stringContaining('connection refused') });
  });
});
