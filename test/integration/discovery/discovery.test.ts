import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import type { Discovery } from '../../../src/discovery/model.ts';
import { discoverAws } from '../../../src/discovery-alone.ts';
import { discover } from '../../../src/kernel/discover.ts';
import { checkTypes, root } from '../../../src/registry.ts';
import { useAws } from '../../support/aws/environment.ts';
import { estate } from '../../support/aws/estate.ts';
import { type AccountRegion, inventory } from '../../support/aws/inventory.ts';
import { AwsServer } from '../../support/aws/server.ts';
import { stsStandIn } from '../../support/aws/sts.ts';
import { scratchFolder } from '../../support/scratch.ts';

const types = await checkTypes();
const discoveries = await discover<Discovery>(join(root, 'src', 'discovery', 'aws'));
const role = (account: string) => `arn:aws:iam::${account}:role/rounds-read`;
const roles = { [role('111111111111')]: 'rounds-7', [role('222222222222')]: undefined };
let world: (asked: { region: string; accessKeyId: string }) => AccountRegion = () => estate;
const aws = new AwsServer([...inventory((asked) => world(asked)), stsStandIn({ roles })]);

beforeAll(() => aws.start());
afterAll(() => aws.stop());
beforeEach(() => {
  useAws(aws.url);
  aws.mend();
  aws.forget();
  world = () => estate;
});

const found = (over: Partial<Parameters<typeof discoverAws>[0]> = {}) =>
  discoverAws({ variables: {}, accounts: [], regions: [], say: () => {}, ...over });
/** As `check-config` reads it. */
const read = (text: string) => parseOps(text, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} });
const ids = (text: string) => read(text).checks.map(({ id }) => id);

describe('an account', () => {
  it('becomes a config that check-config takes, with a check for each thing that there is a type for', async () => {
    const { text, on, unread } = await found();
    const { checks } = read(text);
    expect(checks).toHaveLength(on);
    expect(checks.find(({ id }) => id === 'shop-prod-services')).toMatchObject({
      ...{ type: 'ecs-services', group: 'services' },
      target: { cluster: 'shop-prod', region: 'eu-west-1' },
    });
    expect(unread).toEqual([]);
    expect(text).toContain('the account of the bot’s own credentials (123456789012), eu-west-1');
    expect(text).toContain('# Cluster shop-prod, 2 services: checkout, storefront');
  });

  it('every kind of thing is looked for, by list and describe calls alone', async () => {
    await found();
    const asked = Object.keys(aws.counts()).filter((action) => action !== 'sts:GetCallerIdentity');
    expect(asked.sort()).toEqual(discoveries.flatMap(({ iam }) => iam).sort());
    expect(asked.filter((action) => !/:(List|Describe)/.test(action))).toEqual([]);
  });

  it('the guide names every right that it takes', async () => {
    const guide = await readFile(join(root, 'docs', 'operating.md'), 'utf8');
    const section = guide.split('\n## Before anyone is woken\n')[1]?.split('\n## ')[0] ?? '';
    const named = [...section.matchAll(/`([a-z0-9]+:[A-Z]\w+)`/g)].map(([, action]) => action);
    expect(named).toEqual(discoveries.flatMap(({ iam }) => iam).sort());
  });

  it('the same account makes the same text', async () => {
    const once = await found();
    const reversed = (part: object) => Object.fromEntries(Object.entries(part).reverse());
    world = () => ({
      ...estate,
      clusters: reversed(estate.clusters!) as never,
      logGroups: [...estate.logGroups!].reverse(),
    });
    expect((await found()).text).toBe(once.text);
  });

  it('what has no services, and what somebody must decide, is there as a comment', async () => {
    const { text } = await found();
    expect(text).toMatch(/# Cluster empty has no services\n {2}# - id: empty-services\n/);
    expect(ids(text)).not.toContain('empty-services');
  });

  it('where there is no type for it yet, CloudWatch is asked in its place', async () => {
    const { text } = await found();
    // With a type of their own these are asked by that.
    const known = new Set(types.map(({ type }) => type));
    const expected = [
      ...(known.has('rds') ? ['shop-main', 'aurora'] : ['shop-main-cpu', 'shop-main-free-storage', 'aurora-1-cpu']),
      ...(known.has('load-balancer') ? ['front'] : ['storefront-targets']),
    ];
    expect(ids(text)).toEqual(expect.arrayContaining(expected));
    expect(ids(text)).not.toContain('aurora-1-free-storage');
  });

  it('databases: a replica has no backups of its own, a default group no limit, other engines no check', async () => {
    const group = (name: string) => ({
      DBParameterGroups: { DBParameterGroup: [{ DBParameterGroupName: name, ParameterApplyStatus: 'in-sync' }] },
    });
    const copyOf = { Engine: 'mysql', ReadReplicaSourceDBInstanceIdentifier: 'main' };
    world = () => ({
      instances: [
        { DBInstanceIdentifier: 'main', Engine: 'mysql', BackupRetentionPeriod: 7, ...group('shop-mysql8') },
        { DBInstanceIdentifier: 'copy', ...copyOf, BackupRetentionPeriod: 0, ...group('shop-mysql8') },
        { DBInstanceIdentifier: 'kept', ...copyOf, BackupRetentionPeriod: 3, ...group('default.mysql8.0') },
        { DBInstanceIdentifier: 'a-1', Engine: 'aurora-mysql', DBClusterIdentifier: 'a', ...group('own') },
        { DBInstanceIdentifier: 'a-2', Engine: 'aurora-mysql', DBClusterIdentifier: 'a', ...group('default.aurora') },
        { DBInstanceIdentifier: 'docs-1', Engine: 'docdb', DBClusterIdentifier: 'docs' },
        { DBInstanceIdentifier: 'graph-1', Engine: 'neptune', DBClusterIdentifier: 'graph' },
      ],
    });
    const { text } = await found();
    const { checks } = parse(text) as { checks: { rds?: object; override?: object; id: string }[] };
    const databases = checks.filter(({ rds }) => rds).map(({ id, rds, override }) => ({ id, ...rds, override }));
    const place = { region: 'eu-west-1' };
    const off = { connections_pct: 'off' };
    expect(databases.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'a', cluster: 'a', ...place, override: off },
      { id: 'copy', instance: 'copy', backups: false, ...place, override: undefined },
      { id: 'kept', instance: 'kept', ...place, override: off },
      { id: 'main', instance: 'main', ...place, override: undefined },
    ]);
    expect(read(text).checks).toHaveLength(checks.length);
    expect(text).toContain('# there is no check for DocumentDB and Neptune: docs-1 (docdb), graph-1 (neptune)');
  });

  it('nothing in it: a file that says so', async () => {
    world = () => ({});
    const { text, on } = await found();
    expect(on).toBe(0);
    expect(text).toContain('there is no trail: what is done in this account is not kept');
  });

  it('trails: by name, with as many pages of events as the timeout lets it look up', async () => {
    const trail = read((await found()).text).checks.find(({ type }) => type === 'cloudtrail');
    expect(trail).toMatchObject({ timeoutMs: 60_000, target: { trails: ['org'], max_pages: 50 } });
  });

  it('an answer with nothing in it is not read as "there is no trail"', async () => {
    aws.break('empty', { action: 'cloudtrail:DescribeTrails' });
    const { text, unread } = await found();
    aws.mend();
    expect(text).not.toContain('there is no trail');
    expect(unread).toEqual([expect.stringContaining('CloudTrail')]);
  });

  it('500 services in one cluster, and hundreds of instances, page by page', async () => {
    const services = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [
        `svc-${String(at).padStart(3, '0')}`,
        { desiredCount: 1, runningCount: 1 },
      ]),
    );
    const instances = Array.from({ length: 250 }, (_, at) => ({
      DBInstanceIdentifier: `db-${at}`,
      Engine: 'mysql',
      AllocatedStorage: 20,
    }));
    world = () => ({ clusters: { big: { services } }, instances });
    const { text, on } = await found();
    expect(text).toContain(
      '# Cluster big, 500 services: svc-000, svc-001, svc-002, svc-003, svc-004, svc-005, svc-006, svc-007 and 492 more',
    );
    expect(read(text).checks.find(({ id }) => id === 'big-services')?.timeoutMs).toBe(60_000);
    expect(on).toBeGreaterThan(250);
    expect(aws.counts()).toMatchObject({ 'ecs:ListServices': 5, 'rds:DescribeDBInstances': 3 });
  });
});

describe('distributions', () => {
  const cdn = (text: string) => read(text).checks.filter(({ type }) => type === 'cloudfront');
  const distribution = { enabled: true, status: 'Deployed', origins: [{ domain: 'api.example.com' }] };

  it('are asked and checked in us-east-1, with the names that they serve', async () => {
    const { text } = await found({ regions: ['eu-west-1', 'eu-west-2'] });
    expect(cdn(text)).toMatchObject([
      {
        id: 'www-example-com-cdn-us-east-1',
        target: { distribution: 'E1FRONT', aliases: ['www.example.com'], region: 'us-east-1' },
      },
    ]);
    expect(text).toContain('# Distribution E1FRONT at e1front.cloudfront.net, for www.example.com: the shop');
    const calls = aws.calls.filter(({ action }) => action === 'cloudfront:ListDistributions');
    expect(calls.map(({ region }) => region)).toEqual(['us-east-1']);
  });

  it('that are disabled stand there as a comment; without aliases they go by their id; page by page', async () => {
    const many = Array.from({ length: 110 }, (_, i) => [`E${i}`, distribution] as const);
    world = () => ({ distributions: { EOFF: { ...distribution, enabled: false }, ...Object.fromEntries(many) } });
    const { text } = await found();
    expect(cdn(text)).toHaveLength(110);
    expect(cdn(text).map(({ id }) => id)).toContain('e109-cdn');
    expect(text).toMatch(
      /# Distribution EOFF at eoff\.cloudfront\.net, disabled, without aliases\n {2}# - id: eoff-cdn\n/,
    );
    expect(aws.counts()['cloudfront:ListDistributions']).toBe(2);
  });

  it('an answer with nothing in it is not read as "there are none"', async () => {
    aws.break('empty', { action: 'cloudfront:ListDistributions' });
    expect((await found()).unread).toEqual([expect.stringContaining('CloudFront')]);
  });
});

describe('what is offered', () => {
  it('fits the check types that there are', async () => {
    const { text } = await found();
    expect(text).not.toContain('does not fit');
  });

  it('fits, too, where it waits in a comment', async () => {
    const { text, on, off } = await found();
    const all = text.replace(/^ {2}# (?=- id: | {2})/gm, '  ');
    expect(read(all).checks).toHaveLength(on + off);
    expect(off).toBeGreaterThan(0);
  });
});

describe('what refuses', () => {
  it.each([
    ['denied', 'rds:DescribeDBInstances', 'AccessDenied → grant rds:DescribeDBInstances'],
    ['throttled', 'ecs:ListClusters', 'AWS throttled the request'],
    ['not subscribed', 'wafv2:ListWebACLs', 'the account is not subscribed'],
    ['garbage', 'backup:ListBackupPlans', 'backup:ListBackupPlans on all plans'],
    ['internal', 'acm:ListCertificates', 'AWS answered 500'],
  ] as const)('%s by %s: the rest is there, and the file says what is missing', async (fault, action, words) => {
    aws.break(fault, { action });
    const { text, unread } = await found();
    expect(unread).toEqual([expect.stringContaining(words)]);
    expect(text).toContain('# NOT EVERYTHING WAS READ');
    expect(text.split('\n').filter((line) => line.startsWith('#') && line.includes(words))).toHaveLength(1);
    expect(read(text).checks.length).toBeGreaterThan(1);
  });

  it('credentials that nobody takes: nothing is read, and that is the answer', async () => {
    aws.break('unknown key');
    await expect(found()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('AWS does not know the access key'),
    });
    expect(Object.keys(aws.counts())).toEqual(['sts:GetCallerIdentity']);
  });

  it('no region anywhere is a mistake with its remedy', async () => {
    useAws(aws.url, '');
    await expect(found()).rejects.toMatchObject({ message: expect.stringContaining('AWS_REGION') });
  });
});

describe('several places', () => {
  const config = `
aws:
  accounts:
    shop: {role: "${role('111111111111')}", external_id: rounds-7, region: eu-west-3}
    lab: {role: "${role('222222222222')}", region: eu-north-1}
    closed: {role: "${role('333333333333')}", region: eu-north-1}
checks:
  - {id: x, http: {url: "https://example.com/"}}
`;
  async function variables() {
    const file = join(scratchFolder(), 'ops.yml');
    await writeFile(file, config);
    return { OPS_CONFIG: file };
  }

  it('two regions: ids name them; what is the same everywhere is asked and written once', async () => {
    const { text } = await found({ regions: ['us-east-1', 'eu-west-2'] });
    expect(ids(text)).toEqual(expect.arrayContaining(['shop-prod-services-eu-west-2', 'shop-prod-services-us-east-1']));
    expect(aws.counts()).toMatchObject({ 's3:ListAllMyBuckets': 1, 'ecs:ListClusters': 2 });
    expect(new Set(ids(text)).size).toBe(ids(text).length);
  });

  it('two accounts: each is read with its role, in its region, and named by its checks', async () => {
    const { text } = await found({ variables: await variables(), accounts: ['shop', 'lab'] });
    expect(read(text).aws.accounts.get('shop')).toMatchObject({ role: role('111111111111'), externalId: 'rounds-7' });
    expect(read(text).checks.find(({ id }) => id === 'shop-shop-prod-services-eu-west-3')?.target).toMatchObject({
      account: 'shop',
      region: 'eu-west-3',
    });
    expect(ids(text)).toContain('lab-shop-prod-services-eu-north-1');
    const keys = aws.calls.filter(({ action }) => action === 'ecs:ListClusters').map(({ accessKeyId }) => accessKeyId);
    expect(keys).toEqual(['ASIA222222222222', 'ASIA111111111111']);
  });

  it('an account that can’t be entered is said, and hides no other', async () => {
    const { text, unread } = await found({ variables: await variables(), accounts: ['closed', 'lab'] });
    expect(unread).toEqual([
      expect.stringMatching(/^account closed: sts:AssumeRole .*AccessDenied → grant sts:AssumeRole/),
    ]);
    expect(text).toContain('#   account closed: sts:AssumeRole');
    expect(ids(text)).toContain('shop-prod-services');
  });

  it('an account that the config does not have is refused', async () => {
    const asked = found({ variables: await variables(), accounts: ['shpo'] });
    await expect(asked).rejects.toMatchObject({ code: 'not_found', hint: 'use own, closed, lab, shop' });
  });
});

describe('hostile names', () => {
  const names = [
    'prod: {a: b} # no',
    '- "quoted" \'twice\'',
    '🔥🚒',
    'first\nchecks: []\n- id: evil',
    '\u2028\u0085line',
    '*anchor &x !!tag %{y} ${',
    '<!channel>',
    'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
    'x'.repeat(200),
    'Ünïcödé',
    '‮reversed',
    'null',
    'prod prod',
    'prod-prod',
    'PROD_PROD',
  ];
  it('stay texts of their own checks, under ids that are valid and differ', async () => {
    world = () => ({
      alarms: names.map((AlarmName) => ({ AlarmName, StateValue: 'ALARM' })),
      logGroups: names,
      clusters: Object.fromEntries(
        names.map((name) => [name, { services: { [name]: { desiredCount: 1, runningCount: 1 } } }]),
      ),
      webAcls: names.map((Name) => ({ Name, Description: Name })),
    });
    const { text, on } = await found();
    const { checks } = read(text);
    expect(checks).toHaveLength(on);
    const clusters = checks
      .filter(({ type }) => type === 'ecs-services')
      .map(({ target }) => (target as { cluster: string }).cluster);
    // A name that looks like a token is no value that a config may hold.
    expect(clusters.toSorted()).toEqual(names.filter((name) => !name.startsWith('ghp_')).toSorted());
    expect(text).toMatch(/# Not on, since it does not fit: .*\n {2}# - id: ghp-0/);
    expect(checks.map(({ id }) => id)).not.toContain('evil');
    expect(Object.keys(parse(text) as object)).toEqual(['version', 'defaults', 'groups', 'checks']);
    const lines = text.split('\n').filter((line) => /^\s*#/.test(line));
    expect(lines.filter((line) => /[\u2028\u0085\u202e]/.test(line) && line.includes('Cluster'))).toEqual([]);
  });
});
