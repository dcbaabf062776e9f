import { describe, expect, it } from 'vitest';
import vulnerabilities from '../../../src/checks/vulnerabilities.ts';
import { type DependabotAlert, type GithubState, githubServer } from '../../support/github.ts';
import { judgedByDefault, measure, okReasonOf, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';

const now = new Date('2026-11-23T12:00:00Z');
const clock = { now: () => now };
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const alert = (severity: string, hours: number, more: Partial<DependabotAlert> = {}): DependabotAlert => ({
  ...{ number: 1, state: 'open', severity, created_at: hoursAgo(hours), ...more },
});
const secrets = { GITHUB_TOKEN: 'github_pat_x' };
const setting = { secrets, clock };
const of = (url: string, more: object = {}) => ({
  ...{ source: 'dependabot', repository: 'my-org/shop', token: { secret: 'GITHUB_TOKEN' }, url, ...more },
});

async function measured(over: Partial<GithubState>, more: object = {}) {
  const { url, asked } = await githubServer(over);
  const params = of(url, more);
  const facts = await measure(vulnerabilities, params, setting);
  return { facts, params, asked, verdict: judgedByDefault(vulnerabilities, params, facts) };
}
const why = async (over: Partial<GithubState>, more: object = {}, signal = AbortSignal.timeout(10_000)) => {
  const { url } = await githubServer(over);
  return whyUnmeasured(measure(vulnerabilities, of(url, more), { ...setting, signal }));
};

describe('Dependabot, in five states', () => {
  it('healthy: open ones within their time, dismissed and fixed ones', async () => {
    const alerts = [
      ...[alert('high', 24), alert('medium', 24, { number: 2 }), alert('low', 1_000, { number: 3 })],
      alert('critical', 9_000, { number: 4, state: 'dismissed' }),
      alert('critical', 9_000, { number: 5, state: 'auto_dismissed' }),
      alert('critical', 9_000, { number: 6, state: 'fixed' }),
    ];
    const { facts, params, verdict } = await measured({ alerts });
    expect(facts).toEqual({
      ...{ critical: 0, high: 1, medium: 1, low: 1 },
      ...{ overdue: 0, overdue_of: [], overdue_first: null, overdue_others: [] },
      ...{ due_soon: 0, due_soon_of: [], due_soon_first: null, due_soon_others: [] },
      ...{ critical_overdue: 0, high_overdue: 0, medium_overdue: 0, low_overdue: 0, suppressed: 2 },
      ...{ oldest_overdue: null, oldest_overdue_age_h: null, oldest_overdue_deadline_h: null },
      ...{ critical_deadline_h: 24, high_deadline_h: 168, medium_deadline_h: 720, low_deadline_h: 2160 },
      ...{ complete: true, cut_off: [], unread: [] },
    });
    expect(Object.keys(facts).sort()).toEqual(
      Object.keys(vulnerabilities.facts(vulnerabilities.params.parse(params))).sort(),
    );
    expect(verdict).toBe('ok');
    expect(okReasonOf(vulnerabilities, params, facts)).toBe(
      '0 critical, 1 high, 1 medium, 1 low open, none near its deadline; 2 suppressed',
    );
  });

  it('degraded: one in the last quarter of its time; where that begins can be set', async () => {
    const alerts = [alert('high', 127, { cve: 'CVE-2026-1234' })];
    const soon = await measured({ alerts });
    expect(soon).toMatchObject({ verdict: 'warn', facts: { due_soon: 1, overdue: 0 } });
    expect(saidByDefault(vulnerabilities, soon.params, soon.facts)).toBe(
      '1 near the deadline: high CVE-2026-1234 open 5 d 7 h (limit 7 d) in lodash, package-lock.json; others: none; patch before it is over',
    );
    expect(await measured({ alerts: [alert('high', 126)] })).toMatchObject({ verdict: 'ok' });
    expect(await measured({ alerts }, { warn_after: 80 })).toMatchObject({ verdict: 'ok' });
  });

  it('failed: past the deadline, the gravest named, then how many more; no title', async () => {
    const late = Array.from({ length: 4 }, (_, at) => alert('low', 2_161 + at, { number: 10 + at }));
    const alerts = [
      ...late,
      alert('critical', 30, { cve: 'CVE-2026-9', package: 'next', manifest: 'web/package.json' }),
    ];
    const { facts, params, verdict } = await measured({ alerts });
    expect(verdict).toBe('fail');
    expect(facts).toMatchObject({
      ...{ overdue: 5, critical_overdue: 1, low_overdue: 4, high_overdue: 0 },
      ...{ oldest_overdue: 'CVE-2026-9', oldest_overdue_age_h: 30 },
      oldest_overdue_deadline_h: 24,
    });
    expect(saidByDefault(vulnerabilities, params, facts)).toBe(
      '5 past the deadline: critical CVE-2026-9 open 1 d 6 h (limit 1 d) in next, web/package.json; ' +
        'others: GHSA-aaaa-bbbb-0013, GHSA-aaaa-bbbb-0012, and 2 more; patch, or accept the risk in writing',
    );
    expect(JSON.stringify(facts)).not.toMatch(/Jane|github_pat/);
    const own = await measured({ alerts }, { deadlines: { critical: '2d', low: '200d' } });
    expect(own).toMatchObject({ verdict: 'ok', facts: { critical_deadline_h: 48, overdue: 0 } });
  });

  it('the deadline itself is still in time, and the graver of severity and CVSS counts', async () => {
    expect(await measured({ alerts: [alert('critical', 24)] })).toMatchObject({ verdict: 'warn' });
    expect(await measured({ alerts: [alert('critical', 24.01)] })).toMatchObject({ verdict: 'fail' });
    expect((await measured({ alerts: [alert('medium', 30, { cvss: 9.8 })] })).facts).toMatchObject({
      ...{ critical: 1, medium: 0, critical_overdue: 1 },
    });
    expect((await measured({ alerts: [alert('high', 30, { cvss: 4 })] })).facts).toMatchObject({ high: 1, overdue: 0 });
  });

  const refusals: [string, Partial<GithubState>, string, string][] = [
    ['a token that is not valid', { token: 'other' }, 'denied', 'the token is not valid'],
    ['a repository that the token can’t see', { repository: 'my-org/other' }, 'misconfigured', 'check repository'],
    ['alerts that are off', { off: true }, 'not_entitled', 'enable Dependabot alerts'],
    [
      'no grant',
      { instead: { from: 1, reply: { status: 403, body: { message: 'Resource not accessible' } } } },
      'denied',
      'let the token read',
    ],
    [
      'too many questions, in GitHub’s way',
      { instead: { from: 1, reply: { status: 403, headers: { 'x-ratelimit-remaining': '0' } } } },
      'throttled',
      'raise every',
    ],
    [
      'too many at once',
      { instead: { from: 1, reply: { status: 403, body: { message: 'You have exceeded a secondary rate limit' } } } },
      'throttled',
      'raise every',
    ],
    ['too many, by 429', { instead: { from: 1, reply: { status: 429 } } }, 'throttled', 'raise every'],
    [
      'a repository that moved',
      { instead: { from: 1, reply: { status: 301, headers: { location: 'https://a.example' } } } },
      'misconfigured',
      'url',
    ],
  ];
  it.each(refusals)('not permitted: %s', async (_, over, reason, next) => {
    expect(await why(over)).toMatchObject({ reason, next: expect.stringContaining(next) });
  });

  it('not permitted: no token', async () => {
    const { url, asked } = await githubServer();
    expect(await whyUnmeasured(measure(vulnerabilities, of(url)))).toMatchObject({ reason: 'no_credentials' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['silence', { from: 1, reply: undefined }, 'timeout'],
    ['silence at the second question', { from: 2, reply: undefined }, 'timeout'],
    ['a line that is cut', { from: 1, reply: 'cut' as const }, 'unreachable'],
    ['trouble of its own', { from: 3, reply: { status: 502 } }, 'error'],
    ['a page of words', { from: 1, reply: { body: '<html>' } }, 'invalid_answer'],
    ['an object for a list', { from: 1, reply: { body: { alerts: [] } } }, 'invalid_answer'],
    ['an alert without its time', { from: 1, reply: { body: [{ number: 1, dependency: {} }] } }, 'invalid_answer'],
    ['more than is read', { from: 1, reply: { body: `[${' '.repeat(9_000_000)}]` } }, 'too_large'],
    [
      'a next page that is this one',
      { from: 1, reply: { headers: { link: '<http://[>; rel="next"' }, body: [] } },
      'invalid_answer',
    ],
  ])('unreachable: %s is unknown', async (_, instead, reason) => {
    const signal = reason === 'timeout' ? AbortSignal.timeout(300) : undefined;
    expect(await why({ instead }, {}, signal)).toMatchObject({ reason });
  });

  it('a severity of no known name is not left out', async () => {
    const reply = {
      body: [
        {
          ...{ number: 1, created_at: hoursAgo(1), dependency: {} },
          security_advisory: { ghsa_id: 'GHSA-1', severity: 'apocalyptic' },
        },
      ],
    };
    expect(await why({ instead: { from: 1, reply } })).toMatchObject({
      ...{ reason: 'invalid_answer', message: expect.stringContaining('the severity of GHSA-1') },
    });
  });
});

describe('many', () => {
  const many = (count: number, hours: number, severity = 'medium') =>
    Array.from({ length: count }, (_, number) => alert(severity, hours, { number }));

  it('5,000 are read page by page, at GitHub alone: no answer sends the token elsewhere', async () => {
    const alerts = [...many(4_999, 10), alert('medium', 721, { number: 4_999 })];
    const { facts, asked, verdict } = await measured({ alerts }, { most: 5_000 });
    expect(facts).toMatchObject({ medium: 5_000, medium_overdue: 1, complete: true });
    expect(verdict).toBe('fail');
    expect(asked).toHaveLength(50 + 4);
    expect(asked.every(({ pathname }) => pathname === '/repos/my-org/shop/dependabot/alerts')).toBe(true);
  });

  it('past `most` the oldest were read: what is found counts, nothing found is not known', async () => {
    const late = await measured({ alerts: [...many(150, 10), alert('medium', 721, { number: 200 })] }, { most: 100 });
    expect(late).toMatchObject({
      verdict: 'fail',
      facts: { medium: 100, overdue: 1, critical: null, complete: false },
    });
    expect(late.asked).toHaveLength(5);
    const young = await measured({ alerts: many(150, 10) }, { most: 100 });
    expect(young).toMatchObject({ verdict: 'unknown', facts: { overdue: null, due_soon: null, overdue_of: null } });
    const specs = vulnerabilities.facts(vulnerabilities.params.parse(young.params));
    expect(specs.overdue?.whyAbsent?.(young.facts)).toMatch(/more medium ones.*raise most/);
  });

  it('what is dismissed may be refused: it hides nothing', async () => {
    const { url, state } = await githubServer({ alerts: [alert('critical', 30)] });
    state.instead = { from: 5, reply: { status: 502 } };
    const facts = await measure(vulnerabilities, of(url), setting);
    expect(facts).toMatchObject({ overdue: 1, suppressed: null, unread: [expect.stringContaining('HTTP 502')] });
    state.alerts = [];
    state.instead = undefined as never;
    expect(await verdictOf(vulnerabilities, of(url), setting)).toBe('ok');
  });
});
