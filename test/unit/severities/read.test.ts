import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { problemsOf, readAll, severityOf, severityText } from './sample.ts';

const minute = 60_000;
const hour = 60 * minute;

test('five keys are enough; what is left out follows from the response time', () => {
  expect(severityOf()).toEqual({
    id: 'p1',
    label: 'P1 High',
    rank: 1,
    criteria: ['A part is down'],
    response: { kind: 'within', ms: 30 * minute },
    page: { hours: 'page', offHours: 'page' },
    urgency: 'error',
    escalation: { by: 'pagerduty' },
    roles: { needed: ['commander'], nudgeAfterMs: 5 * minute },
    updates: { everyMs: 30 * minute, inRecoveryMs: 30 * minute },
    stakeholders: [],
    runbooks: [],
    checklists: [],
    messages: { notification: 'notification', update: 'update', resolution: 'resolution' },
    reportWithinMs: 24 * hour,
    postmortemWithinMs: 72 * hour,
    archiveAfterMs: 7 * 24 * hour,
  });
  expect(severityOf('response_time: next business day', 'page: slack')).toMatchObject({
    response: { kind: 'next_business_day' },
    urgency: 'info',
    escalation: { by: 'nobody' },
    roles: { needed: [] },
    updates: undefined,
    reportWithinMs: undefined,
    postmortemWithinMs: undefined,
  });
});

test.each([
  ['15m', 'critical'],
  ['16m', 'error'],
  ['1h', 'error'],
  ['61m', 'warning'],
  ['4h', 'warning'],
  ['5h', 'info'],
])('a response time of %s has the urgency %s', (time, urgency) => {
  expect(severityOf(`response_time: ${time}`).urgency).toBe(urgency);
});

test('everything can be said', () => {
  const said = severityOf(
    'criteria: [One, Two]',
    'response_time: 2h',
    'page: {hours: page, off_hours: email}',
    'urgency: critical',
    'escalation: {levels: [{after: 0m, way: slack, to: "#alerts"}, {after: 5m, way: phone, to: [backup, "+1-555-0101"]}]}',
    'roles: {needed: [scribe], nudge_after: 10m}',
    'update_every: {open: 15m, recovery: 1h}',
    'stakeholders: [{who: Compliance officer, within: 1h, how: phone, only_if: phi, decides: "@leads"}]',
    'runbooks: [api-down, "https://wiki.example.com/api"]',
    'checklists: evidence',
    'messages: {update: short-update}',
    'report_within: 12h',
    'postmortem_within: off',
    'archive_after: off',
  );
  expect(said).toMatchObject({
    criteria: ['One', 'Two'],
    page: { hours: 'page', offHours: 'email' },
    urgency: 'critical',
    escalation: {
      by: 'rounds',
      levels: [
        { afterMs: 0, way: 'slack', to: [{ kind: 'channel', name: '#alerts' }] },
        {
          afterMs: 5 * minute,
          way: 'phone',
          to: [
            { kind: 'contact', name: 'backup' },
            { kind: 'phone', name: '+1-555-0101' },
          ],
        },
      ],
    },
    roles: { needed: ['scribe'], nudgeAfterMs: 10 * minute },
    updates: { everyMs: 15 * minute, inRecoveryMs: hour },
    stakeholders: [{ who: 'Compliance officer', withinMs: hour, how: 'phone', onlyIf: 'phi', decides: '@leads' }],
    runbooks: ['api-down', 'https://wiki.example.com/api'],
    checklists: ['evidence'],
    messages: { notification: 'notification', update: 'short-update', resolution: 'resolution' },
    reportWithinMs: 12 * hour,
  });
  expect([said.postmortemWithinMs, said.archiveAfterMs]).toEqual([undefined, undefined]);
});

describe('a way must meet the response time', () => {
  it.each([
    ['60m', 'page', undefined],
    ['60m', 'email', 'page'],
    ['60m', 'slack', 'page'],
    ['60m', '{hours: page, off_hours: email}', 'page.off_hours'],
    ['60m', '{hours: slack, off_hours: page}', 'page.hours'],
    ['61m', 'email', undefined],
    ['61m', 'slack', 'page'],
    ['61m', '{hours: slack, off_hours: email}', undefined],
    ['61m', '{hours: page, off_hours: slack}', 'page.off_hours'],
    ['4h', '{hours: page, off_hours: slack}', 'page.off_hours'],
    ['241m', 'slack', undefined],
    ['next business day', 'slack', undefined],
  ])('%s with %s', (time, page, path) => {
    const problems = problemsOf({ p1: severityText(`response_time: ${time}`, `page: ${page}`) });
    expect(problems.map((problem) => [problem.path, problem.line])).toEqual(path === undefined ? [] : [[path, 5]]);
  });

  it('and says so', () => {
    const [problem] = problemsOf({ p1: severityText('page: {hours: page, off_hours: email}') });
    expect(problem).toEqual({
      file: 'p1.yml',
      path: 'page.off_hours',
      line: 5,
      found: "email off hours, which can't meet a response_time of 30 min",
      allowed: 'page: a response_time up to 1 h pages at any hour',
    });
  });
});

const level = (fields: string) => `escalation: {levels: [{after: 5m, way: page, to: on-call}, {${fields}}]}`;

test.each([
  ['rank: one', 'rank', '"one"'],
  ['rank: -1', 'rank', '-1'],
  ['rank: 1.5', 'rank', '1.5'],
  ['label: ""', 'label', '""'],
  ['criteria: []', 'criteria', 'an empty list'],
  ['response_time: 20 minutes', 'response_time', '"20 minutes"'],
  ['response_time: 15', 'response_time', '15'],
  ['response_time: 10s', 'response_time', '"10s"'],
  ['page: phone', 'page', '"phone"'],
  ['page: {hours: page}', 'page.off_hours', 'nothing'],
  ['page: {hours: page, offhours: page, off_hours: page}', 'page.offhours', 'unknown key "offhours"'],
  ['urgency: high', 'urgency', '"high"'],
  ['updates: 5m', 'updates', 'unknown key "updates"'],
  ['update_every: 1m', 'update_every', '"1m"'],
  ['update_every: {open: 1m, recovery: 30m}', 'update_every.open', '"1m"'],
  ['escalation: {by: nobody}', 'escalation.by', '"nobody"'],
  ['escalation: {by: rounds}', 'escalation', 'by: rounds, and no levels'],
  [level('after: 4m, way: sms, to: on-call'), 'escalation.levels[1].after', '4 min, before the level above it'],
  [level('after: 2d, way: sms, to: on-call'), 'escalation.levels[1].after', '"2d"'],
  [level('after: 5m, way: fax, to: on-call'), 'escalation.levels[1].way', '"fax"'],
  [level('after: 5m, way: sms, to: On Call'), 'escalation.levels[1].to', '"On Call"'],
  [level('after: 5m, way: slack, to: "@channel"'), 'escalation.levels[1].to', '"@channel"'],
  [level('after: 5m, way: sms, to: a@example.com'), 'escalation.levels[1].to', '"a@example.com"'],
  [level('after: 5m, way: email, to: "#alerts"'), 'escalation.levels[1].to', '"#alerts"'],
  [level('after: 5m, way: page, to: "+1-555-0101"'), 'escalation.levels[1].to', '"+1-555-0101"'],
  [
    'escalation: {by: pagerduty, levels: [{after: 5m, way: page, to: on-call}]}',
    'escalation.levels',
    'levels, and by: pagerduty',
  ],
  ['roles: {needed: [comander]}', 'roles.needed[0]', '"comander"'],
  ['stakeholders: [{who: A, within: 5m}, {who: a, within: 9m}]', 'stakeholders[1].who', '"a" again'],
  ['stakeholders: [{who: A, within: 5m, only_if: pii}]', 'stakeholders[0].only_if', '"pii"'],
  ['runbooks: Api Down', 'runbooks', '"Api Down"'],
  ['messages: {notify: x}', 'messages.notify', 'unknown key "notify"'],
  ['report_within: never', 'report_within', '"never"'],
  ['archive_after: 5m', 'archive_after', '"5m"'],
])('%s is refused', (line, path, found) => {
  const problems = problemsOf({ p1: severityText(line) });
  expect(problems).toMatchObject([{ file: 'p1.yml', path, found, line: expect.any(Number) }]);
  expect(problems[0]!.allowed).not.toBe('');
});

test('PagerDuty escalates nothing that is never paged', () => {
  const lines = ['response_time: 5h', 'page: slack', 'escalation: {by: pagerduty}'];
  expect(problemsOf({ p1: severityText(...lines) })).toMatchObject([{ path: 'escalation.by', line: 6 }]);
});

test('all problems of all files are told at once, file by file, and a wrong level hides no other', () => {
  const p1 = severityText(
    'page: pag',
    'update_evry: 5m',
    'escalation: {levels: [{after: soon, way: sms, to: on-call}, {after: 1m, way: phone, to: backup}]}',
  );
  const p2 = 'label: P2\nrank: 1\ncriteria: x\nresponse_time: 2h\npage: slack\n';
  const found = problemsOf({ p1, p2, p3: 'rank: [', p4: '' });
  expect(found.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual([
    'p1.yml:5 page',
    'p1.yml:6 update_evry',
    'p1.yml:7 escalation.levels[0].after',
    'p2.yml:2 rank',
    'p2.yml:5 page',
    'p3.yml:1 ',
    'p4.yml:1 ',
  ]);
  expect(found[0]!.allowed).toContain('did you mean page?');
  expect(found[1]!.allowed).toContain('did you mean update_every?');
  expect(found[3]).toMatchObject({ found: 'rank 1 again', allowed: 'its own: p1.yml has it' });
});

test('a label is used once, and a file is named as an id', () => {
  const texts = {
    p1: severityText(),
    p2: severityText('rank: 2', 'label: p1 high'),
    'P 3': severityText('rank: 3', 'label: x'),
  };
  expect(problemsOf(texts)).toMatchObject([
    { file: 'p2.yml', path: 'label', line: 1, found: 'label p1 high again' },
    { file: 'P 3.yml', path: '', found: 'a file named "P 3.yml"' },
  ]);
});

test('they come worst first, whatever their files are called', () => {
  const texts = { a: severityText('rank: 3', 'label: A'), b: severityText('rank: 0', 'label: B'), c: severityText() };
  expect(readAll(texts).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
});

test('no data makes it throw anything but a list of problems', () => {
  const keys = [
    ...'label rank criteria response_time page escalation roles update_every stakeholders messages'.split(' '),
  ];
  const data = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(data, (value) => {
      expect(() => problemsOf({ p1: stringify(value) })).not.toThrow();
    }),
    { numRuns: 200 },
  );
});
