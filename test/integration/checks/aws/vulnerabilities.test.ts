import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import vulnerabilities from '../../../../src/checks/vulnerabilities.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { type InspectorFinding, type InspectorState, inspectorStandIn } from '../../../support/aws/inspector.ts';
import { measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { saidByDefault } from '../../../support/said.ts';

const state: InspectorState = { status: 'ENABLED', scans: {}, findings: [] };
const aws = new AwsServer([inspectorStandIn(state)]);
let region = '';
beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  region = freshRegion();
  aws.mend();
  aws.forget();
  Object.assign(state, { status: 'ENABLED', findings: [] });
});

const weakness = (severity: string, hours: number, more: Partial<InspectorFinding> = {}): InspectorFinding => ({
  ...{ severity, firstObservedAt: new Date(now.getTime() - hours * 3_600_000), vulnerabilityId: 'CVE-2026-1234' },
  ...more,
});
const params = (more: object = {}) => ({ source: 'inspector' as const, region, ...more });
const look = async (more: object = {}) => (await measure(vulnerabilities, params(more))).facts;
const verdict = (more: object = {}) => awsVerdict(vulnerabilities, params(more));

describe('Inspector, in five states', () => {
  it('healthy: within their time; suppressed ones are counted', async () => {
    state.findings = [
      ...[weakness('HIGH', 24), weakness('MEDIUM', 24), weakness('CRITICAL', 99, { status: 'SUPPRESSED' })],
      weakness('CRITICAL', 99, { status: 'CLOSED' }),
    ];
    expect(await look()).toMatchObject({ critical: 0, high: 1, medium: 1, overdue: 0, suppressed: 1, complete: true });
    expect(await verdict()).toBe('ok');
  });

  it('degraded: near its deadline', async () => {
    state.findings = [weakness('CRITICAL', 20)];
    expect(await verdict()).toBe('warn');
  });

  it('failed: past it, with the image by its digest; the graver of severity and score counts', async () => {
    const image = `sha256:${'0123456789abcdef'.repeat(4)}`;
    state.findings = [weakness('HIGH', 30, { score: 9.8, package: 'openssl', image }), weakness('LOW', 3_000)];
    const facts = await look();
    expect(facts).toMatchObject({ critical: 1, high: 0, overdue: 2, critical_overdue: 1, low_overdue: 1 });
    expect(await verdict()).toBe('fail');
    expect(saidByDefault(vulnerabilities, params(), facts)).toContain(
      '2 past the deadline: critical CVE-2026-1234 open 1 d 6 h (limit 1 d) in openssl, shop@sha256:0123456789ab; others',
    );
    expect((facts.overdue_of as string[])[1]).toBe('low CVE-2026-1234 open 125 d (limit 90 d) in i-0123456789abcdef0');
  });

  it('not permitted: the action is named', async () => {
    aws.break('denied', { action: 'inspector2:ListFindings' });
    expect(await refusal(measure(vulnerabilities, params()))).toMatchObject({
      ...{ reason: 'denied', next: expect.stringContaining('inspector2:ListFindings') },
    });
  });

  it('off: nothing is looked for, so nothing is known', async () => {
    state.status = 'DISABLED';
    expect(await refusal(measure(vulnerabilities, params()))).toMatchObject({
      ...{ reason: 'not_entitled', message: `Inspector in ${region} is DISABLED` },
      next: expect.stringContaining('activate Inspector'),
    });
  });

  it('unreachable: silence', async () => {
    aws.break('hang', { action: 'inspector2:ListFindings' });
    const stop = new AbortController();
    const asked = aws.nextCall('inspector2:ListFindings');
    const looking = refusal(measure(vulnerabilities, params(), { signal: stop.signal }));
    await asked;
    stop.abort();
    expect(await looking).toMatchObject({ reason: 'timeout' });
  });

  it('past `most`: what is found counts, nothing found is not known', async () => {
    state.findings = [...Array.from({ length: 150 }, () => weakness('HIGH', 1)), weakness('HIGH', 200)];
    expect(await look({ most: 100 })).toMatchObject({ high: 100, overdue: 1, medium: null, complete: false });
    state.findings.pop();
    expect(await verdict({ most: 100 })).toBe('unknown');
    expect(await verdict({ most: 5_000 })).toBe('ok');
  });
});

it('asks for rights only where Inspector is the source', () => {
  const rights = (target: object) => vulnerabilities.iamFor?.(vulnerabilities.params.parse(target));
  expect(rights({ source: 'inspector' })).toEqual(vulnerabilities.iam);
  const token = { secret: 'T' };
  expect(rights({ source: 'dependabot', repository: 'my-org/shop', token })).toEqual([]);
  expect(rights({ source: 'report', token, every: '24h', grace: '1h' })).toEqual([]);
});
