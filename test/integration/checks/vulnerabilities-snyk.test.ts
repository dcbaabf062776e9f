import { describe, expect, it } from 'vitest';
import vulnerabilities from '../../../src/checks/vulnerabilities.ts';
import type { JsonReply } from '../../support/json-server.ts';
import { judgedByDefault, measure, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';
import { type SnykIssue, type SnykState, snykOrganization, snykServer } from '../../support/snyk.ts';

const now = new Date('2026-11-23T12:00:00Z');
const clock = { now: () => now };
const issue = (severity: string, hours: number, more: Partial<SnykIssue> = {}): SnykIssue => ({
  ...{ key: 'SNYK-JS-LODASH-1', severity, created_at: new Date(now.getTime() - hours * 3_600_000).toISOString() },
  ...more,
});
const setting = { secrets: { SNYK_TOKEN: 'snyk-secret' }, clock };
const of = (url: string, more: object = {}) => ({
  ...{ source: 'snyk', organization: snykOrganization, token: { secret: 'SNYK_TOKEN' }, url, ...more },
});

async function measured(over: Partial<SnykState>, more: object = {}) {
  const { url, asked } = await snykServer(over);
  const facts = await measure(vulnerabilities, of(url, more), setting);
  const params = of(url, more);
  return { facts, asked, params, verdict: judgedByDefault(vulnerabilities, params, facts) };
}
const why = async (over: Partial<SnykState>, more: object = {}, signal = AbortSignal.timeout(10_000)) => {
  const { url } = await snykServer(over);
  return whyUnmeasured(measure(vulnerabilities, of(url, more), { ...setting, signal }));
};

describe('Snyk, in five states', () => {
  it('healthy: within their time, ignored, resolved; licences and code are not asked for', async () => {
    const issues = [
      ...[issue('high', 24), issue('low', 1_000), issue('critical', 99, { ignored: true })],
      ...[issue('critical', 99, { status: 'resolved' }), issue('critical', 99, { type: 'license' })],
    ];
    expect(await measured({ issues })).toMatchObject({
      verdict: 'ok',
      facts: { critical: 0, high: 1, medium: 0, low: 1, overdue: 0, suppressed: 1, complete: true, unread: [] },
    });
  });

  it('degraded and failed: by the effective severity, with CVE, package and project; no title', async () => {
    expect(await measured({ issues: [issue('critical', 19)] })).toMatchObject({
      verdict: 'warn',
      facts: { due_soon: 1 },
    });
    const { facts, params, verdict } = await measured({
      issues: [issue('high', 200, { cve: 'CVE-2026-5' }), issue('medium', 800, { project: 'gone' })],
    });
    expect(verdict).toBe('fail');
    expect(saidByDefault(vulnerabilities, params, facts)).toBe(
      '2 past the deadline: high CVE-2026-5 open 8 d 8 h (limit 7 d) in lodash, my-org/shop; ' +
        'others: SNYK-JS-LODASH-1; patch, or accept the risk in writing',
    );
    expect(facts.overdue_of).toEqual([
      'high CVE-2026-5 open 8 d 8 h (limit 7 d) in lodash, my-org/shop',
      'medium SNYK-JS-LODASH-1 open 33 d 8 h (limit 30 d) in lodash, gone',
    ]);
    expect(JSON.stringify(facts)).not.toMatch(/Jane|snyk-secret/);
  });

  it('not permitted', async () => {
    expect(await why({ token: 'other' })).toMatchObject({
      reason: 'denied',
      next: expect.stringContaining('make a new one'),
    });
    expect(await why({ instead: { projects: { status: 403 } } })).toMatchObject({
      ...{ reason: 'denied', next: expect.stringContaining('let the token view') },
    });
    const other = { organization: '11111111-1111-4111-8111-111111111111' };
    expect(await why({}, other)).toMatchObject({ reason: 'misconfigured', next: expect.stringContaining('region') });
    expect(await why({ instead: { issues: { status: 429, headers: { 'retry-after': '30' } } } })).toMatchObject({
      ...{ reason: 'throttled', message: expect.stringContaining('30 s') },
    });
    const { url } = await snykServer();
    expect(await whyUnmeasured(measure(vulnerabilities, of(url)))).toMatchObject({ reason: 'no_credentials' });
  });

  it('an organisation without a project has nothing to find: unknown', async () => {
    expect(await why({ projects: {} })).toMatchObject({ reason: 'empty', next: expect.stringContaining('import') });
  });

  const broken: [string, SnykState['instead'], string][] = [
    ['silence', { issues: undefined }, 'timeout'],
    ['silence of the projects', { projects: undefined }, 'timeout'],
    ['a line that is cut', { issues: 'cut' }, 'unreachable'],
    ['trouble of its own', { issues: { status: 500 } }, 'error'],
    ['no JSON', { issues: { body: 'maintenance' } }, 'invalid_answer'],
    ['no data', { issues: { body: { links: {} } } }, 'invalid_answer'],
    [
      'an issue without a severity',
      { issues: { body: { data: [{ id: '1', attributes: { key: 'A' } }] } } },
      'invalid_answer',
    ],
    ['a next page that is no address', { issues: { body: { data: [], links: { next: 7 } } } }, 'invalid_answer'],
    ['a severity of no known name', { issues: unheardOf() }, 'invalid_answer'],
  ];
  it.each(broken)('unreachable: %s is unknown', async (_, instead, reason) => {
    const signal = reason === 'timeout' ? AbortSignal.timeout(300) : undefined;
    expect(await why({ instead }, {}, signal)).toMatchObject({ reason });
  });
});

function unheardOf(): JsonReply {
  const attributes = { key: 'A', created_at: now.toISOString(), effective_severity_level: 'severe' };
  return { body: { data: [{ id: '1', attributes }], links: {} } };
}

describe('many', () => {
  it('5,000 are read page by page', async () => {
    const issues = Array.from({ length: 5_000 }, (_, at) => issue('low', at === 4_321 ? 2_161 : 5));
    const { facts, asked } = await measured({ issues }, { most: 5_000 });
    expect(facts).toMatchObject({ low: 5_000, low_overdue: 1, overdue: 1, complete: true });
    expect(asked).toHaveLength(1 + 50 + 3 + 1);
  });

  it('past `most`, which come in no order: nothing found is not known', async () => {
    const issues = Array.from({ length: 201 }, () => issue('low', 5));
    const { facts, verdict, asked } = await measured({ issues }, { most: 200 });
    expect(facts).toMatchObject({ low: 200, critical: null, overdue: null, complete: false });
    expect(verdict).toBe('unknown');
    expect(asked).toHaveLength(1 + 2 + 3 + 1);
  });
});
