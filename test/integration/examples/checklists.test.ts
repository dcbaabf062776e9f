import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Checklist } from '../../../src/checklists/model.ts';
import { checkTypes } from '../../../src/registry.ts';
import {
  day,
  hour,
  type Lists,
  listsOf,
  minute,
  type System,
  systems,
  threeExamples,
  type Where,
} from '../../support/contents.ts';
import type { Example } from '../../support/figures.ts';

let examples: Record<System, Example>;
let lists: Lists;
beforeAll(async () => {
  examples = await threeExamples();
  lists = await listsOf(examples);
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

  it('owners are those of the documents', () => {
    const owners = plans.flatMap(([where, id]) => (where === 'shipped' ? [] : [[where, id, found(where, id).owner]]));
    const ownerOf = (where: string, id: string) => owners.find(([a, b]) => a === where && b === id)?.[2];
    expect(ownerOf('holi', 'morning')).toBe('on-call');
    expect(ownerOf('holi', 'weekly')).toBe('devops-lead');
    expect(ownerOf('holi', 'monthly')).toBe('cto');
    expect(ownerOf('holi', 'weekly-audit-review')).toBe('security-lead');
    expect(owners.filter(([, , owner]) => owner === undefined)).toEqual([]);
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
