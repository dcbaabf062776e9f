import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Checklist, Item } from '../../../src/checklists/model.ts';
import { checkTypes } from '../../../src/registry.ts';
import {
  day,
  hour,
  minute,
  ownChecklists,
  type System,
  shippedChecklists,
  systems,
  threeExamples,
} from '../../support/contents.ts';
import type { Example } from '../../support/figures.ts';

type Where = 'shipped' | System;

let examples: Record<System, Example>;
let lists: Record<Where, Map<string, Checklist>>;
beforeAll(async () => {
  examples = await threeExamples();
  const { holi, ivr, rms } = examples;
  lists = {
    ...{ shipped: await shippedChecklists(), holi: ownChecklists(holi) },
    ...{ ivr: ownChecklists(ivr), rms: ownChecklists(rms) },
  };
});

const every = (): [where: Where, list: Checklist][] =>
  (Object.keys(lists) as Where[]).flatMap((where) =>
    [...lists[where].values()].map((list): [Where, Checklist] => [where, list]),
  );
const found = (where: Where, id: string): Checklist => {
  const list = lists[where].get(id);
  if (!list) throw new Error(`${where} has no checklist ${id}`);
  return list;
};

/** When each begins, what it takes and until when it is due; times are of the team's zone. */
const plans: [where: Where, id: string, cron: string | undefined, ms: number | undefined, due: Checklist['due']][] = [
  ['shipped', 'morning', '30 8 * * 1-5', 15 * minute, { withinMs: hour }],
  ['shipped', 'morning-aws', '30 8 * * 1-5', undefined, { by: '09:00' }],
  ['shipped', 'midday', '0 13 * * 1-5', undefined, { withinMs: hour }],
  ['shipped', 'end-of-day', '0 17 * * 1-5', undefined, { withinMs: 2 * hour }],
  ['shipped', 'weekly', '0 10 * * 1', 30 * minute, { withinMs: day }],
  ['shipped', 'weekly-infrastructure', '0 10 * * 1', 30 * minute, { withinMs: day }],
  ['shipped', 'weekly-audit-review', '0 11 * * 1', 30 * minute, { withinMs: 8 * hour }],
  ['shipped', 'monthly', '0 14 1-7 * 1', 2 * hour, { withinMs: 3 * day }],
  ['shipped', 'monthly-infrastructure', '0 14 1-7 * 1', 2 * hour, { withinMs: 3 * day }],
  ['shipped', 'quarterly', '0 10 1-7 1,4,7,10 1', undefined, { withinMs: 14 * day }],
  ['shipped', 'yearly', '0 10 1-7 1 1', undefined, { withinMs: 60 * day }],
  ['shipped', 'hipaa', '0 16 * * 1-5', undefined, { by: '17:00' }],
  ['shipped', 'security-standards', '0 13 * * 1', undefined, { withinMs: day }],
  ['shipped', 'vendor-review', '0 14 1-7 1,4,7,10 1', undefined, { withinMs: 14 * day }],
  ['shipped', 'secret-rotation', '0 11 1-7 1,4,7,10 1', undefined, { withinMs: 7 * day }],
  ['shipped', 'secret-rotation-yearly', '0 11 1-7 2 1', undefined, { withinMs: 30 * day }],
  ['shipped', 'secret-compromised', undefined, undefined, { withinMs: 4 * hour }],
  ['shipped', 'dr-database', undefined, undefined, { withinMs: 2 * hour }],
  ['shipped', 'dr-application', undefined, undefined, { withinMs: 2 * hour }],
  ['shipped', 'audit-preparation', undefined, undefined, { withinMs: 10 * day }],
  ['shipped', 'post-recovery', undefined, undefined, { withinMs: 72 * hour }],
  ['shipped', 'deployment', undefined, undefined, { withinMs: 4 * hour }],
  ['shipped', 'hotfix', undefined, undefined, { withinMs: 2 * hour }],
  ['shipped', 'document-review', '0 11 1-7 * 1', undefined, { withinMs: 7 * day }],
  ['shipped', 'risk-review', '0 13 1-7 1,7 1', undefined, { withinMs: 14 * day }],
  ['shipped', 'document-update', '0 13 1-7 2 1', undefined, { withinMs: 30 * day }],
  ['shipped', 'change-management', undefined, undefined, { withinMs: 14 * day }],
  ['holi', 'morning', '0 9 * * *', 15 * minute, { withinMs: hour }],
  ['holi', 'weekly', '0 10 * * 1', 30 * minute, { withinMs: 8 * hour }],
  ['holi', 'hipaa', '30 10 * * 1', undefined, { withinMs: 8 * hour }],
  ['holi', 'weekly-audit-review', '0 11 * * 1', 30 * minute, { withinMs: 8 * hour }],
  ['holi', 'monthly', '0 14 1-7 * 1', 2 * hour, { withinMs: 3 * day }],
  ['holi', 'quarterly', '0 10 1-7 1,4,7,10 1', undefined, { withinMs: 14 * day }],
  ['holi', 'vendor-review', '0 14 1-7 1,4,7,10 1', undefined, { withinMs: 14 * day }],
  ['holi', 'secret-rotation', '0 11 1-7 1,4,7,10 1', undefined, { withinMs: 7 * day }],
  ['holi', 'yearly', '0 10 1-7 1 1', undefined, { withinMs: 60 * day }],
  ['ivr', 'morning', '30 8 * * *', undefined, { by: '09:00' }],
  ['ivr', 'midday', '0 13 * * *', undefined, { withinMs: hour }],
  ['ivr', 'end-of-day', '0 17 * * *', undefined, { withinMs: 2 * hour }],
  ['ivr', 'hipaa', '0 16 * * *', undefined, { by: '17:00' }],
  ['ivr', 'security-standards', '0 11 * * 1', undefined, { withinMs: 8 * hour }],
  ['ivr', 'weekly', '0 10 * * 1', 30 * minute, { withinMs: 8 * hour }],
  ['ivr', 'monthly', '0 14 1-7 * 1', 2 * hour, { withinMs: 3 * day }],
  ['ivr', 'quarterly', '0 10 1-7 1,4,7,10 1', undefined, { withinMs: 14 * day }],
  ['ivr', 'dr-database', undefined, undefined, { withinMs: 2 * hour }],
  ['ivr', 'dr-application', undefined, undefined, { withinMs: 2 * hour }],
  ['rms', 'morning', '30 8 * * *', undefined, { by: '09:00' }],
  ['rms', 'weekly', '0 10 * * 1', 30 * minute, { withinMs: 8 * hour }],
  ['rms', 'monthly', '0 14 1-7 * 1', 2 * hour, { withinMs: 3 * day }],
];

describe('when they begin, how long they take, until when they are due', () => {
  it.each(plans)('%s: %s at %s', (where, id, cron, ms, due) => {
    const list = found(where, id);
    expect([list.schedule.map((one) => one.cron), list.expectedMs, list.due]).toEqual([cron ? [cron] : [], ms, due]);
  });

  it('is written down here for each that there is', () => {
    const named = plans.map(([where, id]) => `${where} ${id}`);
    expect(
      every()
        .map(([where, { id }]) => `${where} ${id}`)
        .toSorted(),
    ).toEqual(named.toSorted());
  });
});

/** How many items a list has by section, and the minutes of each section that its document names. */
const steps: [where: Where, id: string, sections: Record<string, number | undefined>][] = [
  // The manual's steps have 5 + 3 + 5 + 2 + 1 minutes, and it says 15.
  ['holi', 'morning', { 'System health': 5, 'Overnight alerts': 3, 'Key metrics': 5, Database: 2, Security: 1 }],
  ['holi', 'weekly', { Backups: 10, 'Security updates': 10, Certificates: 5, Incidents: 5 }],
  ['holi', 'monthly', { 'Recovery test': 45, Compliance: 30, Capacity: 30, Costs: 15 }],
  ['shipped', 'morning', { 'System health': 5, 'Overnight alerts': 3, 'Key metrics': 4, Data: 2, Security: 1 }],
  ['shipped', 'weekly', { Backups: 10, 'Security updates': 10, Certificates: 5, Incidents: 5 }],
  ['shipped', 'monthly', { 'Recovery test': 45, Compliance: 30, Capacity: 30, Costs: 15 }],
  ['rms', 'morning', { 'Morning script': 5, "The rest of the day's list": 7 }],
];

test.each(steps)('%s: %s has its steps, with their minutes', (where, id, sections) => {
  const minutes: Record<string, number> = {};
  for (const { section = '', expectedMs = 0 } of found(where, id).items)
    minutes[section] = (minutes[section] ?? 0) + expectedMs / minute;
  expect(minutes).toEqual(sections);
});

/** Items that a document lists, and nothing but them. */
const contents: [where: Where, id: string, items: string[]][] = [
  ['shipped', 'hipaa', ['access-logging', 'encryption', 'access-controls', 'audit-trail', 'failed-logins', 'backups']],
  ['ivr', 'hipaa', ['access-logging', 'encryption', 'access-controls', 'audit-trail']],
  ['holi', 'hipaa', ['audit-written', 'failed-logins', 'anomalies', 'backups', 'encryption']],
  ['shipped', 'security-standards', ['waf', 'patches', 'access-reviews', 'threats']],
  ['ivr', 'security-standards', ['waf', 'patches', 'access-reviews', 'threats']],
  ['shipped', 'weekly-audit-review', ['high-volume', 'after-hours', 'exports', 'denied', 'admin']],
  ['holi', 'weekly-audit-review', ['high-volume', 'after-hours', 'exports', 'denied', 'admin']],
  ['shipped', 'change-management', ['documented', 'tested', 'trained', 'related']],
  [
    'shipped',
    'audit-preparation',
    ['preserve', 'counsel', 'contact', 'risk-assessments', 'policies', 'training', 'audit-logs', 'incidents'].concat([
      'contracts',
      'access-lists',
      'recovery-tests',
      'cooperate',
    ]),
  ],
  [
    'shipped',
    'post-recovery',
    ['stable', 'scans', 'limits', 'timeline', 'cause', 'procedures', 'prevention', 'risks'].concat([
      'actions',
      'access',
      'audit-trail',
      'changes',
      'communications',
    ]),
  ],
  [
    'rms',
    'morning',
    ['frontend', 'api', 'database', 'backend', 'log-errors', 'alarms', 'backups', 'cost', 'certificates', 'aws'],
  ],
];

test.each(contents)('%s: %s has what its document lists', (where, id, items) => {
  expect(found(where, id).items.map((item) => item.id)).toEqual(items);
});

const auto = (of: string, when?: string): Partial<Item> => ({
  auto: { by: 'check', of, warn: 'fail', ...(when !== undefined && { when }) },
});
const says = (text: string): Partial<Item> => ({ title: expect.stringContaining(text) as string });
const tells = (text: string): Partial<Item> => ({ how: expect.stringContaining(text) as string });
const proof = (evidence: Item['evidence']): Partial<Item> => ({ evidence, mayBeLeftOut: false });

/** A figure of a document, and the item in which it stands. */
const figures: [figure: string, where: Where, list: string, item: string, place: Partial<Item>][] = [
  [
    'failed logins of an hour: 10',
    'holi',
    'morning',
    'failed-logins-hour',
    { ...says('10'), ...auto('api-failed-logins') },
  ],
  [
    'the database answers within 50 ms',
    'holi',
    'morning',
    'api-database',
    { ...says('50 ms'), ...auto('api-database') },
  ],
  ['errors below 1 %', 'holi', 'morning', 'error-rate', { ...says('1 %'), ...auto('error-rate') }],
  ['p95 below 500 ms', 'holi', 'morning', 'latency', { ...says('500 ms'), ...auto('latency-p95') }],
  ['80 % of the pool', 'holi', 'morning', 'pool', { ...says('80 %'), ...auto('pool') }],
  ['20 of 25 connections', 'holi', 'morning', 'connections', { ...says('20 of 25'), ...auto('connections') }],
  ['1 MB behind', 'holi', 'morning', 'replication', { ...says('1 MB'), ...auto('replication-lag') }],
  ['100 and 10 a day', 'holi', 'morning', 'security-events', { ...says('100 failed'), ...auto('audit-events') }],
  ['backups of 7 days', 'holi', 'weekly', 'backups', { ...says('seven days'), ...auto('backup-objects') }],
  ['a restore a week', 'holi', 'weekly', 'restore', auto('restore-test')],
  [
    'about 90 backups',
    ...(['holi', 'weekly', 'retention'] as const),
    { ...says('90'), ...auto('backup-objects', 'standard_objects >= 85 && standard_objects <= 95') },
  ],
  ['0 critical or high', 'holi', 'weekly', 'dependencies', auto('dependency-audit', 'critical == 0 && high == 0')],
  [
    '24 h, 7, 30, 90 days',
    'holi',
    'weekly',
    'dependencies',
    tells('within 24 h (the CTO approves), a high one in 7 days'),
  ],
  ['postgres:14, pgbouncer', 'holi', 'weekly', 'images', says('postgres:14 and edoburu/pgbouncer')],
  ['certificates: 30 days', 'holi', 'weekly', 'certificate', auto('certificate', 'days_left > 30')],
  [
    'a full restore, RTO 1 h, RPO 15 min',
    'holi',
    'monthly',
    'restore',
    { ...tells('RTO 1 h, RPO 15 min'), ...proof('note') },
  ],
  ['100 % of access is audited', 'holi', 'monthly', 'audit-coverage', { ...says('100 %'), ...proof('note') }],
  ['CPU 70 %', 'holi', 'monthly', 'cpu', says('70 %')],
  ['memory 80 %', 'holi', 'monthly', 'memory', says('80 %')],
  ['storage 70 %', 'holi', 'monthly', 'storage', says('70 %')],
  ['connections 80 %', 'holi', 'monthly', 'connections', says('80 %')],
  [
    'AWS $50, 20 % over it',
    'holi',
    'monthly',
    'aws-cost',
    { ...says('$50, and not more than 20 %'), ...auto('aws-cost') },
  ],
  ['DigitalOcean $500', 'holi', 'monthly', 'digitalocean-bill', { ...says('$500'), ...tells('$600') }],
  ['Upstash $10', 'holi', 'monthly', 'upstash-bill', { ...says('$10'), ...tells('$12') }],
  ['all three $560', 'holi', 'monthly', 'all-bills', { ...says('$560'), ...tells('$672') }],
  ['risks, every quarter', 'holi', 'quarterly', 'risks', proof('link')],
  ['policies, every quarter', 'holi', 'quarterly', 'policies', proof('link')],
  ['a drill, every quarter', 'holi', 'quarterly', 'drill', proof('link')],
  [
    'a penetration test, every quarter',
    'holi',
    'quarterly',
    'penetration',
    { ...proof('link'), owner: 'security-lead' },
  ],
  ['the risk assessment, every year', 'holi', 'yearly', 'risk-assessment', proof('link')],
  ['an audit from outside, every year', 'holi', 'yearly', 'external-audit', proof('link')],
  ['training, every year', 'holi', 'yearly', 'training', proof('link')],
  ['BAAs, every year', 'holi', 'yearly', 'contracts', proof('link')],
  [
    'keys, every year, the CTO alone',
    'holi',
    'yearly',
    'keys',
    { owner: 'cto', ...says('ENCRYPTION_KEY and JWT_SECRET') },
  ],
  ['seven vendors need a BAA', 'holi', 'vendor-review', 'contracts', { ...says('seven'), ...proof('note') }],
  ['what vendors cost a year', 'holi', 'vendor-review', 'costs', tells('DigitalOcean $6,000, AWS $600, Upstash $120')],
  ['the old password is refused', 'holi', 'secret-rotation', 'refused', proof('note')],
  ['30 seconds between two servers', 'holi', 'secret-rotation', 'first-server', says('30 seconds')],
  ['more than 100 records a day', 'holi', 'weekly-audit-review', 'high-volume', { ...says('100'), ...proof('note') }],
  ['22:00 to 06:00', 'holi', 'weekly-audit-review', 'after-hours', says('22:00 and 06:00')],
  ['every service as wanted', 'ivr', 'morning', 'services', auto('services')],
  ['nothing older than 6 h', 'ivr', 'morning', 'backups', { ...says('6 h'), ...auto('backups') }],
  ['CloudTrail of a day', 'ivr', 'morning', 'refused', auto('trail')],
  ['database', 'ivr', 'morning', 'database', auto('database')],
  ['cache', 'ivr', 'morning', 'cache', auto('cache')],
  ['Security Hub and GuardDuty', 'ivr', 'morning', 'findings', auto('findings')],
  ['WAF', 'ivr', 'morning', 'waf', auto('waf')],
  ['data at rest', 'ivr', 'morning', 'encryption', auto('encryption')],
  ['response times, 2 s', 'ivr', 'midday', 'response-time', { ...says('2 s'), ...auto('response-time') }],
  ['errors, 5 %', 'ivr', 'midday', 'error-rate', { ...says('5 %'), ...auto('error-rate') }],
  ['sessions', 'ivr', 'midday', 'sessions', auto('sessions')],
  ['calls', 'ivr', 'midday', 'calls', auto('calls')],
  ['the newest backup is valid', 'ivr', 'midday', 'validated', auto('validate-backup')],
  ['30, 7 and 90 days', 'ivr', 'midday', 'retention', { ...says('30 days, critical ones for 7'), ...tells('90 days') }],
  ['two cache nodes', 'ivr', 'end-of-day', 'cache-nodes', auto('cache', 'nodes == 2')],
  [
    'maintenance of RDS',
    'ivr',
    'end-of-day',
    'database-maintenance',
    auto('database', 'size(pending_maintenance) == 0'),
  ],
  ['the day’s compliance report', 'ivr', 'end-of-day', 'compliance-report', proof('link')],
  ['a restore a week', 'ivr', 'weekly', 'restore', auto('restore-test')],
  [
    'a component a month, 2 h and 6 h',
    'ivr',
    'monthly',
    'component',
    { ...tells('RTO 2 h, RPO 6 h'), ...auto('component-test') },
  ],
  ['cold after 15 of 30 days can’t be', 'ivr', 'monthly', 'plans', tells('90 days more')],
  ['a full recovery a quarter', 'ivr', 'quarterly', 'recovery', proof('link')],
  ['contacts every quarter', 'ivr', 'quarterly', 'contacts', proof('note')],
  ['numbers of rows', 'ivr', 'dr-database', 'counts', proof('note')],
  ['samples', 'ivr', 'dr-database', 'samples', proof('note')],
  ['replay, RPO 6 h', 'ivr', 'dr-database', 'replay', { ...tells('RPO 6 h'), ...proof('note') }],
  ['indexes', 'ivr', 'dr-database', 'indexes', { mayBeLeftOut: false }],
  ['endpoints', 'ivr', 'dr-application', 'api', auto('api')],
  ['IVR flows', 'ivr', 'dr-application', 'flows', proof('note')],
  ['PHI can be read, encrypted', 'ivr', 'dr-application', 'encrypted', auto('encryption')],
  ['fewer than 10 errors', 'rms', 'morning', 'log-errors', { ...says('10'), ...auto('log-errors') }],
  ['costs against a week, 20 %', 'rms', 'morning', 'cost', { ...says('20 %'), ...auto('aws-cost') }],
  ['certificates: 30 days', 'rms', 'morning', 'certificates', { ...says('30 days'), ...auto('certificates') }],
  ['refused calls of 7 days', 'rms', 'weekly', 'refused-calls', { ...says('seven days'), ...auto('refused-calls') }],
  ['70 % CPU, 300 s', 'rms', 'weekly', 'scaling', { ...says('70 % CPU, 300 s'), ...auto('scaling') }],
  ['keys: 90 days', 'rms', 'weekly', 'keys', auto('access', 'old_keys == 0')],
  ['unused volumes and snapshots', 'rms', 'monthly', 'unused', auto('unused')],
  ['a restore into staging', 'rms', 'monthly', 'restore', { ...auto('restore-test'), mayBeLeftOut: false }],
  ['seven snapshots', 'rms', 'monthly', 'snapshots', auto('database', 'snapshots >= 7')],
  ['credentials monthly', 'rms', 'monthly', 'database-credentials', { ...says('refused'), ...proof('note') }],
  [
    'six thresholds',
    'rms',
    'monthly',
    'thresholds',
    tells('CPU 80, memory 85, connections 80 %, 2 s, 5 % errors, 20 % free'),
  ],
  ['watched for 30 minutes', 'shipped', 'deployment', 'watched', { expectedMs: 30 * minute, ...proof('note') }],
  ['watched for 30 minutes', 'shipped', 'hotfix', 'watched', { expectedMs: 30 * minute, ...proof('note') }],
  ['one approver: CTO or technical lead', 'shipped', 'hotfix', 'review', says('The CTO or a technical lead')],
  ['audit logs of six years', 'shipped', 'audit-preparation', 'audit-logs', { ...says('six years'), ...proof('link') }],
  ['nothing is deleted', 'shipped', 'audit-preparation', 'preserve', proof('note')],
  ['the old secret is refused', 'shipped', 'secret-rotation', 'refused', proof('note')],
  ['the old keys are refused', 'shipped', 'secret-rotation-yearly', 'api-keys-refused', proof('note')],
  ['the old one is refused', 'shipped', 'secret-compromised', 'refused', proof('note')],
];

describe('the figures of the three operations in checklists', () => {
  it.each(figures)('%s → %s %s, %s', (_figure, where, list, item, place) => {
    expect(found(where, list).items.find(({ id }) => id === item)).toMatchObject(place);
  });

  it('owners are those of the documents', () => {
    const owners = plans.flatMap(([where, id]) => (where === 'shipped' ? [] : [[where, id, found(where, id).owner]]));
    const ownerOf = (where: string, id: string) => owners.find(([a, b]) => a === where && b === id)?.[2];
    expect(ownerOf('holi', 'morning')).toBe('on-call');
    expect(ownerOf('holi', 'weekly')).toBe('devops-lead');
    expect(ownerOf('holi', 'monthly')).toBe('cto');
    expect(ownerOf('holi', 'weekly-audit-review')).toBe('security-lead');
    expect(owners.filter(([, , owner]) => owner === undefined)).toEqual([]);
  });
});

describe('every checklist', () => {
  it('names nothing twice', () => {
    for (const [where, { id, items }] of every()) {
      const titles = items.map(({ title }) => title.toLowerCase());
      const autos = items.flatMap(({ auto: one }) => (one ? [`${one.of} ${one.when ?? ''}`] : []));
      expect([where, id, new Set(titles).size, new Set(autos).size]).toEqual([where, id, titles.length, autos.length]);
    }
  });

  it('adds up to what it says that it takes; each item says what it takes', () => {
    for (const [where, list] of every()) {
      expect([where, list.id, list.items.every(({ expectedMs }) => expectedMs !== undefined)]).toEqual([
        where,
        list.id,
        true,
      ]);
      if (list.expectedMs !== undefined && `${where} ${list.id}` !== 'holi morning')
        expect([where, list.id, list.items.reduce((ms, { expectedMs = 0 }) => ms + expectedMs, 0)]).toEqual([
          where,
          list.id,
          list.expectedMs,
        ]);
    }
  });

  it('sends people only to checklists, checks and charts that there are', () => {
    for (const where of ['shipped', ...systems] as const) {
      const checks = where === 'shipped' ? [] : examples[where].read.ops.checks.map(({ id }) => id);
      const known = [...lists.shipped.keys(), ...lists[where].keys()];
      for (const { items } of lists[where].values())
        for (const { how = '' } of items) {
          for (const [, name = ''] of how.matchAll(/`\/ops checklist ([a-z-]+)`/g)) expect(known).toContain(name);
          for (const [, name = ''] of how.matchAll(/`\/ops health ([a-z0-9-]+)(?: --chart(?: 7d)?)?`/g))
            expect(checks).toContain(name);
        }
    }
  });
});

describe('those that come with Rounds', () => {
  it('belong to nobody, and go by types of checks that there are, so they fit any ops.yml', async () => {
    const types = (await checkTypes()).map(({ type }) => type);
    for (const { owner, channel, items } of lists.shipped.values()) {
      expect([owner, channel]).toEqual([undefined, undefined]);
      for (const { owner: own, auto: one } of items) {
        expect(own).toBeUndefined();
        if (one) expect([one.by, types.includes(one.of)]).toEqual(['type', true]);
      }
    }
  });

  it('begin by themselves only when ops.yml says so: each example names which', () => {
    const named = systems.map((name) => examples[name].read.ops.checklists.scheduled);
    expect(named).toEqual([['document-review'], ['document-review', 'risk-review', 'document-update'], []]);
  });
});
