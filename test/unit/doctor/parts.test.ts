import { describe, expect, it } from 'vitest';
import type { AuditOwnership } from '../../../src/audit/ownership.ts';
import type { SentHead } from '../../../src/audit/sent.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import type { Found, Part } from '../../../src/doctor/model.ts';
import { auditPart } from '../../../src/doctor/parts/audit.ts';
import { channelsPart } from '../../../src/doctor/parts/channels.ts';
import { findingsOf } from '../../../src/doctor/parts/checks.ts';
import { configPart } from '../../../src/doctor/parts/config.ts';
import { heartbeatPart } from '../../../src/doctor/parts/heartbeat.ts';
import { ownersPart, rolesPart, type SeenPeople } from '../../../src/doctor/parts/people.ts';
import { queuePart } from '../../../src/doctor/parts/queue.ts';
import { schedulesPart } from '../../../src/doctor/parts/schedules.ts';
import { secretsPart } from '../../../src/doctor/parts/secrets.ts';
import { slackPart } from '../../../src/doctor/parts/slack.ts';
import type { DeadJob, QueueState } from '../../../src/jobs/model.ts';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import { checkOf, opsOf, testClock } from '../../support/checks.ts';
import { checkReport } from '../../support/reports.ts';

const { signal } = new AbortController();
const look = (part: Part) => part.look(signal);
const brief = (found: Found[]) => found.map(({ state, message }) => `${state} ${message}`);
const clock = testClock('2026-11-23T09:00:00Z');
const run = async () => ({ facts: {} });

describe('slack', () => {
  const identity = {
    teamId: 'T1',
    botName: 'rounds',
    requiredScopes: ['a', 'b'],
    grantedScopes: ['a', 'b'] as string[] | undefined,
    missingScopes: [] as string[],
  };

  it('is fine with all scopes, and a connection that works', async () => {
    const part = slackPart({ identity: async () => identity }, { connected: () => ({ ok: true }) });
    expect(brief(await look(part))).toEqual([
      'ok @rounds in T1, with all 2 scopes it needs',
      'ok the bot is connected',
    ]);
  });

  it('is unknown, not fine, when the server does not say which scopes there are', async () => {
    const silent = { ...identity, grantedScopes: undefined };
    expect(await look(slackPart({ identity: async () => silent }))).toMatchObject([{ state: 'unknown' }]);
  });

  it('has a problem when the running bot is not connected', async () => {
    const connected = () => ({ ok: false, problem: 'Socket Mode is down' }) as const;
    const found = await look(slackPart({ identity: async () => identity }, { connected }));
    expect(found[1]).toMatchObject({ state: 'problem', message: 'the bot is not connected: Socket Mode is down' });
  });
});

describe('channels', () => {
  const ops = opsOf([], { slack: { daily: '#daily', alerts: '#alerts' } });
  const identity = async () => ({});

  it('looks at a channel once, whatever it is for', async () => {
    const groups = new Map([['db', { id: 'db', channel: '#alerts' }]]);
    const asked: string[] = [];
    const channel = async (ref: string) => {
      asked.push(ref);
      return { name: ref.slice(1), isMember: true, isArchived: false };
    };
    const found = await look(channelsPart({ ...ops, groups }, { identity, channel }));
    expect(asked).toEqual(['#daily', '#alerts']);
    expect(brief(found)[1]).toBe('ok the bot is in #alerts (slack.alerts, groups.db.channel)');
  });

  it('tells one channel that Slack says nothing about from the others', async () => {
    const channel = async (ref: string) => {
      if (ref === '#daily') throw new PortError('rate_limited', 'Slack asks to wait', { retryable: true });
      return { name: 'alerts', isMember: true, isArchived: false };
    };
    expect(brief(await look(channelsPart(ops, { identity, channel })))).toEqual([
      'unknown #daily (slack.daily): Slack asks to wait',
      'ok the bot is in #alerts (slack.alerts)',
    ]);
  });

  it('warns when there is none for alerts', async () => {
    const channel = async () => undefined;
    const found = await look(channelsPart(opsOf([]), { identity, channel }));
    expect(found).toMatchObject([
      {
        state: 'warn',
        message: expect.stringMatching(/no channel for alerts/),
        fix: expect.stringMatching(/ops\.yml/),
      },
    ]);
  });
});

describe('people', () => {
  const seen = (known: Record<string, SeenPeople>, people: string[] = []) => ({
    identity: async () => ({}),
    people: async (ref: string): Promise<SeenPeople> => {
      if (ref === '@broken') throw new PortError('timeout', 'no answer from Slack', { retryable: true });
      return known[ref] ?? 'none';
    },
    isPerson: async (name: string) => people.includes(name),
  });

  it.each([
    ['none', 'is no user group or person'],
    ['empty', 'without members'],
    ['disabled', 'disabled user group'],
    ['deactivated', 'deactivated'],
    ['guest', 'guest'],
    ['bot', 'bot'],
    ['foreign', 'another workspace'],
  ] as const)('a role of somebody who is %s is a problem', async (state, words) => {
    const part = rolesPart({ roles: { operator: ['@a', '@b', 'os:anna'] } }, seen({ '@a': 'fine', '@b': state }));
    const found = await look(part);
    expect(found).toMatchObject([{ state: 'problem', fix: expect.stringMatching(/roles\.operator/) }]);
    expect(found[0]!.message).toContain(words);
  });

  it('roles of people who are there are fine, by role; what Slack does not tell is unknown', async () => {
    const roles = { operator: ['@a'], approver: ['@broken'] };
    expect(brief(await look(rolesPart({ roles }, seen({ '@a': 'fine' }))))).toEqual([
      'ok operator: @a',
      'unknown roles.approver: @broken: no answer from Slack',
      'ok approver names @broken by handle',
    ]);
  });

  it('remarks on handles under approver and admin, which another group can take over', async () => {
    const roles = { operator: ['@a'], approver: ['S0LEADS', 'os:anna'], admin: ['@a', '@b'] };
    const found = await look(rolesPart({ roles }, seen({ '@a': 'fine', '@b': 'fine', S0LEADS: 'fine' })));
    expect(found.at(-1)).toEqual({
      state: 'ok',
      message: 'admin names @a, @b by handle',
      fix: 'name it by its id (S…) in roles.admin: another group can take over a handle',
    });
    expect(found.map(({ state }) => state)).toEqual(Array(4).fill('ok'));
  });

  it('warns when nobody has a role', async () => {
    expect(await look(rolesPart({ roles: {} }, seen({})))).toMatchObject([
      { state: 'warn', message: expect.stringMatching(/nobody/) },
    ]);
  });

  it('an owner may be a group, a person by name or id, or a free name; one who is nobody is a warning', async () => {
    const checks = [
      checkOf(run, { id: 'a', owner: '@gone' }),
      checkOf(run, { id: 'b', owner: '@anna' }),
      checkOf(run, { id: 'c', owner: 'the night shift' }),
      checkOf(run, { id: 'd', owner: '@team' }),
    ];
    const groups = new Map([['g', { id: 'g', owner: '@team' }]]);
    const found = await look(ownersPart({ groups, checks }, seen({ '@team': 'fine' }, ['@anna'])));
    expect(found).toMatchObject([
      { state: 'warn', message: expect.stringMatching(/^@gone, owner of check a, is no user group or person/) },
    ]);
  });
});

describe('queue', () => {
  const dead = (over: Partial<DeadJob>): DeadJob => ({
    id: '1',
    kind: 'alerts.deliver',
    data: {},
    reason: 'rate_limited',
    message: 'Slack asks to wait',
    attempts: 9,
    diedAt: new Date('2026-11-23T08:55:00Z'),
    ...over,
  });
  const jobs = (state: Partial<QueueState>, list: DeadJob[] = []) => ({
    state: async () => ({ counts: [], oldestWaitingMs: 0, ...state }),
    dead: async () => list,
  });

  it.each([
    [0, 'ok'],
    [60_000, 'ok'],
    [60_001, 'warn'],
    [300_000, 'warn'],
    [300_001, 'problem'],
  ] as const)('a job that waits %d ms: %s', async (oldestWaitingMs, state) => {
    expect(await look(queuePart(jobs({ oldestWaitingMs }), clock))).toMatchObject([{ state }]);
  });

  it('tells the dead by kind and reason, and how to replay them', async () => {
    const counts = [{ kind: 'alerts.deliver', state: 'dead' as const, count: 3 }];
    const list = [dead({ id: '7' }), dead({ id: '6' }), dead({ id: '5', reason: 'fault', message: 'broken' })];
    const found = await look(queuePart(jobs({ counts }, list), clock));
    expect(brief(found).slice(1)).toEqual([
      'problem 2 dead alerts.deliver (rate_limited), the newest 5 min ago: Slack asks to wait',
      'problem 1 dead alerts.deliver (fault), the newest 5 min ago: broken',
    ]);
    expect(found[1]!.fix).toContain('npx rounds jobs replay 7');
  });

  it('counts those that are too many to look at', async () => {
    const counts = [{ kind: 'alerts.deliver', state: 'dead' as const, count: 250 }];
    const found = await look(queuePart(jobs({ counts }, [dead({})]), clock));
    expect(brief(found).at(-1)).toBe('problem 249 more dead jobs, older ones');
  });
});

describe('schedules', () => {
  const at = (time: string) => new Date(`2026-11-23T${time}Z`);
  const list = (...schedules: { name: string; last: Date | undefined; next: Date | undefined }[]) => ({
    list: async () => schedules,
  });

  it('tells the last and the next slot in the zone of the team', async () => {
    const schedules = list(
      { name: 'audit.head', last: at('08:00:00'), next: at('10:00:00') },
      { name: 'health.sweep', last: undefined, next: at('09:01:00') },
    );
    expect(brief(await look(schedulesPart(schedules, clock, 'Europe/Berlin')))).toEqual([
      'ok audit.head: last 09:00, next 11:00 GMT+1',
      'ok health.sweep: never ran, next 10:01 GMT+1',
    ]);
  });

  it('tells the last slot alone where no bot knows the next', async () => {
    const schedules = list({ name: 'audit.head', last: at('08:00:00'), next: undefined });
    expect(brief(await look(schedulesPart(schedules, clock, 'UTC')))).toEqual(['ok audit.head: last 08:00']);
    expect(brief(await look(schedulesPart(list(), clock, 'UTC')))).toEqual(['ok none ran yet']);
  });

  it('warns of a slot that is over and was not enqueued', async () => {
    const late = list({ name: 'a', last: at('08:00:00'), next: at('08:58:59') });
    expect(await look(schedulesPart(late, clock, 'UTC'))).toMatchObject([
      { state: 'warn', message: expect.stringMatching(/due since 08:58/) },
    ]);
    const now = list({ name: 'a', last: at('08:00:00'), next: at('08:59:30') });
    expect(await look(schedulesPart(now, clock, 'UTC'))).toMatchObject([{ state: 'ok' }]);
  });

  it('names no more than twenty that are fine, and all that are late', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({
      name: `s${n}`,
      last: undefined,
      next: n < 30 ? at('08:00:00') : at('10:00:00'),
    }));
    const found = await look(schedulesPart(list(...many), clock, 'UTC'));
    expect(found.filter(({ state }) => state === 'warn')).toHaveLength(30);
    expect(brief(found).at(-1)).toBe('ok and 10 more');
  });
});

describe('secrets', () => {
  const checks = [
    checkOf(run, { id: 'a', target: { headers: { authorization: new Secret('API_TOKEN') } } }),
    checkOf(run, { id: 'b', target: { password: new Secret('DB_PASSWORD') } }),
  ];

  it('names those without a value, who needs them, and both ways to set them', async () => {
    const found = await look(secretsPart({ checks, heartbeat: { url: new Secret('BEAT') } }, { DB_PASSWORD: 'x' }));
    expect(brief(found)).toEqual([
      'problem API_TOKEN is not set: needed by a',
      'problem BEAT is not set: needed by heartbeat',
    ]);
    expect(found[0]!.fix).toBe('set API_TOKEN, or API_TOKEN_FILE to a file that holds it');
  });

  it('is fine when all have one', async () => {
    const found = await look(secretsPart({ checks }, { DB_PASSWORD: 'x', API_TOKEN: 'y' }));
    expect(brief(found)).toEqual(['ok all 2 have a value']);
    expect(brief(await look(secretsPart({ checks: [] }, {})))).toEqual(['ok none is needed']);
  });
});

describe('checks', () => {
  const denied = checkReport('sql', {
    outcome: 'unknown',
    why: 'denied',
    reason: 'permission denied',
    next: 'grant it',
  });

  it('a denied check is a problem with its next step; a slow one is unknown; a failing one measures', () => {
    const slow = checkReport('slow', { outcome: 'unknown', why: 'timeout', reason: 'no answer in time' });
    const failing = checkReport('web', { outcome: 'fail', reason: '503' });
    expect(findingsOf({ checks: [denied, slow, failing], pending: [] })).toEqual([
      { state: 'problem', message: 'sql: permission denied', fix: 'grant it' },
      { state: 'unknown', message: "slow can't be measured: no answer in time" },
      { state: 'ok', message: '1 of 3 can measure' },
    ]);
  });

  it('a secret that is not set is told once, by the part that names it', () => {
    const lacking = { outcome: 'unknown', why: 'no_credentials', next: 'set it' } as const;
    const secret = checkReport('api', { ...lacking, reason: 'secret API_TOKEN is not set' });
    const aws = checkReport('ecs', { ...lacking, reason: 'no AWS credentials: none found' });
    expect(brief(findingsOf({ checks: [secret, aws, checkReport('web')], pending: [] }))).toEqual([
      'problem ecs: no AWS credentials: none found',
      'ok 1 of 3 can measure',
    ]);
  });

  it('says which checks were not measured in time, and which were never measured', () => {
    const never = checkReport('cost', { outcome: 'unknown', attempts: 0, reason: 'not measured yet' });
    const late = checkReport('late', { outcome: 'ok' });
    expect(brief(findingsOf({ checks: [checkReport('web'), never, late], pending: ['late'] }))).toEqual([
      'unknown no result within 8 s: late',
      'ok 1 of 3 can measure; not measured yet: cost',
    ]);
    expect(brief(findingsOf({ checks: [never], pending: [] }))).toEqual(['unknown not measured yet: cost']);
  });
});

describe('config', () => {
  it('tells each mistake with its line and what is allowed, and runbooks that are not written', async () => {
    const mistake = { file: 'ops.yml', path: 'checks[0].every', line: 7, found: '"soon"', allowed: 'a duration' };
    const broken = async () => {
      throw new ConfigError([mistake]);
    };
    expect(await look(configPart({ load: broken }))).toEqual([
      { state: 'problem', message: 'ops.yml:7  checks[0].every: found: "soon"', fix: 'allowed: a duration' },
    ]);
    const missingRunbooks = ['runbook api-down is not written yet'];
    const load = async () => ({ ops: opsOf([]), severities: { all: [{}, {}] }, missingRunbooks });
    expect(await look(configPart({ load }))).toMatchObject([
      { state: 'ok', message: '/ops.yml is good: 0 checks, 2 severities' },
      { state: 'warn', message: expect.stringMatching(/api-down/) },
    ]);
  });

  it('is unknown when the file can not be judged', async () => {
    const load = async () => {
      throw new OpsError('unavailable', 'the disk is away');
    };
    await expect(look(configPart({ load }))).rejects.toThrow('the disk is away');
  });
});

describe('audit', () => {
  const held: AuditOwnership = {
    role: 'rounds',
    superuser: false,
    owns: [],
    writes: [],
    grantsItself: false,
    appendsAsOwner: true,
    unguarded: [],
  };
  const noon = new Date('2026-11-23T12:00:00Z');
  const headAt = (agoMs: number, posted?: boolean): SentHead => ({
    at: new Date(noon.getTime() - agoMs),
    seq: 1042,
    ...(posted !== undefined && { channel: { name: 'C0AUDIT', posted } }),
  });
  const part = (over: Partial<AuditOwnership>, options: Partial<Parameters<typeof auditPart>[0]> = {}) =>
    auditPart({
      ownership: async () => ({ ...held, ...over }),
      signed: true,
      lastHead: async () => headAt(6 * 3_600_000, true),
      channel: 'C0AUDIT',
      logged: true,
      clock: { now: () => noon },
      embedded: false,
      tryOut: false,
      ...options,
    });

  it('says when the bot owns its audit, is a superuser, or nothing guards it', async () => {
    expect((await look(part({}))).map(({ state }) => state)).toEqual(['ok', 'ok']);
    const powers: [Partial<AuditOwnership>, RegExp][] = [
      [{ owns: ['table audit_entry'] }, /it owns the table audit_entry/],
      [{ owns: ['database rounds', 'schema public'] }, /it owns the database rounds, the schema public/],
      [{ writes: ['UPDATE on audit_entry'] }, /it was granted UPDATE on audit_entry/],
      [{ grantsItself: true }, /CREATEROLE/],
    ];
    for (const [over, words] of powers) {
      expect(await look(part(over))).toMatchObject([{ state: 'warn', message: expect.stringMatching(words) }, {}]);
    }
    expect(await look(part({ appendsAsOwner: false }))).toMatchObject([{ state: 'problem' }, {}, {}]);
    expect(await look(part({ superuser: true }))).toMatchObject([
      { state: 'warn', message: expect.stringMatching(/superuser/) },
      {},
    ]);
    expect(await look(part({ unguarded: ['audit_detail_erase_only', 'audit_head_stays'] }))).toMatchObject([
      {
        state: 'problem',
        message: expect.stringMatching(/audit_head_stays/),
        fix: expect.stringMatching(
          /alter table audit_detail enable always trigger audit_detail_erase_only; alter table audit_head enable always trigger audit_head_stays;/,
        ),
      },
      {},
      {},
    ]);
    expect(await look(part({ owns: ['table audit_entry'] }, { embedded: true }))).toMatchObject([{ state: 'ok' }, {}]);
  });

  it('says when and where the last signed head went, and warns when it is kept nowhere else', async () => {
    const head = async (options: Partial<Parameters<typeof auditPart>[0]>) =>
      brief(await look(part({}, options))).slice(1);
    expect(await head({})).toEqual(['ok its last signed head, of row 1042, went to C0AUDIT and into the log 6 h ago']);
    expect(await head({ lastHead: async () => undefined })).toEqual([
      'ok its head is signed every day at 06:00; none was so far',
    ]);
    expect(await head({ lastHead: async () => headAt(60_000, false) })).toEqual([
      'warn its last signed head, of row 1042, went to C0AUDIT and into the log 1 min ago, but is not posted yet',
    ]);
    expect(await head({ lastHead: async () => headAt(27 * 3_600_000, true) })).toEqual([
      expect.stringMatching(/^warn its last signed head/),
    ]);
    expect(await head({ channel: undefined, lastHead: async () => headAt(0) })).toEqual([
      'warn no channel is set for its signed head, which goes into the log alone',
      'ok its last signed head, of row 1042, went into the log just now',
    ]);
    expect(await head({ channel: undefined, logged: false, lastHead: async () => undefined })).toEqual([
      'warn no channel is set for its signed head, which goes nowhere: LOG_LEVEL keeps it out of the log, too',
      'ok its head is signed every day at 06:00; none was so far',
    ]);
  });

  it('warns of an audit whose head nobody signs, unless Rounds is only tried out', async () => {
    expect((await look(part({}, { signed: false })))[1]).toMatchObject({
      state: 'warn',
      fix: expect.stringMatching(/rounds audit key/),
    });
    expect((await look(part({}, { signed: false, tryOut: true })))[1]).toMatchObject({ state: 'ok' });
  });
});

it('says whether the last heartbeat went out, and warns when no watchdog waits for it', async () => {
  const now = new Date('2026-11-23T12:00:00Z');
  const part = (over: Partial<Parameters<typeof heartbeatPart>[0]>) =>
    heartbeatPart({ configured: true, tryOut: false, clock: { now: () => now }, ...over });
  const said = async (over: Partial<Parameters<typeof heartbeatPart>[0]>) => brief(await look(part(over)))[0];
  const at = new Date(now.getTime() - 30_000);
  expect(await said({ configured: false })).toMatch(/^warn no watchdog/);
  expect(await said({ configured: false, tryOut: true })).toMatch(/^ok no watchdog/);
  expect(await said({})).toMatch(/^ok .* only a bot that runs knows$/);
  expect(await said({ beats: { last: () => undefined } })).toMatch(/first beat is on its way$/);
  expect(await said({ beats: { last: () => ({ at }) } })).toBe('ok reached the outside watchdog 30 s ago');
  expect(await said({ beats: { last: () => ({ at, problem: 'the watchdog answers 404' }) } })).toBe(
    'warn does not go out (tried 30 s ago): the watchdog answers 404',
  );
});
