import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import accessPosture from '../../../../src/checks/access-posture.ts';
import { attempt } from '../../../../src/health/attempt.ts';
import { type Ec2Instance, type Ec2Rule, type Ec2State, ec2StandIn } from '../../../support/aws/ec2.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { type IamState, type IamUser, iamStandIn } from '../../../support/aws/iam.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { checkOf } from '../../../support/checks.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { judgedByDefault, okReasonOf } from '../../../support/probes.ts';

const ec2: Ec2State = { volumes: {}, addresses: [], groups: {}, instances: {} };
const iam: IamState = { users: [], madeAt: now, making: 0, roles: [], policies: [] };
const aws = new AwsServer([ec2StandIn(ec2), iamStandIn(iam)]);

const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const root: IamUser = { user: '<root_account>', password: 'not_supported', mfa: true };
const anybody = ['0.0.0.0/0'];
const web: Ec2Rule[] = [80, 443].map((port) => ({
  ...{ protocol: 'tcp', from: port, to: port, ranges: anybody, ipv6Ranges: ['::/0'] },
}));
const ssh: Ec2Rule = { protocol: 'tcp', from: 22, to: 22, ranges: anybody };

const behind = (...prefixLists: string[]): Ec2Rule => ({ protocol: 'tcp', from: 22, to: 22, prefixLists });

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  Object.assign(iam, { madeAt: daysAgo(0.125), making: 0, report: undefined });
  iam.users = [
    root,
    { user: 'maria', password: 'true', mfa: true, keys: [daysAgo(89)] },
    { user: 'deploy', keys: [null, daysAgo(10)] },
  ];
  iam.roles = [{ name: 'rounds', createdAt: daysAgo(300) }];
  iam.policies = [{ name: 'rounds-read', updatedAt: daysAgo(20) }];
  ec2.groups = {
    'sg-web': { name: 'web', rules: web },
    'sg-db': { name: 'database', rules: [{ protocol: 'tcp', from: 5432, to: 5432, ranges: ['10.0.0.0/8'] }] },
  };
  ec2.prefixLists = { 'pl-office': ['198.51.100.0/24'], 'pl-wide': ['198.51.100.0/24', '0.0.0.0/0'] };
  ec2.instances = { 'i-1': { name: 'worker' }, 'i-2': { name: 'old', state: 'stopped', publicIp: '192.0.2.1' } };
});

const look = async (more: object = {}) => (await measure(accessPosture, more)).facts;
const rules = async (more: object = {}) => fired(accessPosture, more, await look(more));
const group = (...rules: Ec2Rule[]) => {
  ec2.groups['sg-new'] = { name: 'new', rules };
};

describe('what it measures', () => {
  test('healthy: nothing fires', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ users: 2, users_without_mfa: 0, users_without_mfa_list: [], old_keys: 0, old_keys_list: [] },
      ...{ key_age_limit_d: 90, root_password: true, root_mfa: true, root_keys: 0, report_age_h: 3 },
      ...{ changes: 0, changes_list: [], changes_limit: null, security_groups: 2, open_admin: [], open_other: [] },
      ...{ public_instances: [], accepted: [], unread: [] },
    });
    expect(fired(accessPosture, {}, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(accessPosture.facts({} as never)).sort());
  });

  test('users and keys by name, the oldest key first', async () => {
    iam.users.push(
      { user: 'li', password: 'true', keys: [daysAgo(120), daysAgo(91)] },
      { user: 'backup', keys: ['2020-01-01T00:00:00+00:00'] },
      { user: 'no-password', keys: [] },
    );
    expect(await look()).toMatchObject({
      ...{ users: 5, users_without_mfa: 1, users_without_mfa_list: ['li'], old_keys: 3 },
      old_keys_list: ['backup key 1, 2518 d old', 'li key 1, 120 d old', 'li key 2, 91 d old'],
    });
    expect(await rules()).toEqual(['warn users_without_mfa > 0', 'warn old_keys > 0']);
  });

  test('a root user whose password was removed needs no MFA', async () => {
    iam.users[0] = { ...root, password: 'false', mfa: false };
    expect(await look()).toMatchObject({ root_password: false, root_mfa: false });
    expect(await rules()).toEqual([]);
  });

  test('a report that AWS has yet to make is waited for', async () => {
    iam.making = 1;
    expect(await look()).toMatchObject({ users: 2 });
    expect(aws.counts()).toMatchObject({ 'iam:GenerateCredentialReport': 2, 'iam:GetCredentialReport': 1 });
  });

  test('what changed within a day is information, newest first; AWS’s own roles don’t count', async () => {
    iam.roles.push(
      { name: 'new', createdAt: daysAgo(0.5) },
      { name: 'AWSServiceRoleForECS', createdAt: daysAgo(0.1), path: '/aws-service-role/ecs.amazonaws.com/' },
    );
    iam.policies.push({ name: 'wide', updatedAt: daysAgo(0.1) }, { name: 'older', updatedAt: daysAgo(1.1) });
    expect(await look()).toMatchObject({
      changes: 2,
      changes_list: ['policy wide changed 2026-11-23', 'role new created 2026-11-23'],
    });
    expect(await rules()).toEqual([]);
    expect(await rules({ most_changes: 1 })).toEqual(['warn changes > changes_limit']);
  });

  test('open ports and public instances, with what opens them', async () => {
    group(ssh, { protocol: 'udp', from: 5000, to: 5010, ipv6Ranges: ['::/0'] });
    ec2.instances['i-3'] = { publicIp: '192.0.2.2', name: 'bastion' };
    ec2.instances['i-4'] = { ipv6: '2001:db8::1' };
    expect(await look()).toMatchObject({
      open_admin: ['sg-new (new) tcp 22 from 0.0.0.0/0'],
      open_other: ['sg-new (new) udp 5000-5010 from ::/0'],
      public_instances: ['i-3 (bastion)', 'i-4'],
    });
  });

  test('what is open on purpose is told apart, by id or by name', async () => {
    group(ssh);
    ec2.instances['i-3'] = { publicIp: '192.0.2.2', name: 'bastion' };
    const accepted = { accepted: ['sg-new', 'bastion'] };
    expect(await look(accepted)).toMatchObject({
      ...{ open_admin: [], public_instances: [], accepted: ['sg-new (new)', 'i-3 (bastion)'] },
    });
    expect(await rules(accepted)).toEqual([]);
  });

  test('only what is looked at is asked', async () => {
    const facts = await look({ look_at: ['ports'] });
    expect(facts).toMatchObject({ users: null, root_mfa: null, changes: null, public_instances: null, unread: [] });
    expect(aws.counts()).toEqual({ 'ec2:DescribeSecurityGroups': 1 });
    expect(await awsVerdict(accessPosture, { look_at: ['ports'] })).toBe('ok');
  });
});

describe('rules of security groups', () => {
  const opened = async (rule: Ec2Rule) => {
    group(rule);
    const { open_admin, open_other } = await look({ look_at: ['ports'] });
    return { open_admin, open_other };
  };
  const tcp = (from: number, to: number, ranges = anybody): Ec2Rule => ({ protocol: 'tcp', from, to, ranges });

  it.each<[string, Ec2Rule, string]>([
    ['everything', { protocol: '-1', ranges: anybody }, 'all traffic from 0.0.0.0/0'],
    ['every port', tcp(0, 65_535), 'tcp 0-65535 from 0.0.0.0/0'],
    ['no ports named', { protocol: 'tcp', ranges: anybody }, 'tcp 0-65535 from 0.0.0.0/0'],
    ['a range around an admin port', tcp(3_000, 4_000), 'tcp 3000-4000 from 0.0.0.0/0'],
    ['udp too', { protocol: 'udp', from: 11_211, to: 11_211, ranges: anybody }, 'udp 11211 from 0.0.0.0/0'],
    ['all of IPv6', { protocol: 'tcp', from: 3_389, to: 3_389, ipv6Ranges: ['::/0'] }, 'tcp 3389 from ::/0'],
    ['the internet in two halves', tcp(22, 22, ['0.0.0.0/1', '128.0.0.0/1']), 'tcp 22 from 0.0.0.0/1 and 128.0.0.0/1'],
    [
      'all routed IPv6',
      { protocol: 'tcp', from: 6_379, to: 6_379, ipv6Ranges: ['2000::/3'] },
      'tcp 6379 from 2000::/3',
    ],
  ])('admin: %s', async (_, rule, what) => {
    expect(await opened(rule)).toEqual({ open_admin: [`sg-new (new) ${what}`], open_other: [] });
  });

  it.each<[string, Ec2Rule, string]>([
    ['another port', tcp(8_080, 8_080), 'tcp 8080 from 0.0.0.0/0'],
    ['a range between open ports', tcp(80, 443), 'tcp 80-443 from 0.0.0.0/0'],
    ['a protocol without ports', { protocol: '47', ranges: anybody }, 'protocol 47 from 0.0.0.0/0'],
  ])('other: %s', async (_, rule, what) => {
    expect(await opened(rule)).toEqual({ open_admin: [], open_other: [`sg-new (new) ${what}`] });
  });

  it.each<[string, Ec2Rule]>([
    ['ping', { protocol: 'icmp', from: 8, to: -1, ranges: anybody }],
    ['ping of IPv6', { protocol: '58', ipv6Ranges: ['::/0'] }],
    ['HTTPS over UDP', { protocol: 'udp', from: 443, to: 443, ranges: anybody }],
    ['one address', tcp(22, 22, ['198.51.100.7/32'])],
    ['a private network', tcp(22, 22, ['10.0.0.0/8'])],
    ['private IPv6', { protocol: 'tcp', from: 22, to: 22, ipv6Ranges: ['fc00::/7'] }],
    ['other groups', { protocol: '-1' }],
  ])('nothing: %s', async (_, rule) => {
    expect(await opened(rule)).toEqual({ open_admin: [], open_other: [] });
  });
});

describe('prefix lists', () => {
  const ports = { look_at: ['ports'] };

  test('one that holds the internet opens the port, others don’t; lists of open ports alone are not read', async () => {
    group(behind('pl-office', 'pl-wide'), { protocol: 'tcp', from: 443, to: 443, prefixLists: ['pl-web'] });
    ec2.groups['sg-office'] = { name: '', rules: [behind('pl-office')] };
    expect(await look(ports)).toMatchObject({
      open_admin: ['sg-new (new) tcp 22 from pl-wide'],
      ...{ open_other: [], unread: [] },
    });
    expect(aws.counts()).toMatchObject({ 'ec2:GetManagedPrefixListEntries': 2 });
  });

  test('its pages are read', async () => {
    ec2.prefixLists = { 'pl-long': [...Array.from({ length: 100 }, () => '198.51.100.0/24'), '::/0'] };
    group(behind('pl-long'));
    expect(await look(ports)).toMatchObject({ open_admin: ['sg-new (new) tcp 22 from pl-long'] });
  });

  test('where it can’t be read, nobody says that no admin port is open; what else is open is told', async () => {
    aws.break('denied', { action: 'ec2:GetManagedPrefixListEntries' });
    group(behind('pl-office'));
    const why =
      'ec2:GetManagedPrefixListEntries on prefix list pl-office in eu-west-1: AccessDenied → grant ec2:GetManagedPrefixListEntries';
    expect(await look(ports)).toMatchObject({ open_admin: null, open_other: [], unread: [why] });
    expect(await look({ ...ports, accepted: ['new'] })).toMatchObject({ open_admin: [], unread: [] });
    group(behind('pl-office'), ssh);
    expect(await look(ports)).toMatchObject({ open_admin: ['sg-new (new) tcp 22 from 0.0.0.0/0'] });
  });

  test('more than 50 are not all read', async () => {
    const ids = Array.from({ length: 51 }, (_, i) => `pl-${i}`);
    ec2.prefixLists = Object.fromEntries(ids.map((id) => [id, ['10.0.0.0/8']]));
    group(behind(...ids));
    expect(await look(ports)).toMatchObject({ open_admin: null, unread: ['prefix lists past the first 50'] });
  });
});

test.each<[string, Ec2Instance]>([
  ['on a second interface', { interfaces: [{}, { publicIp: '192.0.2.2' }] }],
  ['of a second private address', { interfaces: [{ publicIps: [undefined, '192.0.2.2'] }] }],
  ['of IPv6 on a second interface', { interfaces: [{}, { ipv6: ['2001:db8::1'] }] }],
])('a public address %s', async (_, instance) => {
  ec2.instances = { 'i-1': { interfaces: [{ publicIps: [undefined] }, {}] }, 'i-3': instance };
  expect(await look({ look_at: ['instances'] })).toMatchObject({ public_instances: ['i-3'] });
});

describe('size', () => {
  test('pages are read, lists are bounded', async () => {
    ec2.groups = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`sg-${i}`, { name: 'x', rules: [ssh] }]));
    ec2.instances = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, i): [string, Ec2Instance] => [`i-${i}`, { publicIp: '192.0.2.9' }]),
    );
    iam.policies = Array.from({ length: 1_001 }, (_, i) => ({ name: `p${i}`, updatedAt: daysAgo(0) }));
    const facts = await look();
    expect(facts).toMatchObject({ security_groups: 1_001, changes: 1_001, unread: [] });
    for (const list of ['open_admin', 'public_instances', 'changes_list'])
      expect((facts[list] as string[]).slice(20)).toEqual(['and 981 more']);
  });

  test('past 5000 groups what is open holds, that nothing else is does not', async () => {
    const many = (rules: Ec2Rule[]) =>
      Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`sg-${i}`, { name: '', rules }]));
    ec2.groups = many(web);
    expect(await look()).toMatchObject({
      ...{ security_groups: null, open_admin: null, open_other: null },
      unread: ['security groups past the first 5000'],
    });
    ec2.groups['sg-0'] = { name: '', rules: [ssh] };
    expect(await look()).toMatchObject({ open_admin: ['sg-0 tcp 22 from 0.0.0.0/0'], open_other: null });
  });

  test('past 5000 policies nobody says how many changed', async () => {
    iam.policies = Array.from({ length: 5_001 }, (_, i) => ({ name: `p${i}`, updatedAt: daysAgo(9) }));
    expect(await look()).toMatchObject({ changes: null, unread: ['roles or policies past the first 5000'] });
    expect(await awsVerdict(accessPosture, { most_changes: 3 })).toBe('unknown');
  });
});

describe('a part that is refused does not hide the rest', () => {
  test('the credential report is not permitted', async () => {
    group(ssh);
    aws.break('denied', { action: 'iam:GenerateCredentialReport' });
    const facts = await look();
    expect(facts).toMatchObject({ users: null, root_mfa: null, open_admin: [expect.any(String)] });
    expect(facts.unread).toEqual([
      'iam:GenerateCredentialReport on the account in eu-west-1: AccessDenied → grant iam:GenerateCredentialReport',
    ]);
  });

  test('a row that nobody can read makes the report unusable', async () => {
    iam.users.push({ user: 'li,true', password: 'true', mfa: true });
    expect(await look()).toMatchObject({
      users_without_mfa: null,
      unread: ['the credential report has 24 fields in row 5 → download it in the IAM console'],
    });
  });

  test('nothing permitted: why, and what to grant', async () => {
    aws.break('denied');
    expect(await refusal(measure(accessPosture, { look_at: ['ports'] }))).toEqual({
      reason: 'denied',
      message: 'ec2:DescribeSecurityGroups on security groups in eu-west-1: AccessDenied',
      next: 'grant ec2:DescribeSecurityGroups',
      retryable: false,
    });
  });
});

test('it asks for nothing that it does not name, and for all that it names', async () => {
  group(behind('pl-office'));
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...accessPosture.iam].sort());
});

describe('each aspect alone', () => {
  it.each<[string, string]>([
    ['credentials', 'no password without MFA, no access key of root, none older than 90 d'],
    ['changes', '0 roles and policies changed'],
    ['ports', 'nothing open to anybody but 80, 443'],
    ['instances', 'no instance with a public address'],
  ])('%s: it asks for what it names and vouches for that alone', async (aspect, says) => {
    group(behind('pl-office'));
    const only = { look_at: [aspect as 'ports'] };
    expect(okReasonOf(accessPosture, only, await look(only))).toBe(says);
    const needed = accessPosture.iamFor?.(accessPosture.params.parse(only)) ?? [];
    expect(Object.keys(aws.counts()).sort()).toEqual(needed.toSorted());
  });

  test('what is accepted is told apart', async () => {
    group(ssh);
    const accepted = { look_at: ['ports' as const], accepted: ['new', 'web'], open_ports: [] };
    expect(okReasonOf(accessPosture, accepted, await look(accepted))).toBe(
      'nothing open to anybody; besides what is accepted',
    );
  });
});

describe('the end of its time', () => {
  test('an answer that hangs ends with the probe', async () => {
    aws.break('hang', { action: 'ec2:DescribeInstances' });
    const asked = aws.nextCall('ec2:DescribeInstances');
    const stop = new AbortController();
    const measured = refusal(measure(accessPosture, {}, { signal: stop.signal }));
    const call = await asked;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });

  const slow = (look_at?: ('credentials' | 'ports')[]) => {
    const target = accessPosture.params.parse({ look_at });
    const check = checkOf(() => Promise.reject(new Error()), {
      ...{ definition: accessPosture as never, target, timeoutMs: 1_500 },
    });
    const room = { clock: { now: () => now }, log: memoryLog(), reveal: String, site: { dir: '/', scriptDirs: [] } };
    const batch = () => ({ load: () => Promise.reject(new Error('it asks nothing in batches')) });
    return attempt(check, room, { previous: undefined, signal: new AbortController().signal, batch });
  };

  test('a report that is never made hides no open port', async () => {
    iam.making = 1_000;
    group(ssh);
    const answer = await slow();
    expect(answer).toMatchObject({
      measured: {
        facts: {
          ...{ users: null, root_mfa: null, open_admin: ['sg-new (new) tcp 22 from 0.0.0.0/0'] },
          unread: ['the credential report was not made in time → raise timeout'],
        },
      },
    });
    expect('measured' in answer && judgedByDefault(accessPosture, {}, answer.measured.facts)).toBe('fail');
    ec2.groups = { 'sg-web': { name: 'web', rules: web } };
    const closed = await slow();
    expect('measured' in closed && judgedByDefault(accessPosture, {}, closed.measured.facts)).toBe('unknown');
  });

  test('alone, such a report is a timeout', async () => {
    iam.making = 1_000;
    expect(await slow(['credentials'])).toMatchObject({ unmeasured: { reason: 'timeout' } });
  });

  test('so does a report that is never made', async () => {
    iam.making = 1_000;
    const asked = aws.nextCall('iam:GenerateCredentialReport');
    const stop = new AbortController();
    const measured = refusal(measure(accessPosture, { look_at: ['credentials'] }, { signal: stop.signal }));
    await asked;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
  });
});

describe('planted faults', () => {
  type Plant = () => void;
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>): Plant =>
    () =>
      aws.break(fault, options);
  const user =
    (one: Partial<IamUser>): Plant =>
    () =>
      iam.users.push({ user: 'li', ...one });
  const asRoot =
    (change: Partial<IamUser>): Plant =>
    () => {
      iam.users[0] = { ...root, ...change };
    };
  const opened =
    (from: number, to = from, protocol = 'tcp'): Plant =>
    () =>
      group({ protocol, from, to, ranges: anybody });

  it.each<[string, 'fail' | 'warn' | 'unknown', Plant, object?]>([
    ['root without MFA', 'fail', asRoot({ mfa: false })],
    ['root with an access key', 'fail', asRoot({ keys: [daysAgo(1)] })],
    ['root with a second access key', 'fail', asRoot({ keys: [null, daysAgo(1)] })],
    ['a user with a password and no MFA', 'warn', user({ password: 'true' })],
    ['a key of 91 days', 'warn', user({ keys: [daysAgo(91)] })],
    ['a second key of 91 days', 'warn', user({ keys: [null, daysAgo(91)] })],
    ['a key of 31 days, where 30 are the limit', 'warn', user({ keys: [daysAgo(31)] }), { key_age: '30d' }],
    ['SSH open', 'fail', opened(22)],
    ['RDP open', 'fail', opened(3389)],
    ['MySQL open', 'fail', opened(3306)],
    ['PostgreSQL open', 'fail', opened(5432)],
    ['Redis open', 'fail', opened(6379)],
    ['SQL Server open', 'fail', opened(1433)],
    ['MongoDB open', 'fail', opened(27_017)],
    ['all ports open', 'fail', opened(0, 65_535)],
    ['an application port open', 'warn', opened(8_080)],
    ['an admin port of one’s own open', 'fail', opened(9_443), { admin_ports: [9_443] }],
    ['HTTP open, where only HTTPS may be', 'warn', () => {}, { open_ports: [443] }],
    ['SSH open by a prefix list', 'fail', () => group(behind('pl-wide'))],
    ['a prefix list that is gone', 'unknown', () => group(behind('pl-gone'))],
    [
      'a second interface with a public address',
      'warn',
      () => (ec2.instances['i-3'] = { interfaces: [{}, { publicIp: '192.0.2.2' }] }),
    ],
    ['a public instance', 'warn', () => (ec2.instances['i-3'] = { publicIp: '192.0.2.2' })],
    [
      'a public instance that starts',
      'warn',
      () => (ec2.instances['i-3'] = { publicIp: '192.0.2.2', state: 'pending' }),
    ],
    ['an instance with public IPv6', 'warn', () => (ec2.instances['i-3'] = { ipv6: '2001:db8::1' })],
    [
      'a changed policy, where none may change',
      'warn',
      () => iam.policies.push({ name: 'wide', updatedAt: daysAgo(0) }),
      { most_changes: 0 },
    ],
    ['a report without the root user', 'unknown', () => iam.users.shift()],
    ['a report with other columns', 'unknown', () => (iam.report = 'name,mfa\nmaria,true')],
    ['a user whose name shifts the columns', 'unknown', user({ user: 'li,true' })],
    ['an active key without an age', 'unknown', user({ keys: ['N/A'] })],
    ['a role without a date', 'warn', () => iam.roles.push({ name: 'x', createdAt: undefined })],
    ['no security group at all', 'unknown', () => (ec2.groups = {})],
    ['only ports looked at, and no group', 'unknown', () => (ec2.groups = {}), { look_at: ['ports'] }],
    ['the report not permitted', 'unknown', broken('denied', { action: 'iam:GetCredentialReport' })],
    ['roles not permitted', 'warn', broken('denied', { action: 'iam:ListRoles' })],
    ['groups throttled', 'unknown', broken('throttled', { action: 'ec2:DescribeSecurityGroups' })],
    ['instances not permitted', 'unknown', broken('explicitly denied', { action: 'ec2:DescribeInstances' })],
    ['nothing permitted', 'unknown', broken('denied')],
    ['all throttled', 'unknown', broken('throttled')],
    ['a proxy answers', 'unknown', broken('garbage')],
    ['the network is gone', 'unknown', broken('drop')],
    ['unknown access key', 'unknown', broken('unknown key')],
  ])('%s → %s', async (_, verdict, plant, more = {}) => {
    plant();
    expect(await awsVerdict(accessPosture, more)).toBe(verdict);
  });
});
