import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pagerDuty from '../../../src/checks/pagerduty-incidents.ts';
import { createEvents } from '../../../src/paging/events.ts';
import { startWorkspace } from '../../../src/workspace/workspace.ts';
import { listenOn } from '../../support/listen.ts';
import { PagerDutyStandIn, type StoredIncident } from '../../support/pagerduty.ts';
import { judgedByDefault, measure, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { answering, type Instead } from '../../support/prometheus.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let account: PagerDutyStandIn;
let numbers: number;
beforeEach(async () => {
  numbers = 1200;
  account = await new PagerDutyStandIn().start();
  account.services.set('PAPI', { summary: 'API', status: 'active' });
  account.services.set('PDATA', { summary: 'Data', status: 'active' });
  account.teams.add('PTEAM');
});
afterEach(() => account.stop());

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const user = (name: string) => ({ id: `P${name.toUpperCase()}`, type: 'user_reference', summary: name });

/** An incident of this account that began so long ago. */
function incident(status: StoredIncident['status'], ageMs: number, more: Partial<StoredIncident> = {}): StoredIncident {
  const number = ++numbers;
  const one: StoredIncident = {
    ...{ id: `Q${number}`, incident_number: number, status, urgency: 'high', title: 'Jane Doe can not log in' },
    ...{
      created_at: ago(ageMs),
      last_status_change_at: ago(ageMs / 2),
      html_url: `https://shop.pagerduty.com/incidents/Q${number}`,
    },
    resolved_at: status === 'resolved' ? ago(ageMs / 2) : null,
    service: { id: 'PAPI', summary: 'API' },
    teams: [{ id: 'PTEAM' }],
    assignments: status === 'resolved' ? [] : [{ at: ago(ageMs), assignee: user('Anna') }],
    acknowledgements: status === 'acknowledged' ? [{ at: ago(ageMs / 2), acknowledger: user('Ben') }] : [],
    ...more,
  };
  account.incidents.push(one);
  return one;
}
function notified(name: string, of: StoredIncident, ageMs = hour, type = 'notify_log_entry'): void {
  account.log.push({
    id: `R${account.log.length}`,
    type,
    created_at: ago(ageMs),
    user: user(name),
    incident: { id: of.id },
  });
}

const paramsOf = (more = {}) => ({ token: { secret: 'KEY' }, api_url: account.url, ...more });
const settingOf = (more = {}) => ({ secrets: { KEY: account.token }, ...more });
const facts = (more = {}) => measure(pagerDuty, paramsOf(more), settingOf());
const verdict = (more = {}) => verdictOf(pagerDuty, paramsOf(more), settingOf());
const why = (more = {}, setting = {}) => whyUnmeasured(measure(pagerDuty, paramsOf(more), settingOf(setting)));

describe('what is open', () => {
  it('healthy: nothing is; what was resolved is counted', async () => {
    const first = incident('resolved', 3 * hour);
    incident('resolved', 4 * day, { resolved_at: ago(2 * hour) });
    incident('resolved', 4 * day, { resolved_at: ago(3 * day) });
    for (const name of ['Anna', 'Ben', 'Anna']) notified(name, first);
    notified('Anna', first, hour, 'acknowledge_log_entry');
    notified('Anna', first, 2 * day);
    const found = await facts();
    expect(found).toEqual({
      ...{ open: 0, triggered: 0, acknowledged: 0, high: 0, overdue: 0, oldest_unacked_s: null, unassigned: 0 },
      ...{ overdue_ones: [], triggered_ones: [], acknowledged_ones: [], responders: [], urls: [] },
      ...{ resolved: 2, notifications: 3, people_paged: 2, paged: ['Anna ×2', 'Ben'] },
      ...{ services_disabled: [], services_in_maintenance: [], unread: [] },
    });
    expect(judgedByDefault(pagerDuty, paramsOf(), found)).toBe('ok');
  });

  it('degraded: somebody works on it, or it has just begun', async () => {
    incident('acknowledged', 3 * hour);
    expect(await verdict()).toBe('warn');
    const young = incident('triggered', 2 * minute);
    const found = await facts();
    expect(found).toMatchObject({
      ...{ open: 2, triggered: 1, acknowledged: 1, high: 2, overdue: 0, responders: ['Ben'] },
      ...{ triggered_ones: [`#${young.incident_number} (API)`], acknowledged_ones: ['#1201 (API)'] },
      urls: ['https://shop.pagerduty.com/incidents/Q1201', 'https://shop.pagerduty.com/incidents/Q1202'],
    });
    expect(found.oldest_unacked_s).toBeGreaterThanOrEqual(120);
    expect(found.oldest_unacked_s).toBeLessThan(150);
    expect(judgedByDefault(pagerDuty, paramsOf(), found)).toBe('warn');
  });

  it('failed: nobody acknowledges it in time, however old it is', async () => {
    incident('triggered', 70 * day);
    expect(await facts()).toMatchObject({ open: 1, overdue: 1, overdue_ones: ['#1201 (API)'] });
    expect(await verdict()).toBe('fail');
    expect(await verdict({ ack_within: '80d' })).toBe('warn');
  });

  it('tells what nobody has, and services at rest; of an address only what can be opened', async () => {
    account.services.set('PDATA', { summary: 'Data', status: 'maintenance' });
    incident('triggered', minute, { assignments: [], html_url: 'javascript:alert(1)', incident_number: null });
    incident('acknowledged', minute, {
      acknowledgements: [{ at: ago(1), acknowledger: { id: 'PX', type: 'service_reference', summary: 'Robot' } }],
    });
    expect(await facts({ services: ['PAPI', 'PDATA'] })).toMatchObject({
      ...{ unassigned: 1, triggered_ones: ['Q1201 (API)'], urls: ['https://shop.pagerduty.com/incidents/Q1202'] },
      ...{ responders: [], services_in_maintenance: ['Data'], services_disabled: [] },
    });
  });

  it('says no title: it may quote anybody', async () => {
    incident('triggered', hour);
    expect(JSON.stringify(await facts())).not.toContain('Jane');
  });

  it('is that of the services and teams that are named', async () => {
    const data = incident('triggered', hour, { service: { id: 'PDATA', summary: 'Data' }, teams: [] });
    const api = incident('acknowledged', hour);
    notified('Anna', data);
    notified('Ben', api);
    expect(await facts({ services: ['PAPI'] })).toMatchObject({ open: 1, triggered: 0, paged: ['Ben'] });
    expect(await facts({ services: ['PAPI', 'PDATA'] })).toMatchObject({ open: 2, people_paged: 2 });
    expect(await facts({ teams: ['PTEAM'] })).toMatchObject({ open: 1, acknowledged: 1 });
    expect(await facts({ services: ['PAPI'], pages: false })).not.toHaveProperty('paged');
  });

  it('comes in pages', async () => {
    for (let n = 0; n < 230; n += 1) incident('acknowledged', hour + n * minute);
    for (let n = 0; n < 150; n += 1) incident('resolved', 2 * hour + n * minute);
    expect(await facts()).toMatchObject({ open: 230, resolved: 150 });
    expect((await facts()).acknowledged_ones).toHaveLength(11);
  });

  it('reads no more than it must: what was resolved before the time', async () => {
    for (let n = 0; n < 950; n += 1)
      incident('resolved', 5 * day + n * minute, { resolved_at: ago(4 * day + n * minute) });
    incident('resolved', 5 * hour);
    expect(await facts()).toMatchObject({ resolved: 1 });
    expect(account.asked.filter((line) => line.includes('resolved'))).toHaveLength(1);
  });

  it('more was resolved than is read: not known, and no reason to doubt what is open', async () => {
    for (let n = 0; n < 1_010; n += 1) incident('resolved', hour);
    const found = await facts();
    expect(found).toMatchObject({ open: 0, resolved: null });
    expect(judgedByDefault(pagerDuty, paramsOf(), found)).toBe('ok');
    expect(pagerDuty.facts(pagerDuty.params.parse(paramsOf())).resolved?.whyAbsent?.(found)).toContain('1,000');
  });

  it('declares every fact', async () => {
    const specs = pagerDuty.facts(pagerDuty.params.parse(paramsOf()));
    expect(Object.keys(await facts({ services: ['PAPI'] })).filter((name) => !(name in specs))).toEqual([]);
  });

  it('is asked of the try-out’s phone too', async () => {
    const workspace = await startWorkspace();
    const { phone } = workspace;
    const { signal } = new AbortController();
    await createEvents({ url: phone.eventsUrl }).send(
      phone.routingKey,
      { action: 'trigger', dedupKey: 'a', summary: 'API down', source: 'api', severity: 'critical' },
      signal,
    );
    const params = { token: { secret: 'KEY' }, api_url: phone.apiUrl, pages: false };
    const found = await measure(pagerDuty, params, { secrets: { KEY: phone.apiToken } });
    expect(found).toMatchObject({ open: 1, triggered: 1, high: 1, overdue: 0 });
    await workspace.close();
  });
});

const refusal = (status: number, message = 'No'): Instead => answering(status, { error: { code: 1, message } });

describe('planted faults', () => {
  it('nothing planted is ok', async () => {
    expect(await verdict({ services: ['PAPI'], teams: ['PTEAM'] })).toBe('ok');
  });

  it.each<[string, 'fail' | 'warn' | 'unknown', () => unknown]>([
    ['triggered for 16 min', 'fail', () => incident('triggered', 16 * minute)],
    ['triggered for 14 min', 'warn', () => incident('triggered', 14 * minute)],
    ['triggered for long, of low urgency', 'warn', () => incident('triggered', day, { urgency: 'low' })],
    ['acknowledged for long', 'warn', () => incident('acknowledged', 3 * day)],
    ['one of 40 days ago', 'fail', () => incident('triggered', 40 * day)],
    ['a service is disabled', 'warn', () => account.services.set('PAPI', { summary: 'API', status: 'disabled' })],
    ['a service is gone', 'unknown', () => account.services.delete('PAPI')],
    ['a team is gone', 'unknown', () => account.teams.delete('PTEAM')],
    [
      'more open ones than are read',
      'unknown',
      () => Array.from({ length: 1_001 }, () => incident('acknowledged', hour)),
    ],
    [
      'an incident in a state that is new',
      'unknown',
      () =>
        instead('/incidents', answering(200, { incidents: [incident('snoozed' as 'triggered', hour)], more: false })),
    ],
    [
      'a list that does not say whether it goes on',
      'unknown',
      () => instead('/incidents', answering(200, { incidents: [] })),
    ],
    ['an incident without an urgency', 'unknown', () => incident('triggered', hour, { urgency: undefined })],
    [
      'an incident without a beginning',
      'unknown',
      () => instead('/incidents', answering(200, { incidents: [{ id: 'Q', status: 'triggered', urgency: 'high' }] })),
    ],
  ])('%s: %s', async (_, expected, plant) => {
    plant();
    expect(await verdict({ services: ['PAPI'], teams: ['PTEAM'] })).toBe(expected);
  });

  it.each<[string, string, Instead, RegExp]>([
    ['401', 'denied', refusal(401), /^PagerDuty refuses the key KEY$/],
    ['403', 'denied', refusal(403), /^PagerDuty refuses the key KEY$/],
    ['400', 'misconfigured', refusal(400, 'Invalid <!channel>'), /^PagerDuty answers 400: Invalid <!channel>$/],
    ['429', 'throttled', refusal(429), /^PagerDuty answers 429$/],
    ['500, which the library takes for an answer', 'unreachable', refusal(500), /^PagerDuty answers 500$/],
    ['502 with a page', 'unreachable', answering(502, '<html>'), /^PagerDuty answers 502$/],
    ['200 with a page', 'invalid_answer', answering(200, '<html>'), /no JSON$/],
    ['200 with nothing', 'invalid_answer', answering(200, ''), /no JSON$/],
    ['a list of something else', 'invalid_answer', answering(200, { users: [] }), /can't be read/],
    ['a broken connection', 'unreachable', (_, request) => void request.socket.resetAndDestroy(), /ECONNRESET/],
  ])('%s: unknown, %s', async (_, reason, answer, message) => {
    for (const path of ['/incidents', '/services', '/teams']) {
      account.instead = { path, answer };
      const found = await why({ services: ['PAPI'], teams: ['PTEAM'] });
      expect({ path, reason: found.reason }).toEqual({ path, reason });
      expect(found.message).toMatch(message);
      expect(found.next, 'the next step').toBeTruthy();
      expect(`${found.message} ${found.next}`).not.toContain(account.token);
    }
    account.instead = { path: '/log_entries', answer };
    const found = await facts();
    expect(found).toMatchObject({ open: 0, resolved: 0, notifications: null, paged: null });
    expect(found.unread).toEqual([expect.stringMatching(/^pages \(PagerDuty.* → /)]);
    expect(judgedByDefault(pagerDuty, paramsOf(), found)).toBe('warn');
    incident('triggered', 5 * hour);
    expect(await verdict()).toBe('fail');
  });

  it.each([
    ['/services', {}],
    ['/services/PAPI', { services: ['PAPI'] }],
    ['/teams/PTEAM', { teams: ['PTEAM'] }],
  ])('%s is refused: it hides nothing that is open, and proves nothing else', async (path, more) => {
    const old = incident('triggered', 5 * hour);
    instead(path, refusal(403));
    const found = await facts(more);
    expect(found).toMatchObject({ open: 1, overdue: 1, acknowledged: null, services_disabled: null, responders: null });
    expect(found.unread).toEqual([expect.stringMatching(/^services and teams \(PagerDuty refuses the key KEY → /)]);
    expect(judgedByDefault(pagerDuty, paramsOf(more), found)).toBe('fail');
    const specs = pagerDuty.facts(pagerDuty.params.parse(paramsOf(more)));
    expect(specs.acknowledged?.whyAbsent?.(found)).toContain('PagerDuty refuses the key KEY');
    old.urgency = 'low';
    expect(await verdict(more)).toBe('unknown');
  });

  it('what is late when the time is up hides nothing that is open', async () => {
    incident('triggered', 5 * hour);
    instead('/log_entries', () => {});
    const signal = AbortSignal.timeout(2_000);
    // In the turn in which it hears that its time is up: later answers don't count.
    const tooLate = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => setImmediate(reject, new Error('too late'))),
    );
    const params = paramsOf({ services: ['PAPI'] });
    const found = await Promise.race([measure(pagerDuty, params, settingOf({ signal })), tooLate]);
    expect(found).toMatchObject({ overdue: 1, notifications: null });
    expect(found.unread).toEqual(['pages (PagerDuty did not answer in time → raise timeout)']);
  });

  it.each([
    ['/services/PAPI', 'services and teams'],
    ['/log_entries', 'pages'],
  ])('%s hangs: an overdue incident fails before the check’s time is up; else it is named', async (path, part) => {
    const params = paramsOf({ services: ['PAPI'] });
    const look = () => measure(pagerDuty, params, settingOf({ partsSignal: AbortSignal.timeout(1_000) }));
    const old = incident('triggered', 5 * hour);
    instead(path, () => {});
    const found = await look();
    expect(found.unread).toEqual([`${part} (PagerDuty did not answer in time → raise timeout)`]);
    expect(judgedByDefault(pagerDuty, params, found)).toBe('fail');
    old.status = 'resolved';
    const quiet = await look().catch(({ reason }) => ({ unread: reason }));
    expect(quiet.unread).toEqual(path === '/log_entries' ? found.unread : 'timeout');
  });

  it('a key that sees nothing is told from an account at rest', async () => {
    account.services.clear();
    expect(await why()).toMatchObject({
      ...{ reason: 'empty', message: 'the key KEY sees no service in PagerDuty', retryable: false },
      next: expect.stringContaining('REST API key'),
    });
  });

  it('an id that is not there: unknown, where its filter would find nothing', async () => {
    expect(await why({ services: ['PNONE'] })).toMatchObject({
      ...{ reason: 'misconfigured', message: 'PagerDuty has no service PNONE, or the key may not read it' },
      ...{ next: expect.stringContaining('correct services'), retryable: false },
    });
    expect(await why({ teams: ['PNONE'] })).toMatchObject({ message: expect.stringContaining('no team PNONE') });
  });

  it('it hangs: unknown when the check’s time is up, and nothing is left open', async () => {
    const closed = Promise.withResolvers<void>();
    const cut = new AbortController();
    const hang: Instead = (_, request) => {
      request.socket.once('close', () => closed.resolve());
      cut.abort();
    };
    instead('/incidents', hang);
    const found = await why({}, { signal: cut.signal });
    expect(found).toMatchObject({
      reason: 'timeout',
      message: 'PagerDuty did not answer in time',
      next: 'raise timeout',
    });
    await closed.promise;
  });

  it('it is not there: unknown', async () => {
    const gone = createServer();
    const port = await listenOn(gone);
    await new Promise((done) => gone.close(done));
    expect(await why({ api_url: `http://127.0.0.1:${port}` })).toMatchObject({
      ...{ reason: 'unreachable', message: "PagerDuty can't be reached (ECONNREFUSED)" },
    });
  });

  it('the key is not set, or another one', async () => {
    expect(await why({}, { secrets: {} })).toMatchObject({ reason: 'no_credentials' });
    expect(account.asked).toEqual([]);
    expect(await why({}, { secrets: { KEY: 'a wrong one' } })).toMatchObject({
      ...{ reason: 'denied', next: expect.stringContaining('set KEY') },
    });
  });
});

function instead(path: string, answer: Instead): void {
  account.instead = { path, answer };
}

it('takes ids and origins only', () => {
  const problems = (more: object) =>
    pagerDuty.params
      .safeParse({ token: { secret: 'KEY' }, ...more })
      .error?.issues.map(({ message }) => message)
      .join() ?? '';
  expect(problems({})).toBe('');
  expect(problems({ token: 'plain' })).not.toBe('');
  expect(problems({ services: ['API/../users'] })).toContain('an id of PagerDuty');
  expect(problems({ api_url: 'https://api.eu.pagerduty.com/incidents' })).toContain('an origin');
  const target = pagerDuty.params.parse({ token: { secret: 'KEY' }, services: ['PAPI'] });
  expect(pagerDuty.describe(target)).toBe('incidents in PagerDuty of PAPI');
  expect(pagerDuty.lane?.(target)).toBe('host:api.pagerduty.com');
});
