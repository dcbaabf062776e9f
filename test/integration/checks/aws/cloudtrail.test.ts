import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import cloudtrail from '../../../../src/checks/cloudtrail.ts';
import { attempt } from '../../../../src/health/attempt.ts';
import { type CloudTrailState, cloudTrailStandIn, type StandInEvent } from '../../../support/aws/cloudtrail.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { awsVerdict, freshRegion } from '../../../support/aws/verdict.ts';
import { checkOf } from '../../../support/checks.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { judgedByDefault } from '../../../support/probes.ts';

type Params = z.input<typeof cloudtrail.params>;
const state: CloudTrailState = { trails: {}, events: [] };
const aws = new AwsServer([cloudTrailStandIn(state)]);
const asked = new Set<string>();
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const write = (name: string, minutes: number, more: Partial<StandInEvent> = {}): StandInEvent => ({
  ...{ name, at: ago(minutes), readOnly: false },
  ...more,
});
const failedLogin = (minutes: number, userName = 'alice') =>
  write('ConsoleLogin', minutes, {
    ...{ source: 'signin.amazonaws.com', identity: { type: 'IAMUser', userName } },
    response: { ConsoleLogin: 'Failure' },
  });
const deniedRead = (minutes: number): StandInEvent => ({
  ...{ name: 'ListUsers', at: ago(minutes), readOnly: true, source: 'iam.amazonaws.com', errorCode: 'AccessDenied' },
});
const times = (count: number, event: (i: number) => StandInEvent) => Array.from({ length: count }, (_, i) => event(i));
const look = (params: Params = {}) => measure(cloudtrail, { region: freshRegion(), ...params });
const role = (name: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::123456789012:assumed-role/${name}/ada@example.com`,
  sessionContext: { sessionIssuer: { type: 'Role', userName: name } },
});

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  for (const { action } of aws.calls) asked.add(action);
  aws.mend();
  aws.forget();
  state.trails = { main: { logging: true, deliveredAt: ago(4) } };
  state.events = [
    write('ConsoleLogin', 30, { source: 'signin.amazonaws.com', response: { ConsoleLogin: 'Success' } }),
    write('RunInstances', 40),
  ];
});

describe('the trails', () => {
  test('healthy: it logs and delivers, nothing fires', async () => {
    const { facts } = await look();
    expect(facts).toMatchObject({
      ...{ trails: 1, logging: 1, stopped: [], missing: [], multi_region: true, unvalidated: [] },
      ...{
        delivery_errors: [],
        delivery_age_s: 240,
        last_delivery: '2026-11-23 12:11 UTC',
        delivery_limit_s: 3600,
        undelivered: [],
        events_read: true,
      },
      ...{ failed_logins: 0, denied: 0, deletions: 0, changes: 1, unread: [] },
      ...{ failed_logins_limit: 5, denied_limit: 10, deletions_limit: null, changes_limit: null },
    });
    expect(fired(cloudtrail, {}, facts)).toEqual([]);
    const target = cloudtrail.params.parse({});
    expect(Object.keys(facts).sort()).toEqual(Object.keys(cloudtrail.facts(target)).sort());
  });

  test('failed: a trail that was stopped', async () => {
    state.trails.main!.logging = false;
    const { facts } = await look({ window: 'off' });
    expect(facts).toMatchObject({ logging: 0, stopped: ['main'], delivery_age_s: null });
    expect(fired(cloudtrail, { window: 'off' }, facts)).toEqual(['fail size(stopped) > 0', 'warn !multi_region']);
  });

  test('failed: a trail that can not deliver, to S3 or to CloudWatch Logs', async () => {
    state.trails.main = { ...state.trails.main!, deliveryError: 'NoSuchBucket', logsError: 'AccessDenied' };
    const { facts } = await look({ window: 'off' });
    expect(facts.delivery_errors).toEqual(['main log files: NoSuchBucket', 'main CloudWatch Logs: AccessDenied']);
    expect(fired(cloudtrail, { window: 'off' }, facts)).toEqual(['fail size(delivery_errors) > 0']);
  });

  test('a shadow of another region’s trail is asked for by its ARN', async () => {
    state.trails = { organisation: { logging: true, homeRegion: 'us-east-1', deliveredAt: ago(2) } };
    expect((await look()).facts).toMatchObject({ trails: 1, logging: 1, delivery_age_s: 120 });
    const status = aws.calls.find(({ action }) => action === 'cloudtrail:GetTrailStatus');
    expect(status?.input.Name).toBe('arn:aws:cloudtrail:us-east-1:123456789012:trail/organisation');
  });

  test('of two trails, the one that is furthest behind counts', async () => {
    state.trails.slow = { logging: true, deliveredAt: ago(61) };
    const { facts } = await look({ window: 'off' });
    expect(facts).toMatchObject({ delivery_age_s: 3_660, last_delivery: '2026-11-23 11:14 UTC' });
    expect(fired(cloudtrail, { window: 'off' }, facts)).toEqual([
      'warn logging > 0 && delivery_age_s > delivery_limit_s',
    ]);
  });

  test('named trails: one that is gone fails, by name or ARN', async () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/other';
    const trails = ['main', arn];
    const { facts } = await look({ trails });
    expect(facts).toMatchObject({ missing: [arn] });
    expect(fired(cloudtrail, { trails }, facts)).toEqual(['fail size(missing) > 0']);
    state.trails.other = { logging: true, homeRegion: 'us-east-1', deliveredAt: ago(1) };
    expect((await look({ trails })).facts).toMatchObject({ missing: [], trails: 2 });
  });

  test('a trail named from another region, or the organisation’s, is there: its shadow is', async () => {
    state.trails.organisation = { logging: true, homeRegion: 'us-east-1', deliveredAt: ago(1) };
    const named = { trails: ['organisation'], region: freshRegion() };
    expect((await look(named)).facts).toMatchObject({ missing: [], trails: 1, logging: 1 });
    expect(await awsVerdict(cloudtrail, named)).toBe('ok');
    state.trails.organisation.logging = false;
    expect(await awsVerdict(cloudtrail, named)).toBe('fail');
  });

  test('a trail of one other region alone is found by its ARN', async () => {
    state.trails.local = { logging: true, homeRegion: 'us-east-1', multiRegion: false, deliveredAt: ago(1) };
    const trails = ['main', 'arn:aws:cloudtrail:us-east-1:123456789012:trail/local'];
    expect((await look({ trails })).facts).toMatchObject({ missing: [], trails: 2 });
    expect((await look()).facts).toMatchObject({ trails: 1 });
  });

  test('a trail that never delivered has no age: unknown, with the reason', async () => {
    state.trails.main!.deliveredAt = undefined;
    const { facts } = await look();
    expect(facts).toMatchObject({ delivery_age_s: null, undelivered: ['main'] });
    const specs = cloudtrail.facts(cloudtrail.params.parse({}));
    expect(specs.delivery_age_s?.whyAbsent?.(facts)).toBe('main has delivered nothing yet: check its bucket');
    expect(await awsVerdict(cloudtrail, { region: freshRegion() })).toBe('unknown');
  });
});

describe('the events', () => {
  test('who, what, how often, when: users and roles by name, nobody’s address', async () => {
    state.events = [
      ...times(6, (i) => failedLogin(i + 1)),
      failedLogin(3, 'HIDDEN_DUE_TO_SECURITY_REASONS'),
      write('DeleteBucket', 65, { source: 's3.amazonaws.com', identity: role('Admin') }),
      write('DeleteBucket', 60, { source: 's3.amazonaws.com', identity: role('Admin') }),
      write('TerminateInstances', 10, { identity: { type: 'Root', accountId: '123456789012' } }),
      write('AuthorizeSecurityGroupIngress', 20),
      write('DeleteTrail', 5, { errorCode: 'AccessDenied', source: 'cloudtrail.amazonaws.com' }),
      write('RunInstances', 5, { errorCode: 'Client.UnauthorizedOperation', identity: role('Deploy') }),
      deniedRead(1),
    ];
    const { facts } = await look({ events: ['logins', 'writes', 'reads'] });
    expect(facts).toMatchObject({
      failed_logins: 7,
      failed_logins_by: [
        'alice signin:ConsoleLogin ×6 (2026-11-23 12:14 UTC)',
        'a user that does not exist signin:ConsoleLogin ×1 (2026-11-23 12:12 UTC)',
      ],
      denied: 3,
      denied_by: [
        'alice iam:ListUsers ×1 (2026-11-23 12:14 UTC)',
        'alice cloudtrail:DeleteTrail ×1 (2026-11-23 12:10 UTC)',
        'role Deploy ec2:RunInstances ×1 (2026-11-23 12:10 UTC)',
      ],
      deletions: 3,
      deletions_by: [
        'role Admin s3:DeleteBucket ×2 (2026-11-23 11:15 UTC)',
        'root ec2:TerminateInstances ×1 (2026-11-23 12:05 UTC)',
      ],
      changes: 1,
      changes_by: ['alice ec2:AuthorizeSecurityGroupIngress ×1 (2026-11-23 11:55 UTC)'],
    });
    expect(JSON.stringify(facts)).not.toMatch(/ada@|203\.0\.113/);
    expect(fired(cloudtrail, {}, facts)).toEqual(['warn events_read && failed_logins_at_least > failed_logins_limit']);
  });

  test('what AWS itself does is nobody’s change, denial or deletion', async () => {
    const service = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };
    state.events = [
      write('TerminateInstances', 1, { identity: service }),
      write('DeleteNetworkInterface', 1, { identity: role('AWSServiceRoleForECS') }),
      write('RunInstances', 1, { identity: service, errorCode: 'Client.UnauthorizedOperation' }),
      write('CreateLogStream', 1),
      write('PutImage', 1),
    ];
    expect((await look({ ignore: ['CreateLogStream', 'PutImage'] })).facts).toMatchObject({
      ...{ deletions: 0, changes: 0, denied: 0 },
    });
    expect((await look({ ignore: [] })).facts).toMatchObject({ changes: 2 });
  });

  test('limits: as many as the limit are fine, one more warns', async () => {
    state.events = times(11, (i) => deniedRead(i));
    const reads = { events: ['reads' as const] };
    expect(await awsVerdict(cloudtrail, { ...reads, region: freshRegion(), limits: { denied: 11 } })).toBe('ok');
    expect(await awsVerdict(cloudtrail, { ...reads, region: freshRegion() })).toBe('warn');
  });

  test('the window, and 50 a page', async () => {
    state.events = [...times(60, () => deniedRead(5)), deniedRead(1_441)];
    const reads = { events: ['reads' as const] };
    expect((await look(reads)).facts).toMatchObject({ denied: 60 });
    expect(aws.calls.at(-1)?.input).toMatchObject({ MaxResults: 50, StartTime: now.getTime() / 1000 - 86_400 });
    expect((await look({ ...reads, window: '3m' })).facts).toMatchObject({ denied: 0 });
  });

  test('a live account, where reads are thousands a day, the bot’s own too: they are not looked up', async () => {
    state.events.push(...times(2_000, (i) => ({ ...deniedRead(i / 2), errorCode: undefined })));
    const { facts } = await look();
    expect(facts).toMatchObject({ events_read: true, events_complete: true, denied: 0 });
    expect(await awsVerdict(cloudtrail, { region: freshRegion() })).toBe('ok');
  });

  test('more than it reads: at least so many, and a warning that there are more', async () => {
    state.events = times(101, (i) => (i < 8 ? deniedRead(i) : { ...deniedRead(i), errorCode: undefined }));
    const two = { max_pages: 2, events: ['reads' as const] };
    const { facts } = await look(two);
    expect(facts).toMatchObject({ denied: null, denied_at_least: 8, deletions: null, deletions_at_least: null });
    expect(aws.counts()['cloudtrail:LookupEvents']).toBe(2);
    expect(cloudtrail.facts(cloudtrail.params.parse({})).denied?.whyAbsent?.(facts)).toBe(
      'at least 8 refused calls (AccessDenied, UnauthorizedOperation), not all events were read: raise max_pages and timeout',
    );
    expect(facts).toMatchObject({
      events_complete: false,
      unread: ['reads before the newest 100 → raise timeout and max_pages together, or take a shorter window'],
    });
    expect(fired(cloudtrail, two, facts)).toEqual(['warn events_read && !events_complete']);
    expect(fired(cloudtrail, { ...two, limits: { denied: 7 } }, { ...facts, denied_limit: 7 })).toEqual([
      'warn events_read && denied_at_least > denied_limit',
      'warn events_read && !events_complete',
    ]);
  });

  test('off: none is looked up; a rule asks for nothing that was not', async () => {
    const off = { window: 'off' as const, region: freshRegion() };
    const iamFor = (params: Params) => cloudtrail.iamFor?.(cloudtrail.params.parse(params));
    expect(iamFor(off)).toEqual(['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus']);
    expect(iamFor({})).toEqual(cloudtrail.iam);
    expect((await look(off)).facts).toMatchObject({ events_read: false, denied: null, unread: [] });
    expect(aws.counts()).not.toHaveProperty('cloudtrail:LookupEvents');
    expect(await awsVerdict(cloudtrail, off)).toBe('ok');
    expect(await awsVerdict(cloudtrail, { events: ['logins'], region: freshRegion() })).toBe('ok');
  });

  test('not permitted: the trails are told all the same', async () => {
    state.trails.main!.logging = false;
    aws.break('denied', { action: 'cloudtrail:LookupEvents' });
    const { facts } = await look({ region: 'eu-west-1', events: ['logins'] });
    expect(fired(cloudtrail, {}, facts)).toEqual(['fail size(stopped) > 0', 'warn !multi_region', 'warn !events_read']);
    expect(facts.unread).toEqual([
      'cloudtrail:LookupEvents on events of EventName ConsoleLogin in eu-west-1: AccessDenied → grant cloudtrail:LookupEvents',
    ]);
  });
});

describe('what it can not measure is never a verdict', () => {
  test('not permitted', async () => {
    aws.break('denied', { action: 'cloudtrail:GetTrailStatus' });
    expect(await refusal(look({ region: 'eu-west-1' }))).toEqual({
      reason: 'denied',
      message: 'cloudtrail:GetTrailStatus on trail main in eu-west-1: AccessDenied',
      next: 'grant cloudtrail:GetTrailStatus',
      retryable: false,
    });
  });

  test('no trail at all', async () => {
    state.trails = {};
    expect(await refusal(look({ region: 'eu-west-1' }))).toMatchObject({
      reason: 'empty',
      message: 'no trail records eu-west-1',
    });
  });

  test('a name that is no ARN of a trail is refused in the config', () => {
    const valid = (trail: string) => cloudtrail.params.safeParse({ trails: [trail] }).success;
    expect(['arn:aws:s3:::x', 'a', 'arn:aws:cloudtrail:eu-west-1:1:trail/x'].filter(valid)).toEqual([]);
    expect(valid('arn:aws-cn:cloudtrail:cn-north-1:123456789012:trail/main.audit_log-1')).toBe(true);
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refusal(look())).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang in the trails ends with the probe, and the request with it', async () => {
    aws.break('hang', { action: 'cloudtrail:GetTrailStatus' });
    const arrived = aws.nextCall('cloudtrail:GetTrailStatus');
    const stop = new AbortController();
    const measured = refusal(measure(cloudtrail, { region: freshRegion() }, { signal: stop.signal }));
    const call = await arrived;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await call.abandoned;
  });
});

describe('look-ups that take longer than the check has don’t hide the trails', () => {
  const configured = (params: Params) => {
    const target = cloudtrail.params.parse({ region: freshRegion(), ...params });
    return checkOf(() => Promise.reject(new Error()), { definition: cloudtrail as never, target, timeoutMs: 1_500 });
  };
  const room = { clock: { now: () => now }, log: memoryLog(), reveal: String, site: { dir: '/', scriptDirs: [] } };
  const attempted = (params: Params) => {
    const signal = new AbortController().signal;
    const batch = () => ({ load: () => Promise.reject(new Error('it asks nothing in batches')) });
    return attempt(configured(params), room, { previous: undefined, signal, batch });
  };

  test('none answered: a stopped trail fails, and the events are not read', async () => {
    state.trails.main!.logging = false;
    aws.break('hang', { action: 'cloudtrail:LookupEvents' });
    const arrived = aws.nextCall('cloudtrail:LookupEvents');
    const answer = await attempted({});
    expect(answer).toMatchObject({
      measured: {
        facts: {
          ...{ stopped: ['main'], events_read: false, events_complete: null, denied: null },
          unread: [
            'no answer before the check’s timeout → raise timeout and max_pages together, or take a shorter window',
          ],
        },
      },
    });
    await (await arrived).abandoned;
    expect('measured' in answer && judgedByDefault(cloudtrail, {}, answer.measured.facts)).toBe('fail');
  });

  test('some did: what they say counts', async () => {
    state.events = times(200, (i) => write('DeleteBucket', i));
    const params: Params = { events: ['writes'], max_pages: 9, limits: { deletions: 10 }, region: freshRegion() };
    const first = aws.nextCall('cloudtrail:LookupEvents');
    const stop = new AbortController();
    const measured = measure(cloudtrail, params, { signal: stop.signal });
    await first;
    aws.break('hang', { action: 'cloudtrail:LookupEvents' });
    await aws.nextCall('cloudtrail:LookupEvents');
    stop.abort();
    const { facts } = await measured;
    expect(facts).toMatchObject({ events_read: true, events_complete: false, deletions: null, deletions_at_least: 50 });
    expect(judgedByDefault(cloudtrail, params, facts)).toBe('warn');
  });
});

describe('planted faults', () => {
  const trail = (change: Partial<CloudTrailState['trails'][string]>) => () => Object.assign(state.trails.main!, change);
  const happen =
    (...events: StandInEvent[]) =>
    () =>
      state.events.push(...events);
  it.each<[string, () => void, 'fail' | 'warn' | 'unknown', Params?]>([
    ['logging stopped', trail({ logging: false }), 'fail'],
    ['the named trail deleted', () => void delete state.trails.main, 'fail', { trails: ['main'] }],
    ['a second trail that is stopped', () => void Object.assign(state.trails, { b: { logging: false } }), 'fail'],
    ['the bucket is gone', trail({ deliveryError: 'NoSuchBucket' }), 'fail'],
    ['digests can not be written', trail({ digestError: 'AccessDenied' }), 'fail'],
    ['CloudWatch Logs can not be written', trail({ logsError: 'AccessDenied' }), 'fail'],
    ['one region only', trail({ multiRegion: false }), 'warn'],
    ['no validation', trail({ validated: false }), 'warn'],
    ['nothing delivered for 61 minutes', trail({ deliveredAt: ago(61) }), 'warn'],
    ['nothing delivered ever', trail({ deliveredAt: undefined }), 'unknown'],
    ['6 failed logins', happen(...times(6, failedLogin)), 'warn'],
    ['11 refused reads', happen(...times(11, deniedRead)), 'warn', { events: ['reads'] }],
    ['11 refused writes', happen(...times(11, (i) => write('RunInstances', i, { errorCode: 'AccessDenied' }))), 'warn'],
    ['a deletion', happen(write('DeleteDBInstance', 2)), 'warn', { limits: { deletions: 0 } }],
    ['two changes', happen(write('PutBucketPolicy', 2)), 'warn', { limits: { changes: 1 } }],
    ['more events than are read', happen(...times(251, () => write('RunInstances', 1))), 'warn'],
    ['an event without its record', happen(write('DeleteBucket', 1, { record: false })), 'warn'],
    ['all trails deleted', () => void delete state.trails.main, 'unknown'],
    ['not told whether it logs', trail({ logging: undefined }), 'unknown'],
    ['trails denied', () => aws.break('denied', { action: 'cloudtrail:DescribeTrails' }), 'unknown'],
    ['events denied', () => aws.break('denied', { action: 'cloudtrail:LookupEvents' }), 'warn'],
    ['throttled', () => aws.break('throttled'), 'unknown'],
    ['events throttled', () => aws.break('throttled', { action: 'cloudtrail:LookupEvents' }), 'warn'],
    ['an error of AWS', () => aws.break('internal'), 'unknown'],
    ['a proxy’s page', () => aws.break('garbage'), 'unknown'],
    [
      'trails: an answer with nothing in it',
      () => aws.break('empty', { action: 'cloudtrail:DescribeTrails' }),
      'unknown',
    ],
    [
      'named trails: the same',
      () => aws.break('empty', { action: 'cloudtrail:DescribeTrails' }),
      'unknown',
      { trails: ['main'] },
    ],
    ['a status with nothing in it', () => aws.break('empty', { action: 'cloudtrail:GetTrailStatus' }), 'unknown'],
    ['events: an answer with nothing in it', () => aws.break('empty', { action: 'cloudtrail:LookupEvents' }), 'warn'],
  ])('%s', async (_, sabotage, expected, params = {}) => {
    const two: Params = { events: ['logins', 'writes'] };
    expect(await awsVerdict(cloudtrail, { ...two, region: freshRegion() })).toBe('ok');
    sabotage();
    expect(await awsVerdict(cloudtrail, { ...two, ...params, region: freshRegion() })).toBe(expected);
  });
});

test('it asks what it says it needs, and nothing else', () => {
  for (const { action } of aws.calls) asked.add(action);
  expect([...asked].sort()).toEqual(cloudtrail.iam.toSorted());
});
