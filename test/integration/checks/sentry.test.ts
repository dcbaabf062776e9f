import { describe, expect, it } from 'vitest';
import { nextCursor } from '../../../src/checks/sentry/read.ts';
import sentry from '../../../src/checks/sentry.ts';
import { judgedByDefault, measure, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';
import { hourly, hoursAgo, type SentryState, sentryIssue, sentryServer } from '../../support/sentry.ts';

const fresh = (number: number, more: object = {}) =>
  sentryIssue(number, { firstSeen: hoursAgo(2), substatus: 'new', ...more });
const regressed = (number: number, more: object = {}) => sentryIssue(number, { substatus: 'regressed', ...more });
const secrets = { SENTRY_TOKEN: 'sntrys_secret' };
const of = (url: string, more: object = {}) => ({
  url,
  organization: 'my-shop',
  token: { secret: 'SENTRY_TOKEN' },
  ...more,
});

/** What the check measures in a Sentry that is like this. */
async function measured(over: Partial<SentryState>, more: object = {}) {
  const { url } = await sentryServer(over);
  const facts = await measure(sentry, of(url, more), { secrets });
  return { facts, params: of(url, more), verdict: judgedByDefault(sentry, of(url, more), facts), url };
}

describe('sentry', () => {
  it('healthy: old issues, as many errors as the day before', async () => {
    const { facts, verdict } = await measured({});
    expect(facts).toEqual({
      projects: 2,
      new_issues: 0,
      new_capped: false,
      new_fatal: 0,
      fatal_ids: [],
      new_ids: [],
      regressed_issues: 0,
      regressed_capped: false,
      regressed_ids: [],
      links: [],
      events_24h: 240,
      events_before_24h: 240,
      events_usual_24h: 240,
      events_dropped_24h: 0,
      without_events: [],
      unread: [],
    });
    expect(verdict).toBe('ok');
  });

  it('healthy: what is resolved, older than the window, or of another project', async () => {
    const issues = [
      fresh(1, { status: 'resolved' }),
      fresh(2, { firstSeen: hoursAgo(25) }),
      fresh(3, { project: { id: '12', slug: 'frontend' } }),
      regressed(4, { lastSeen: hoursAgo(30) }),
    ];
    expect(await measured({ issues }, { projects: ['backend'] })).toMatchObject({
      verdict: 'ok',
      facts: { projects: 1, new_issues: 0 },
    });
    expect(await measured({ issues }, { projects: ['backend'], window: '26h' })).toMatchObject({
      verdict: 'warn',
      facts: { new_issues: 1 },
    });
    expect(await measured({ issues })).toMatchObject({ verdict: 'warn', facts: { new_issues: 1 } });
  });

  it('degraded: new and regressed issues by id and link; titles are nowhere', async () => {
    const { facts, params, verdict, url } = await measured({ issues: [fresh(36), fresh(37), regressed(38)] });
    expect(facts).toMatchObject({
      new_issues: 2,
      new_ids: ['SHOP-10', 'SHOP-11'],
      regressed_issues: 1,
      regressed_ids: ['SHOP-12'],
      links: [1036, 1037, 1038].map((id) => `${url}/organizations/my-shop/issues/${id}/`),
    });
    expect(verdict).toBe('warn');
    expect(JSON.stringify(facts)).not.toMatch(/Jane|example\.com|sntrys/);
    expect(saidByDefault(sentry, params, facts)).toBe(
      'my-shop: 2 new issues in 1 d (limit 0): SHOP-10, SHOP-11; triage them',
    );
    expect(await verdictOf(sentry, { ...params, max_new: 2 }, { secrets })).toBe('warn');
    expect((await measured({ issues: [fresh(1), fresh(2)] }, { max_new: 2 })).verdict).toBe('ok');
  });

  it('failed: a fatal one, or ten times the errors', async () => {
    const { facts, params, verdict } = await measured({ issues: [fresh(1, { level: 'fatal' })] });
    expect(verdict).toBe('fail');
    expect(saidByDefault(sentry, params, facts)).toContain('1 new fatal issues in 1 d (SHOP-1)');
    const burst = await measured({ events: { accepted: hourly(10, 101) } });
    expect(burst).toMatchObject({ verdict: 'fail', facts: { events_24h: 2424, events_before_24h: 240 } });
  });

  it('healthy: few errors, then none', async () => {
    const quiet = await measured({ events: { accepted: hourly(1, 0, 3) } });
    expect(quiet).toMatchObject({ verdict: 'ok', facts: { events_24h: 0, events_usual_24h: 24 } });
    const burst = [...hourly(0, 0)];
    burst[100] = 5_000;
    expect(await measured({ events: { accepted: burst } })).toMatchObject({
      verdict: 'ok',
      facts: { events_usual_24h: 0 },
    });
  });

  it('not permitted: a token that is not valid, lacks a scope, or is not set', async () => {
    const { url, state } = await sentryServer();
    const why = (more: object = {}, given = secrets) =>
      whyUnmeasured(measure(sentry, of(url, more), { secrets: given }));
    expect(await why({}, { SENTRY_TOKEN: 'other' })).toMatchObject({
      reason: 'denied',
      next: expect.stringContaining('make a new one'),
    });
    expect(await why({ organization: 'other' })).toMatchObject({
      reason: 'misconfigured',
      next: expect.stringContaining('check organization'),
    });
    expect(await whyUnmeasured(measure(sentry, of(url)))).toMatchObject({ reason: 'no_credentials' });
    state.instead = { projects: { status: 403, body: { detail: 'You do not have permission' } } };
    const refused = await why();
    expect(refused).toMatchObject({
      reason: 'denied',
      next: 'give the token the scopes org:read, project:read and event:read',
    });
    expect(refused.message).toBe(`Sentry at ${new URL(url).host} (projects of my-shop) answered HTTP 403`);
    const broken = await whyUnmeasured(measure(sentry, of(url), { secrets: { SENTRY_TOKEN: 'a\nb' } }));
    expect(broken.reason).toBe('misconfigured');
    expect(broken.message).not.toContain('a\nb');
  });

  it.each([
    ['stats_v2', { new_fatal: 1, regressed_issues: 0, events_24h: null, events_usual_24h: null }, 'events_24h'],
    ['issues', { new_fatal: null, regressed_issues: null, events_24h: 4800 }, 'new_fatal'],
  ])('%s is refused: it hides nothing of the rest', async (what, known, absent) => {
    const { facts, params, verdict } = await measured({
      issues: [fresh(1, { level: 'fatal' })],
      events: { accepted: hourly(10, 200) },
      instead: { [what]: { status: 403 } },
    });
    expect(facts).toMatchObject(known);
    expect(verdict).toBe('fail');
    const why = sentry.facts(sentry.params.parse(params))[absent]?.whyAbsent?.(facts);
    expect(why).toMatch(new RegExp(`^not read: .*${what} of my-shop. answered HTTP 403 → give the token the scopes`));
  });

  it('statistics that hang: a fatal one behind the 500 that are read fails; else unknown, and named', async () => {
    const { url, state } = await sentryServer({ instead: { stats_v2: undefined } });
    const look = () => measure(sentry, of(url), { secrets, partsSignal: AbortSignal.timeout(1_000) });
    const quiet = await look();
    expect(quiet.unread).toEqual([expect.stringContaining('(stats_v2 of my-shop)')]);
    expect(judgedByDefault(sentry, of(url), quiet)).toBe('unknown');
    state.issues = Array.from({ length: 700 }, (_, at) => fresh(at, at === 650 ? { level: 'fatal' } : {}));
    expect(judgedByDefault(sentry, of(url), await look())).toBe('fail');
  });

  it('a fatal one is found behind the 500 that are read', async () => {
    const issues = Array.from({ length: 700 }, (_, at) => fresh(at, at === 650 ? { level: 'fatal' } : {}));
    const found = await measured({ issues }, { max_new: 499 });
    expect(found).toMatchObject({ verdict: 'fail', facts: { new_issues: 500, new_capped: true, new_fatal: 1 } });
    expect(found.facts.fatal_ids).toEqual([issues[650]?.shortId]);
    expect(saidByDefault(sentry, found.params, found.facts)).toContain(`(${issues[650]?.shortId})`);
    expect((await measured({ issues: issues.slice(0, 600) }, { max_new: 499 })).verdict).toBe('warn');
  });

  it('unreachable: silence is unknown, and the sockets are gone', async () => {
    const { url, state, open, asked } = await sentryServer();
    state.instead = { issues: undefined };
    const controller = new AbortController();
    const failed = whyUnmeasured(measure(sentry, of(url), { secrets, signal: controller.signal }));
    await expect.poll(() => asked.length).toBe(4);
    controller.abort();
    expect(await failed).toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining('no answer from Sentry at'),
    });
    await expect.poll(open).toBe(0);
  });

  it('asks page by page, and stops at 500', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => fresh(index));
    expect((await measured({ issues: many(230) })).facts).toMatchObject({ new_issues: 230, new_capped: false });
    const { url, asked } = await sentryServer({ issues: many(700) });
    const facts = await measure(sentry, of(url), { secrets });
    expect(facts).toMatchObject({ new_issues: 500, new_capped: true });
    expect(facts.new_ids).toHaveLength(20);
    expect(asked.filter(({ search }) => search.includes('firstSeen') && !search.includes('fatal'))).toHaveLength(5);
  });

  it('asks for all projects, not only those that the token’s owner joined', async () => {
    const { asked, url } = await sentryServer();
    await measure(sentry, of(url, { environment: 'production' }), { secrets });
    const questions = asked
      .filter(({ pathname }) => /issues|stats/.test(pathname))
      .map(({ searchParams }) => searchParams);
    expect(questions.map((query) => query.getAll('project'))).toEqual([['-1'], ['-1'], ['-1']]);
    expect(questions.map((query) => query.get('environment')).sort()).toEqual([null, 'production', 'production']);
  });

  it('refuses parameters that can not work', () => {
    const problems = (more: object) =>
      sentry.params.safeParse(of('https://sentry.io', more)).error?.issues.map(({ message }) => message) ?? [];
    expect(problems({ organization: 'My Shop/..' })[0]).toContain('a slug');
    expect(problems({ projects: ['a b'] })[0]).toContain('a slug');
    expect(problems({ token: 'sntrys_plain' })).not.toEqual([]);
    expect(problems({ max_new: 500 })).not.toEqual([]);
    expect(problems({ window: 'a day' })[0]).toContain('a duration');
    expect(problems({ url: 'https://sentry.io?x=1' })[0]).toContain('without');
  });
});

it('finds the next cursor in a Link header, and never its address', () => {
  const link = (results: boolean) =>
    `<https://evil.example/?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://evil.example/?a=1,2&cursor=0:100:0>; rel="next"; results="${results}"; cursor="0:100:0"`;
  expect(nextCursor(link(true))).toBe('0:100:0');
  expect(nextCursor(link(false))).toBeUndefined();
  expect(nextCursor(undefined)).toBeUndefined();
  expect(nextCursor('<https://x>; rel="next"; results="true"; cursor="../evil"')).toBeUndefined();
});

describe('planted faults', () => {
  const never = (slug: string) => ({ id: '13', slug, firstEvent: null });
  const backend = { id: '11', slug: 'backend', firstEvent: hoursAgo(9000) };
  const instead = (what: string, body: unknown, status = 200): Partial<SentryState> => ({
    instead: { [what]: { status, body } },
  });
  const other = { SENTRY_TOKEN: 'expired' };
  const hours = (each: number) => Array.from({ length: 24 }, () => each);

  it.each<[string, 'fail' | 'warn' | 'unknown', Partial<SentryState>, object?, Record<string, string>?]>([
    ['a new issue', 'warn', { issues: [fresh(1)] }],
    ['a new fatal issue', 'fail', { issues: [fresh(1, { level: 'fatal' })] }],
    ['an issue that came back', 'warn', { issues: [regressed(1)] }],
    ['more new issues than allowed', 'warn', { issues: [fresh(1), fresh(2), fresh(3)] }, { max_new: 2 }],
    [
      'a new issue on the second page',
      'fail',
      { issues: [...Array.from({ length: 100 }, (_, at) => fresh(at)), fresh(101, { level: 'fatal' })] },
      { max_new: 499 },
    ],
    ['three times the errors', 'warn', { events: { accepted: hourly(10, 30) } }],
    ['twelve times the errors', 'fail', { events: { accepted: hourly(10, 120) } }],
    ['errors after a day without any', 'fail', { events: { accepted: hourly(0, 50) } }],
    ['some errors after a day without any', 'warn', { events: { accepted: hourly(0, 5) } }],
    ['errors dropped for the quota', 'warn', { events: { accepted: hourly(10, 10), rate_limited: hourly(0, 3) } }],
    ['errors dropped as abuse', 'warn', { events: { accepted: hourly(10, 10), abuse: hourly(0, 1) } }],
    ['the programs stopped reporting', 'warn', { events: { accepted: hourly(10, 0) } }],
    ['they stopped three days ago', 'warn', { events: { accepted: hourly(10, 0, 3) } }],
    ['they stopped 13 days ago', 'warn', { events: { accepted: hourly(10, 0, 13) } }],
    ['they stopped at some time before that', 'unknown', { events: { accepted: hourly(10, 0, 15) } }],
    ['no counts at all', 'unknown', { events: {} }],
    [
      'they began two days ago and stopped',
      'warn',
      { events: { accepted: [...hourly(0, 10, 2).slice(24), ...hours(0)] } },
    ],
    [
      'a project that never reported, beside one that did',
      'warn',
      { projects: [backend, never('jobs')] },
      { projects: ['backend', 'jobs'] },
    ],
    ['no project ever reported', 'unknown', { projects: [never('jobs')], events: {}, issues: [] }],
    ['no project at all', 'unknown', { projects: [], events: {}, issues: [] }],
    ['a project that is not there', 'unknown', {}, { projects: ['backend', 'checkout'] }],
    ['an organisation that is not there', 'unknown', {}, { organization: 'others' }],
    ['a token that has expired', 'unknown', {}, {}, other],
    ['a token that is not set', 'unknown', {}, {}, {}],
    ['no right to projects', 'unknown', instead('projects', {}, 403)],
    ['no right to issues', 'unknown', instead('issues', {}, 403)],
    ['no right to statistics', 'unknown', instead('stats_v2', {}, 403)],
    ['throttled', 'unknown', instead('issues', {}, 429)],
    ['out of order', 'unknown', instead('issues', {}, 502)],
    ['a search that it does not know', 'unknown', instead('issues', { detail: 'Invalid query' }, 400)],
    [
      'moved elsewhere',
      'unknown',
      { instead: { projects: { status: 302, headers: { location: 'https://evil.example/' } } } },
    ],
    ['a login page in place of issues', 'unknown', instead('issues', '<html>Sign in</html>')],
    ['issues without their first day', 'unknown', instead('issues', [{ id: '1', shortId: 'SHOP-1', level: 'error' }])],
    ['an object in place of issues', 'unknown', instead('issues', { detail: 'odd' })],
    ['statistics of one day only', 'unknown', instead('stats_v2', { intervals: [hoursAgo(1)], groups: [] })],
    ['statistics with a gap', 'unknown', { events: { accepted: hourly(10, 10).slice(5) } }],
    [
      'statistics without numbers',
      'unknown',
      instead('stats_v2', { intervals: [], groups: [{ by: { outcome: 'accepted' }, series: {} }] }),
    ],
    ['hangs up', 'unknown', { instead: { stats_v2: 'cut' } }],
    ['silence', 'unknown', { instead: { issues: undefined } }],
    ['a flood', 'unknown', instead('issues', `[${' '.repeat(9_000_000)}]`)],
  ])('%s: %s', async (name, verdict, over, more, given = secrets) => {
    const { url } = await sentryServer(over);
    const signal = AbortSignal.timeout(name === 'silence' ? 200 : 10_000);
    expect(await verdictOf(sentry, of(url, more), { secrets: given, signal })).toBe(verdict);
  });
});
