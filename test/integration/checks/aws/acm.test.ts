import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import acm from '../../../../src/checks/acm.ts';
import { type AcmCertificate, type AcmState, acmStandIn } from '../../../support/aws/acm.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { saidByDefault } from '../../../support/said.ts';

const state: AcmState = { certificates: {} };
const aws = new AwsServer([acmStandIn(state)]);
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const certificate = (DomainName: string, days: number, change: Partial<AcmCertificate> = {}): AcmCertificate => ({
  ...{ DomainName, SubjectAlternativeNameSummaries: [DomainName], Status: 'ISSUED', Type: 'AMAZON_ISSUED' },
  ...{ InUse: true, NotAfter: inDays(days), region: 'eu-west-1' },
  ...change,
});
const shop = (change: Partial<AcmCertificate>) => () => Object.assign(state.certificates.shop!, change);

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  state.certificates = {
    shop: certificate('www.shop.example', 90, {
      SubjectAlternativeNameSummaries: ['www.shop.example', '*.shop.example'],
    }),
    api: certificate('api.shop.example', 200, { KeyAlgorithm: 'EC_prime256v1' }),
    mail: certificate('mail.shop.example', 300, { Type: 'IMPORTED', KeyAlgorithm: 'RSA_4096' }),
    cdn: certificate('cdn.shop-assets.example', 120, { region: 'us-east-1' }),
    old: certificate('www.shop.example', -3, { InUse: false, Status: 'EXPIRED' }),
  };
  state.pageSize = undefined;
  state.deniedIn = undefined;
});

const domains = { domains: ['www.shop.example', 'cdn.shop-assets.example'] };
const look = async (params: object = domains) => (await measure(acm, params)).facts;
const verdict = (params: object = domains) => awsVerdict(acm, params);

describe('what it measures', () => {
  test('healthy: every kind of key, CloudFront’s region too, an old unused one is no trouble', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ certificates: 5, in_use: 4, imported: 1, regions: ['eu-west-1', 'us-east-1'] },
      ...{ days_left: 90, first_to_expire: 'www.shop.example (eu-west-1)' },
      first_not_after: inDays(90).toISOString(),
      ...{ expired: [], expiring_now: [], expiring: [], broken: [], missing: [] },
      ...{ renewal_failed: [], renewal_waiting: [], unvalidated: [] },
      ...{ unused_expired: ['www.shop.example (eu-west-1)'], unread: [] },
    });
    expect(fired(acm, domains, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(acm.facts({} as never)).sort());
  });

  test('degraded: fewer than 30 days', async () => {
    shop({ NotAfter: inDays(29.5) })();
    const facts = await look();
    expect(facts).toMatchObject({ expiring: ['www.shop.example (eu-west-1) 29 d'], expiring_now: [], days_left: 29 });
    expect(saidByDefault(acm, domains, facts)).toBe(
      'certificates expire: www.shop.example (eu-west-1) 29 d (limit 30 d); import new ones, or see why ACM did not renew them',
    );
  });

  test('failed: fewer than 7 days, and over', async () => {
    shop({ NotAfter: inDays(6.5) })();
    expect(await look()).toMatchObject({ expiring_now: ['www.shop.example (eu-west-1) 6 d'], expiring: [] });
    shop({ NotAfter: inDays(-0.5), Status: 'EXPIRED' })();
    expect(await look()).toMatchObject({ expired: ['www.shop.example (eu-west-1)'], days_left: -1, expiring_now: [] });
  });

  test('over by its end, though ACM still says issued', async () => {
    shop({ NotAfter: inDays(-0.1) })();
    expect(await look()).toMatchObject({ expired: ['www.shop.example (eu-west-1)'], expiring_now: [], broken: [] });
  });

  test('a wildcard is for one level, not for two and not for its own', async () => {
    expect((await look({ domains: ['pay.shop.example', 'a.b.shop.example', 'shop.example'] })).missing).toEqual([
      'a.b.shop.example',
      'shop.example',
    ]);
  });

  test('of a domain’s certificates the one that lasts longest counts, where none is in use', async () => {
    shop({ InUse: false })();
    state.certificates.next = certificate('www.shop.example', 20, { InUse: false });
    expect(await look()).toMatchObject({ days_left: 90, expiring: [] });
  });

  test('renewal of what ends within 60 days: asked for one by one, not of imported ones', async () => {
    shop({ NotAfter: inDays(50), renewal: { RenewalStatus: 'PENDING_VALIDATION' } })();
    Object.assign(state.certificates.mail!, { NotAfter: inDays(40) });
    expect(await look()).toMatchObject({ renewal_waiting: ['www.shop.example (eu-west-1)'], renewal_failed: [] });
    expect(aws.counts()['acm:DescribeCertificate']).toBe(1);
    shop({ renewal: { RenewalStatus: 'FAILED', RenewalStatusReason: 'CAA_ERROR' } })();
    expect((await look()).renewal_failed).toEqual(['www.shop.example (eu-west-1) CAA_ERROR']);
  });

  test('several pages', async () => {
    state.pageSize = 2;
    expect(await look()).toMatchObject({ certificates: 5, unread: [] });
    expect(aws.counts()['acm:ListCertificates']).toBe(3);
  });

  test('past 5,000 nobody says how many there are, or that a domain has none', async () => {
    const many = Array.from({ length: 5_001 }, (_, i) => [`c-${i}`, certificate(`c-${i}.example`, 90)] as const);
    state.certificates = Object.fromEntries(many);
    const facts = await look();
    expect(facts).toMatchObject({ certificates: null, in_use: null, missing: null, expired: null, days_left: null });
    expect(facts.unread).toEqual(['certificates past the first 5000']);
  });

  test('us-east-1 is read once where it is the own region, and not at all when told so', async () => {
    await look({ region: 'us-east-1' });
    expect(aws.calls.map(({ region }) => region)).toEqual(['us-east-1']);
    aws.forget();
    expect(await look({ cloudfront: false })).toMatchObject({ certificates: 4, regions: ['eu-west-1'] });
    expect(aws.calls.map(({ region }) => region)).toEqual(['eu-west-1']);
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied', { action: 'acm:ListCertificates' });
    expect(await refusal(measure(acm, domains))).toMatchObject({
      reason: 'denied',
      message: 'acm:ListCertificates on all certificates in eu-west-1: AccessDenied',
      next: 'grant acm:ListCertificates',
    });
  });

  test('CloudFront’s region not permitted: what was found holds, that there is no more is not claimed', async () => {
    state.deniedIn = 'us-east-1';
    const facts = await look();
    expect(facts).toMatchObject({ certificates: null, missing: null, expired: null, regions: ['eu-west-1'] });
    expect(facts.unread).toEqual([expect.stringContaining('in us-east-1: AccessDenied → grant acm:ListCertificates')]);
    expect(acm.facts({} as never).expired?.whyAbsent?.(facts)).toContain('not read: acm:ListCertificates');
    shop({ NotAfter: inDays(-1) })();
    expect(await look()).toMatchObject({ expired: ['www.shop.example (eu-west-1)'], expiring: null });
    expect(await verdict()).toBe('fail');
  });

  test('none in use', async () => {
    for (const one of Object.values(state.certificates)) one.InUse = false;
    expect(await refusal(measure(acm, {}))).toMatchObject({
      reason: 'empty',
      message: 'no ACM certificate is in use in eu-west-1 and us-east-1',
    });
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(measure(acm, domains))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang');
    const call = aws.nextCall('acm:ListCertificates');
    const stop = new AbortController();
    const params = { region: 'eu-north-1', cloudfront: false };
    const measured = refusal(measure(acm, params, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});

test('it asks for what `iam` lists, and nothing else', async () => {
  shop({ NotAfter: inDays(50) })();
  await look();
  expect(Object.keys(aws.counts()).sort()).toEqual([...acm.iam].sort());
});

test('it takes reading of certificates in the regions that it reads', () => {
  const iamFor = (params: object) => acm.iamFor?.(acm.params.parse(params));
  const inRegions = (...regions: string[]) => [
    'acm:ListCertificates',
    { action: 'acm:DescribeCertificate', resources: regions.map((each) => `arn:aws:acm:${each}:*:certificate/*`) },
  ];
  expect(iamFor({})).toEqual(inRegions('*'));
  expect(iamFor({ region: 'eu-west-1' })).toEqual(inRegions('eu-west-1', 'us-east-1'));
  expect(iamFor({ region: 'us-east-1' })).toEqual(inRegions('us-east-1'));
  expect(iamFor({ region: 'eu-west-1', cloudfront: false })).toEqual(inRegions('eu-west-1'));
});

test('a slow renewal does not hide what has expired', async () => {
  shop({ NotAfter: inDays(50) })();
  state.certificates.mail!.NotAfter = inDays(-1);
  const facts = await withSlowPart(aws, 'acm:DescribeCertificate', acm, domains);
  expect(facts.expired).toHaveLength(1);
  expect(facts).toMatchObject({ renewal_failed: null, renewal_waiting: null });
  expect(facts.unread).toEqual([expect.stringContaining('acm:DescribeCertificate on certificate www.shop.example')]);
});

describe('planted faults', () => {
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);
  const renewalDenied = () => {
    shop({ NotAfter: inDays(50) })();
    aws.break('denied', { action: 'acm:DescribeCertificate' });
  };

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => unknown]>([
    ['nothing', 'ok', () => {}],
    ['30 days left', 'ok', shop({ NotAfter: inDays(30) })],
    ['29 days left', 'warn', shop({ NotAfter: inDays(29.9) })],
    ['7 days left', 'warn', shop({ NotAfter: inDays(7) })],
    ['6 days left', 'fail', shop({ NotAfter: inDays(6.9) })],
    ['an elliptic key near its end', 'fail', () => (state.certificates.api!.NotAfter = inDays(3))],
    ['a long RSA key near its end', 'fail', () => (state.certificates.mail!.NotAfter = inDays(3))],
    [
      'one that came by ACME',
      'fail',
      () => (state.certificates.a = certificate('a.example', 2, { CertificateKeyPairOrigin: 'ACME' })),
    ],
    ['CloudFront’s near its end', 'fail', () => (state.certificates.cdn!.NotAfter = inDays(3))],
    ['expired', 'fail', shop({ NotAfter: inDays(-1), Status: 'EXPIRED' })],
    ['over, but called issued', 'fail', shop({ NotAfter: inDays(-1) })],
    ['revoked', 'fail', shop({ Status: 'REVOKED' })],
    ['inactive', 'fail', shop({ Status: 'INACTIVE' })],
    ['issuing failed', 'fail', shop({ Status: 'FAILED', NotAfter: undefined })],
    ['validation timed out', 'fail', shop({ Status: 'VALIDATION_TIMED_OUT', NotAfter: undefined, InUse: false })],
    ['the domain’s certificate deleted', 'fail', () => delete state.certificates.cdn],
    [
      'asked for, not validated yet',
      'fail',
      shop({ Status: 'PENDING_VALIDATION', NotAfter: undefined, InUse: false, SubjectAlternativeNameSummaries: [] }),
    ],
    ['renewal failed', 'fail', shop({ NotAfter: inDays(50), renewal: { RenewalStatus: 'FAILED' } })],
    ['renewal waits', 'warn', shop({ NotAfter: inDays(50), renewal: { RenewalStatus: 'PENDING_VALIDATION' } })],
    ['imported, near its end', 'warn', () => (state.certificates.mail!.NotAfter = inDays(12))],
    ['use unknown, expired', 'fail', () => (state.certificates.old!.InUse = undefined)],
    ['renewal not permitted', 'unknown', renewalDenied],
    ['CloudFront’s region not permitted', 'unknown', () => (state.deniedIn = 'us-east-1')],
    ['issued without an end', 'unknown', shop({ NotAfter: undefined })],
    ['without a status', 'unknown', shop({ Status: undefined })],
    ['not permitted', 'unknown', broken('denied')],
    ['denied by the organisation', 'unknown', broken('explicitly denied')],
    ['throttled', 'unknown', broken('throttled')],
    ['unknown key', 'unknown', broken('unknown key')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict()).toBe(expected);
  });
});
