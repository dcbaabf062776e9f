import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import securityFindings from '../../../../src/checks/security-findings.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { type GuardDutyFinding, type GuardDutyState, guardDutyStandIn } from '../../../support/aws/guardduty.ts';
import { type InspectorFinding, type InspectorState, inspectorStandIn } from '../../../support/aws/inspector.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { type HubFinding, type SecurityHubState, securityHubStandIn } from '../../../support/aws/securityhub.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { verdictWithSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { okReasonOf } from '../../../support/probes.ts';

const hub: SecurityHubState = { enabled: true, findings: [], standards: [] };
const guardDuty: GuardDutyState = { detector: undefined, findings: [] };
const inspector: InspectorState = { status: undefined, scans: {}, findings: [] };
const aws = new AwsServer([securityHubStandIn(hub), guardDutyStandIn(guardDuty), inspectorStandIn(inspector)]);

let region = '';
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const daysAgo = (days: number) => hoursAgo(days * 24);
const control = (label: string, days: number, more: HubFinding = {}): HubFinding => ({
  ...{ Severity: { Label: label as 'HIGH' }, CreatedAt: daysAgo(days).toISOString() },
  Compliance: { SecurityControlId: 'EC2.19' },
  ...{ ProductName: 'Security Hub', Region: region, AwsAccountId: '123456789012' },
  ...more,
});
const threat = (severity: number, days: number, more: Partial<GuardDutyFinding> = {}): GuardDutyFinding => ({
  ...{ severity, type: 'UnauthorizedAccess:IAMUser/ConsoleLogin', createdAt: daysAgo(days).toISOString(), ...more },
});
const weakness = (severity: string, days: number, more: Partial<InspectorFinding> = {}): InspectorFinding => ({
  ...{ severity, firstObservedAt: daysAgo(days), vulnerabilityId: 'CVE-2026-1234', ...more },
});

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  region = freshRegion();
  aws.mend();
  aws.forget();
  Object.assign(hub, { enabled: true, findings: [], standards: [{ name: 'pci-dss/v/3.2.1', status: 'READY' }] });
  Object.assign(guardDuty, { detector: { id: 'd1', status: 'ENABLED' }, findings: [] });
  Object.assign(inspector, { status: 'ENABLED', scans: { ec2: 'ENABLED', ecr: 'DISABLED' }, findings: [] });
});

const params = (more: object = {}) => ({ region, ...more });
const look = async (more: object = {}) => (await measure(securityFindings, params(more))).facts;
const rules = async (more: object = {}) => fired(securityFindings, params(more), await look(more));
const says = (facts: Record<string, unknown>, fact: string) => (facts[fact] as string[]).join('; ');

describe('what it measures', () => {
  test('healthy: nothing open, nothing fires, GuardDuty is asked for counts alone', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ critical: 0, high: 0, medium: 0, low: 0, new_24h: 0, overdue: 0, overdue_of: [], worst: [], threats: 0 },
      threats_of: [],
      ...{ critical_deadline_h: 24, high_deadline_h: 168, medium_deadline_h: 720, low_deadline_h: 2160 },
      ...{ off: [], complete: true, cut_off: [], unread: [] },
    });
    expect(fired(securityFindings, params(), facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(securityFindings.facts({} as never)).sort());
    expect(aws.counts()).not.toHaveProperty('guardduty:ListFindings');
  });

  test('all sources together: by severity, new ones, late ones', async () => {
    hub.findings = [control('MEDIUM', 2), control('MEDIUM', 31), control('LOW', 0.5)];
    guardDuty.findings = [threat(5, 1), threat(2, 91), threat(8.5, 100, { archived: true })];
    inspector.findings = [weakness('HIGH', 8), weakness('HIGH', 9), weakness('LOW', 3, { status: 'SUPPRESSED' })];
    const facts = await look();
    expect(facts).toMatchObject({ critical: 0, high: 2, medium: 3, low: 2, new_24h: 2, overdue: 4, threats: 0 });
    expect(facts.overdue_of).toEqual([
      '1 medium of Security Hub, oldest 31 d (limit 30 d): EC2.19',
      '1 low of GuardDuty, oldest 91 d (limit 90 d): UnauthorizedAccess:IAMUser/ConsoleLogin',
      '2 high of Inspector, oldest 9 d (limit 7 d): CVE-2026-1234 ×2',
    ]);
    expect(facts.worst).toEqual(['high CVE-2026-1234 ×2 (Inspector)']);
  });

  test('what Security Hub has from the others counts once, and what is resolved or archived not at all', async () => {
    hub.findings = [
      control('HIGH', 1, { ProductName: 'GuardDuty' }),
      control('HIGH', 1, { ProductName: 'Inspector' }),
      control('HIGH', 1, { Workflow: { Status: 'RESOLVED' } }),
      control('HIGH', 1, { Workflow: { Status: 'SUPPRESSED' } }),
      control('HIGH', 1, { RecordState: 'ARCHIVED' }),
      control('INFORMATIONAL', 1),
    ];
    expect(await look()).toMatchObject({ high: 0 });
    expect(await look({ sources: ['security-hub'] })).toMatchObject({ high: 2 });
    expect(await look({ sources: ['security-hub', 'inspector'] })).toMatchObject({ high: 1 });
  });

  test('what Security Hub alone has of the others counts: of linked regions, of member accounts', async () => {
    const ProductName = 'GuardDuty';
    hub.findings = [
      control('CRITICAL', 0, { ProductName, Region: 'eu-linked-1', Types: ['TTPs/Impact'] }),
      control('CRITICAL', 0, { ProductName: 'Inspector', AwsAccountId: '210987654321' }),
      control('CRITICAL', 0, { ProductName, Region: undefined }),
      control('CRITICAL', 0, { ProductName }),
    ];
    expect(await look()).toMatchObject({ critical: 3, threats: 0 });
    hub.standards = [];
    expect(await look()).toMatchObject({ critical: 2 });
  });

  test('where all that was read counts elsewhere, what lies past it is not known', async () => {
    hub.findings = Array.from({ length: 101 }, () => control('CRITICAL', 0, { ProductName: 'GuardDuty' }));
    const facts = await look({ most: 100 });
    expect(facts).toMatchObject({ critical: null, overdue: null, high: 0, new_24h: null, complete: false });
    expect(await awsVerdict(securityFindings, params({ most: 100 }))).toBe('unknown');
    expect(await look({ most: 101 })).toMatchObject({ critical: 0, overdue: 0, complete: true });
  });

  test('standards that check nothing are named, with AWS’s reason', async () => {
    hub.standards.push(
      { name: 'cis/v/1', status: 'INCOMPLETE', reason: 'NO_AVAILABLE_CONFIGURATION_RECORDER' },
      { name: 'nist/v/5', status: 'FAILED' },
      { name: 'new/v/1', status: 'PENDING' },
    );
    expect(await look()).toMatchObject({
      off: [
        `Security Hub's standard cis/v/1 in ${region} is INCOMPLETE: NO_AVAILABLE_CONFIGURATION_RECORDER`,
        `Security Hub's standard nist/v/5 in ${region} is FAILED`,
      ],
      unread: [`Security Hub's standard new/v/1 in ${region} is PENDING → wait until AWS has enabled its controls`],
    });
    hub.standards = [];
    expect(await look()).toMatchObject({ off: [`Security Hub in ${region} has no standard enabled`], critical: 0 });
  });

  test('a standard on a later page is read too', async () => {
    hub.standards = Array.from({ length: 101 }, (_, i) => ({ name: `s${i}`, status: i === 100 ? 'FAILED' : 'READY' }));
    expect(await look()).toMatchObject({ off: [`Security Hub's standard s100 in ${region} is FAILED`] });
  });

  test('a finding is named by control, vulnerability or type, never by its title', async () => {
    const Title = 'maria.lopez has no MFA';
    const { Compliance: _, ...bare } = control('CRITICAL', 0, { Title });
    hub.findings = [
      { ...bare, Vulnerabilities: [{ Id: 'CVE-2026-9' }] },
      { ...bare, Types: ['TTPs/Initial Access'] },
      bare,
    ];
    guardDuty.findings = [threat(9, 0)];
    const facts = await look();
    expect(says(facts, 'worst')).toBe(
      'critical CVE-2026-9 (Security Hub); critical TTPs/Initial Access (Security Hub); critical a finding (Security Hub); critical UnauthorizedAccess:IAMUser/ConsoleLogin (GuardDuty)',
    );
    expect(facts.threats_of).toEqual(['critical UnauthorizedAccess:IAMUser/ConsoleLogin']);
    expect(JSON.stringify(facts)).not.toContain('maria');
  });

  test('deadlines are the check’s own', async () => {
    hub.findings = [control('MEDIUM', 3)];
    expect(await rules()).toEqual([]);
    expect(await rules({ deadlines: { medium: '2d' } })).toEqual(['fail overdue > 0']);
  });
});

describe('size', () => {
  test('pages are read; past the most, counts are at least and what is new is not known', async () => {
    hub.findings = Array.from({ length: 130 }, (_, i) => control('MEDIUM', 20 - i / 10));
    const only = { sources: ['security-hub'] };
    expect(await look(only)).toMatchObject({ medium: 130, complete: true, cut_off: [] });
    const facts = await look({ ...only, most: 120 });
    expect(facts).toMatchObject({ medium: 120, new_24h: null, overdue: 0, complete: false, low: 0 });
    expect(facts.cut_off).toEqual(['medium of Security Hub past the oldest 120']);
  });

  test('the oldest are read first, so that none that is late is missed', async () => {
    inspector.findings = [...Array.from({ length: 150 }, () => weakness('HIGH', 1)), weakness('HIGH', 8)];
    expect(await look({ sources: ['inspector'], most: 100 })).toMatchObject({ high: 100, overdue: 1 });
    guardDuty.findings = [...Array.from({ length: 70 }, () => threat(5, 1)), threat(5, 31)];
    expect(await look({ sources: ['guardduty'], most: 60 })).toMatchObject({ medium: 71, overdue: 1, complete: false });
    expect(aws.counts()).toMatchObject({ 'guardduty:GetFindingsStatistics': 1, 'guardduty:GetFindings': 2 });
  });
});

describe('a source that is refused does not hide the others', () => {
  test('Security Hub is not enabled: what is found counts, that there is no more is not said', async () => {
    hub.enabled = false;
    inspector.findings = [weakness('HIGH', 8)];
    const facts = await look();
    expect(facts).toMatchObject({ high: 1, critical: null, overdue: 1, new_24h: null, complete: false, threats: 0 });
    expect(facts.unread).toEqual([
      `securityhub:GetFindings on critical findings in ${region}: the service is not enabled → enable it in ${region}, or leave it out of the check`,
    ]);
    expect(await awsVerdict(securityFindings, params())).toBe('fail');
  });

  test('the standards are not permitted: findings count, that Security Hub looks at something is not known', async () => {
    aws.break('denied', { action: 'securityhub:GetEnabledStandards' });
    const facts = await look();
    expect(facts).toMatchObject({ critical: 0, complete: true, off: null });
    expect(says(facts, 'unread')).toContain('grant securityhub:GetEnabledStandards');
    guardDuty.detector = undefined;
    expect(await look()).toMatchObject({ off: [expect.stringContaining('no detector')] });
  });

  test('alone, it is unknown', async () => {
    hub.enabled = false;
    expect(await refusal(measure(securityFindings, params({ sources: ['security-hub'] })))).toMatchObject({
      reason: 'not_entitled',
      message: `securityhub:GetFindings on critical findings in ${region}: the service is not enabled`,
    });
  });
});

describe('a part that hangs', () => {
  const slow = (action: string, times?: number) => verdictWithSlowPart(aws, action, securityFindings, params(), times);
  const named = (action: string) => expect.arrayContaining([expect.stringContaining(action)]);

  test.for(['securityhub:GetFindings', 'guardduty:ListDetectors', 'inspector2:BatchGetAccountStatus'])(
    'a source (%s): unknown, and named',
    async (action) => {
      expect(await slow(action)).toMatchObject({ verdict: 'unknown', unread: named(action) });
    },
  );

  test('one source hides no critical finding of another', async () => {
    inspector.findings = [weakness('CRITICAL', 0)];
    expect(await slow('guardduty:GetDetector')).toMatchObject({
      verdict: 'fail',
      facts: { critical: 1, threats: null },
    });
  });

  test('the standards keep no critical control waiting', async () => {
    const action = 'securityhub:GetEnabledStandards';
    expect(await slow(action)).toMatchObject({ verdict: 'unknown', unread: named(action), facts: { off: null } });
    aws.mend();
    hub.findings = [control('CRITICAL', 0)];
    expect(await slow(action)).toMatchObject({ verdict: 'fail', facts: { critical: 1 } });
  });

  test('threats that are counted are told, whatever hides which ones', async () => {
    guardDuty.findings = [threat(9.2, 0)];
    const action = 'guardduty:ListFindings';
    expect(await slow(action)).toMatchObject({
      ...{ verdict: 'fail', unread: named(action), facts: { critical: 1, threats: 1, complete: false, overdue: null } },
    });
  });
});

test('a severity that is refused hides nothing of the worse one', async () => {
  inspector.findings = [weakness('CRITICAL', 0), weakness('HIGH', 8)];
  const measured = measure(securityFindings, params({ sources: ['inspector'] }));
  await aws.nextCall('inspector2:ListFindings');
  aws.break('throttled', { action: 'inspector2:ListFindings' });
  const { facts } = await measured;
  expect(facts).toMatchObject({ critical: 1, high: null, low: null, overdue: null, complete: false });
  expect(says(facts, 'unread')).toContain('inspector2:ListFindings on high findings');
});

test('it asks for nothing that it does not name, and for all that it names', async () => {
  guardDuty.findings = [threat(5, 1)];
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...securityFindings.iam].sort());
});

it.each<[string, string, (() => void)?]>([
  ['security-hub', 'Security Hub'],
  ['guardduty', 'GuardDuty', () => (guardDuty.findings = [threat(5, 1)])],
  ['inspector', 'Inspector'],
])('%s alone: it asks for what it names and vouches for that alone', async (source, name, plant = () => {}) => {
  plant();
  const only = params({ sources: [source] });
  const facts = (await measure(securityFindings, only)).facts;
  expect(okReasonOf(securityFindings, only, facts)).toBe(
    `no critical or high finding of ${name}, ${facts.medium} medium, 0 low`,
  );
  const needed = securityFindings.iamFor?.(securityFindings.params.parse(only)) ?? [];
  expect(Object.keys(aws.counts()).sort()).toEqual(needed.toSorted());
});

test('an answer that hangs ends with the probe', async () => {
  aws.break('hang', { action: 'inspector2:ListFindings' });
  const asked = aws.nextCall('inspector2:ListFindings');
  const stop = new AbortController();
  const measured = refusal(measure(securityFindings, params(), { signal: stop.signal }));
  const call = await asked;
  stop.abort();
  expect(await measured).toMatchObject({ reason: 'timeout' });
  await call.abandoned;
});

describe('planted faults', () => {
  type Plant = () => void;
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const found =
    (...findings: HubFinding[]): Plant =>
    () => {
      hub.findings = findings;
    };
  const linked = (finding: HubFinding): Plant => found({ ...finding, Region: 'eu-linked-1' });
  const watched =
    (...findings: GuardDutyFinding[]): Plant =>
    () => {
      guardDuty.findings = findings;
    };
  const scanned =
    (...findings: InspectorFinding[]): Plant =>
    () => {
      inspector.findings = findings;
    };

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant, object?]>([
    ['a critical control, a minute old', 'fail', found(control('CRITICAL', 0))],
    ['a high control', 'warn', found(control('HIGH', 6))],
    ['a high control, eight days old', 'fail', found(control('HIGH', 8))],
    ['a notified one counts', 'warn', found(control('HIGH', 1, { Workflow: { Status: 'NOTIFIED' } }))],
    ['a medium one, 31 days old', 'fail', found(control('MEDIUM', 31))],
    ['a low one, 91 days old', 'fail', found(control('LOW', 91))],
    ['a critical threat', 'fail', watched(threat(9.2, 0))],
    ['a high threat', 'fail', watched(threat(7, 0))],
    ['a medium threat, 31 days old', 'fail', watched(threat(6.9, 31))],
    ['a critical vulnerability', 'fail', scanned(weakness('CRITICAL', 0))],
    ['a high vulnerability', 'warn', scanned(weakness('HIGH', 1))],
    ['a medium vulnerability, 31 days old', 'fail', scanned(weakness('MEDIUM', 31))],
    ['GuardDuty suspended', 'fail', () => (guardDuty.detector = { id: 'd1', status: 'DISABLED' })],
    ['GuardDuty never enabled', 'fail', () => (guardDuty.detector = undefined)],
    ['Inspector disabled', 'fail', () => (inspector.status = 'DISABLED')],
    ['Inspector suspended', 'fail', () => (inspector.status = 'SUSPENDED')],
    ['a scan that must be on is off', 'fail', () => {}, { inspector_scans: ['ec2', 'ecr'] }],
    ['Security Hub without a standard', 'fail', () => (hub.standards = [])],
    ['a standard without a recorder', 'fail', () => hub.standards.push({ name: 'cis', status: 'INCOMPLETE' })],
    ['a standard being disabled', 'fail', () => hub.standards.push({ name: 'cis', status: 'DELETING' })],
    ['a standard without a status', 'fail', () => hub.standards.push({ name: 'cis', status: undefined })],
    ['a standard being enabled', 'warn', () => hub.standards.push({ name: 'cis', status: 'PENDING' })],
    ['standards not permitted', 'unknown', broken('denied', { action: 'securityhub:GetEnabledStandards' })],
    ['a critical threat in a linked region', 'fail', linked(control('CRITICAL', 0, { ProductName: 'GuardDuty' }))],
    ['Security Hub not enabled', 'unknown', () => (hub.enabled = false)],
    ['only Security Hub asked, not enabled', 'unknown', () => (hub.enabled = false), { sources: ['security-hub'] }],
    ['Security Hub not permitted', 'unknown', broken('denied', { action: 'securityhub:GetFindings' })],
    ['GuardDuty throttled', 'unknown', broken('throttled', { action: 'guardduty:ListDetectors' })],
    ['Inspector’s status without an answer', 'unknown', () => (inspector.status = undefined)],
    ['a detector without a status', 'unknown', () => (guardDuty.detector = { id: 'd1', status: undefined })],
    ['a control without its time', 'unknown', found(control('LOW', 1, { CreatedAt: undefined }))],
    ['a vulnerability without its time', 'unknown', scanned({ severity: 'LOW' })],
    ['a threat without its time', 'unknown', watched(threat(2, 1, { createdAt: undefined }))],
    ['nothing permitted', 'unknown', broken('denied')],
    ['all throttled', 'unknown', broken('throttled')],
    ['a proxy answers', 'unknown', broken('garbage')],
    ['the network is gone', 'unknown', broken('drop')],
    ['credentials expired', 'unknown', broken('expired')],
  ])('%s → %s', async (_, verdict, plant, more = {}) => {
    plant();
    expect(await awsVerdict(securityFindings, params(more))).toBe(verdict);
  });
});
