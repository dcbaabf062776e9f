import { beforeAll, describe, expect, it } from 'vitest';
import type { Checklist, Item } from '../../../src/checklists/model.ts';
import { type Lists, listsOf, minute, threeExamples, type Where } from '../../support/contents.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await listsOf(await threeExamples());
});
const found = (where: Where, id: string): Checklist => {
  const list = lists[where].get(id);
  if (!list) throw new Error(`${where} has no checklist ${id}`);
  return list;
};

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
});
