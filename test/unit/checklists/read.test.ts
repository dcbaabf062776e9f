import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readChecklist } from '../../../src/checklists/read.ts';
import { checklistLines, unknownScheduled } from '../../../src/checklists/remarks.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { root } from '../../../src/registry.ts';
import { checkOf } from '../../support/checks.ts';

const against = { checks: [checkOf(async () => ({ facts: {} }), { id: 'api' })], compile: compileCondition };
const read = (text: string, { id = 'morning', own = true } = {}) =>
  readChecklist({ id, file: `templates/checklists/${id}.yml`, text, own }, against);

/** The problems of a file, a line each. */
function problems(text: string, over = {}): string[] {
  try {
    read(text, over);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, path, found, allowed }) => `${line ?? '-'} ${path}: ${found} (${allowed})`);
  }
}

describe('a checklist’s file', () => {
  it('says what it must, and the rest has a default', () => {
    expect(read('title: Morning\nitems:\n  - { id: a, title: A }')).toEqual({
      ...{
        id: 'morning',
        title: 'Morning',
        schedule: [],
        missed: 'latest',
        attest: true,
        due: { withinMs: 28_800_000 },
      },
      chase: { afterMs: 900_000, hours: 'business' },
      items: [{ id: 'a', title: 'A', evidence: 'none', optional: false, mayBeLeftOut: true }],
    });
  });

  it('may say all of it', () => {
    const text = `
title: Morning
summary: What for
owner: cto
channel: "#ops"
schedule: ["Mon-Fri 08:30", { at: first Mon 14:00, zone: Europe/Berlin, holidays: skip }]
due: { by: "10:00" }
missed: skip
expected: 15m
attest: false
chase: { after: 30m, hours: always }
items:
  - { id: a, title: A, how: So, section: S, owner: "@dba", expected: 5m, evidence: link, optional: true, not_applicable: false, auto: { group: g, warn: pass } }
  - { id: b, title: B, auto: { type: http } }
  - { id: c, title: C, auto: { check: api, when: latency_ms < 500 } }
`;
    expect(read(text)).toMatchObject({
      owner: 'cto',
      schedule: [
        { cron: '30 8 * * 1-5', holidays: 'run' },
        { cron: '0 14 1-7 * 1', zone: 'Europe/Berlin', holidays: 'skip' },
      ],
      due: { by: '10:00' },
      expectedMs: 900_000,
      chase: { afterMs: 1_800_000, hours: 'always' },
      items: [
        { evidence: 'link', optional: true, mayBeLeftOut: false, auto: { by: 'group', of: 'g', warn: 'pass' } },
        { auto: { by: 'type', of: 'http', warn: 'fail' } },
        { auto: { by: 'check', of: 'api', when: 'latency_ms < 500' } },
      ],
    });
  });

  it.each([
    ['title: M', ['1 items: nothing (a list)']],
    ['title: M\nitems: []', ['2 items']],
    ['title: M\nitems:\n  - { id: a, title: A }\n  - { id: a, title: B }', ['4 items[1].id: "a" again']],
    ['title: M\nitems:\n  - { id: a, title: A, evidence: photo }', ['3 items[0].evidence']],
    ['title: M\nitems:\n  - { id: a, titel: A }', ['titel']],
    ['title: M\nschedule: at nine\nitems:\n  - { id: a, title: A }', ['2 schedule']],
    ['title: M\ndue: { within: soon }\nitems:\n  - { id: a, title: A }', ['2 due']],
    ['title: M\nowner: "@here"\nitems:\n  - { id: a, title: A }', ['2 owner']],
    ['title: M\nitems:\n  - { id: a, title: A, auto: { check: a, group: b } }', ['3 items[0].auto: ']],
    ['title: M\nitems:\n  - { id: a, title: A, auto: { group: b, when: x > 1 } }', ['3 items[0].auto.when']],
    [
      'title: M\nitems:\n  - { id: a, title: A, auto: { check: api, when: latency > 1 } }',
      ['3 items[0].auto.when', 'latency_ms'],
    ],
    ['title: "M', ['1 ']],
    ['', ['an empty file']],
  ])('with a mistake is refused, with its line: %j', (text, words) => {
    const found = problems(text).join('\n');
    for (const word of words) expect(found).toContain(word);
  });

  it.each(['Morning', 'a_b', 'done', 'close'])('can’t be named %s', (id) => {
    expect(problems('title: M\nitems:\n  - { id: a, title: A }', { id })).toEqual([
      expect.stringContaining(`a file named "${id}.yml"`),
    ]);
  });

  it('that comes with Rounds is no mistake where a condition does not fit the operator’s check', () => {
    const text = 'title: M\nitems:\n  - { id: a, title: A, auto: { check: api, when: other > 1 } }';
    expect(problems(text, { own: false })).toEqual([]);
    expect(problems(text)).toHaveLength(1);
  });
});

const shipped = join(root, 'templates', 'checklists');
test.each(readdirSync(shipped))('the shipped %s is good, and its minutes are those of its items', (name) => {
  const checklist = read(readFileSync(join(shipped, name), 'utf8'), { id: name.replace('.yml', ''), own: false });
  expect(checklist.items.length).toBeGreaterThan(3);
  expect(checklist.items.filter(({ expectedMs }) => expectedMs === undefined)).toEqual([]);
});

describe('check-config', () => {
  const text = (more: string) =>
    `title: M\nowner: cto\n${more}items:\n  - { id: a, title: A, auto: { check: nowhere } }\n  - { id: b, title: B, auto: { check: api } }`;
  const all = (own: boolean, more = '') => new Map([['morning', { own, checklist: read(text(more)) }]]);
  const ops = { checks: against.checks, contacts: new Map(), scheduled: [] as string[], channel: '#ops' };

  it('says of one that begins by itself what a person has to do', () => {
    expect(checklistLines(all(true), ops)).toEqual([
      'remark: checklist morning: ops.yml does not have what ticks a (check nowhere): a person does',
      'remark: checklist morning: cto is known by no `slack` in contacts: nobody is mentioned, and approvers attest',
    ]);
    expect(checklistLines(all(false), ops)).toEqual([]);
    expect(checklistLines(all(false), { ...ops, scheduled: ['morning'] })).toHaveLength(2);
    const known = { ...ops, contacts: new Map([['cto', { name: 'cto', slack: 'U0CTO00001' }]]), channel: undefined };
    expect(checklistLines(all(true), known)).toEqual([
      expect.stringContaining('a (check nowhere)'),
      expect.stringContaining('it has no channel'),
    ]);
  });

  it('refuses a name in `scheduled` that begins nothing', () => {
    expect(unknownScheduled(['mornin', 'morning'], all(false), 'ops.yml')).toMatchObject([
      { path: 'checklists.scheduled[0]', found: '"mornin"', allowed: expect.stringContaining('morning') },
      { path: 'checklists.scheduled[1]', found: '"morning", whose file has no schedule' },
    ]);
    expect(unknownScheduled(['morning'], all(false, 'schedule: "09:00"\n'), 'ops.yml')).toEqual([]);
  });
});
