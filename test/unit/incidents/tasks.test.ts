import { expect, it } from 'vitest';
import { assigneeFilled, newTaskFields, readTaskForm } from '../../../src/incidents/tasks/form.ts';
import { chasesOf, chasing, shownValue, type Task, taskNumber, taskValue } from '../../../src/incidents/tasks/model.ts';
import { changedTask } from '../../../src/incidents/tasks/verbs.ts';
import { readTask } from '../../../src/incidents/tasks/words.ts';
import { incidentOf, noon } from './sample.ts';

const minutes = (n: number) => n * 60_000;
const at = (n: number) => new Date(noon.getTime() + minutes(n));
const ben = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };

/** Given at noon, due half an hour later; what a test doesn't say is ordinary. */
function taskOf(over: Partial<Task> = {}): Task {
  return {
    ...{ incident: 42, n: 3, what: 'Restart the pool', assignee: ben, state: 'open', createdBy: ben },
    ...{ ended: undefined, version: 1, shown: 0, message: undefined },
    due: { at: at(30), setAt: noon, chased: 0 },
    ...over,
  };
}

it('reminders come before it is due, when it is, and less and less often after that', () => {
  const chases = chasesOf({ at: at(30), setAt: noon });
  const since = chases.map((each) => `${(each.at.getTime() - noon.getTime()) / minutes(1)} ${each.what}`);
  expect(since).toEqual([
    ...['22.5 soon', '30 due', '45 overdue', '60 commander', '75 overdue', '135 overdue', '255 overdue', '495 overdue'],
  ]);
});

it.each([
  ['a minute', 1, undefined],
  ['5 min', 5, 3],
  ['2 h', 120, 105],
])('of a task of %s the first reminder is at its minute %s → %s', (_, due, soon) => {
  const [first] = chasesOf({ at: at(due), setAt: noon });
  expect(first).toEqual(soon === undefined ? { at: at(due), what: 'due' } : { at: at(soon), what: 'soon' });
});

it('somebody is reminded once of what was missed, and the commander too', () => {
  expect(chasing(taskOf(), incidentOf(), at(22))).toEqual({ kind: 'early', next: at(22.5) });
  expect(chasing(taskOf(), incidentOf(), at(22.5))).toMatchObject({ kind: 'chase', chased: 1, next: at(30) });
  const due = { at: at(30), setAt: noon, chased: 1 };
  expect(chasing(taskOf({ due }), incidentOf(), at(80))).toEqual({
    ...{ kind: 'chase', chased: 5, next: at(135) },
    remind: { at: at(75), what: 'overdue' },
    commander: { at: at(60), what: 'commander' },
  });
  expect(chasing(taskOf({ due: { ...due, chased: 5 } }), incidentOf(), at(80))).toEqual({
    kind: 'early',
    next: at(135),
  });
  expect(chasing(taskOf({ due: { ...due, chased: 8 } }), incidentOf(), at(9_999))).toMatchObject({ next: undefined });
});

it('nobody is reminded of what is done, over, at no time, or paused', () => {
  const over = incidentOf({ resolved: { at: noon, by: 'Anna', words: '' } });
  expect(chasing(taskOf(), over, at(40))).toEqual({ kind: 'over' });
  expect(chasing(taskOf({ state: 'done' }), incidentOf(), at(40))).toEqual({ kind: 'ended' });
  expect(chasing(taskOf({ due: undefined }), incidentOf(), at(40))).toEqual({ kind: 'ended' });
  const paused = incidentOf({ paused: { at: noon, by: 'Anna' } });
  expect(chasing(taskOf(), paused, at(40))).toEqual({ kind: 'paused', until: undefined });
  const until = incidentOf({ paused: { at: noon, by: 'Anna', until: at(40) } });
  expect(chasing(taskOf(), until, at(39))).toEqual({ kind: 'paused', until: at(40) });
  expect(chasing(taskOf(), until, at(40))).toMatchObject({ kind: 'chase' });
});

it('a change that says what is so already is none; another time begins its reminders anew', () => {
  const how = { at: at(10), by: ben };
  expect(changedTask(taskOf(), {}, how)).toBeUndefined();
  expect(
    changedTask(taskOf(), { assignee: ben, dueAt: at(30), state: 'open', what: 'Restart the pool' }, how),
  ).toBeUndefined();
  expect(changedTask(taskOf(), { dueAt: at(90) }, how)).toMatchObject({
    due: { at: at(90), setAt: at(10), chased: 0 },
  });
  expect(changedTask(taskOf(), { assignee: null, dueAt: null }, how)).toMatchObject({
    assignee: undefined,
    due: undefined,
  });
  expect(changedTask(taskOf(), { state: 'done' }, how)).toMatchObject({ ended: { at: at(10), by: ben.mention } });
  const done = taskOf({ state: 'done', ended: { at: noon, by: 'Anna' } });
  expect(changedTask(done, { what: 'Other' }, how)).toMatchObject({ ended: { at: noon, by: 'Anna' } });
  expect(changedTask(done, { state: 'open' }, how)).toMatchObject({ state: 'open', ended: undefined });
});

const facts = { who: undefined, inMs: undefined, inc: undefined };
it.each([
  ['', { kind: 'list', inc: undefined }],
  ['INC-7', { kind: 'list', inc: 'INC-7' }],
  ['new inc7', { kind: 'new', inc: 'inc7' }],
  ['restart the pool', { kind: 'add', what: 'restart the pool', ...facts }],
  [
    'restart 3 pods @ben 30m INC-7',
    { kind: 'add', what: 'restart 3 pods', who: '@ben', inMs: minutes(30), inc: 'INC-7' },
  ],
  ['@ben restart within 30m please', { kind: 'add', what: 'restart within 30m please', ...facts, who: '@ben' }],
  ['call <@U0BEN00001> 1h', { kind: 'add', what: 'call', ...facts, who: '<@U0BEN00001>', inMs: minutes(60) }],
  ['wait 9999999d', { kind: 'add', what: 'wait 9999999d', ...facts }],
  ['@ben', { kind: 'add', what: '', ...facts, who: '@ben' }],
  ['done T1', { kind: 'end', n: 1, state: 'done', inc: undefined }],
  ['drop t2 INC-7', { kind: 'end', n: 2, state: 'dropped', inc: 'INC-7' }],
  ['reopen', { kind: 'which', verb: 'reopen' }],
  ['done everything', { kind: 'which', verb: 'done' }],
  ['done is what we are not', { kind: 'add', what: 'done is what we are not', ...facts }],
  ['constructor', { kind: 'add', what: 'constructor', ...facts }],
  ['T1 @ben 30m', { kind: 'change', n: 1, what: '', ...facts, who: '@ben', inMs: minutes(30) }],
  ['T1 me 30m', { kind: 'change', n: 1, what: '', ...facts, who: 'me', inMs: minutes(30) }],
  ['T1 another text', { kind: 'change', n: 1, what: 'another text', ...facts }],
])('`task %s`', (line, meant) => expect(readTask(line.split(' ').filter(Boolean))).toEqual(meant));

it('a button carries what it is for, and nothing else is taken', () => {
  expect(taskValue('42:3')).toEqual({ id: 42, n: 3 });
  for (const assignee of [undefined, { id: 'slack:U0BEN00001', mention: 'Ben' }, { id: 'os:x y', mention: 'x' }])
    expect(taskValue(shownValue({ incident: 42, n: 3, assignee }))).toEqual({ id: 42, n: 3, was: assignee?.id ?? '' });
  for (const value of ['', '42', '42:', '42:x', ':3', '42:3:1', '-1:3'])
    expect(() => taskValue(value)).toThrow('another version');
  expect(taskNumber('T12')).toBe(12);
  expect(taskNumber('T')).toBeUndefined();
});

it('the dialog asks of which incident only where there are several', () => {
  const names = (value: string) => newTaskFields({ value }).map((item) => (item.kind === 'note' ? 'note' : item.name));
  expect(names('INC-1 API <!channel>\nINC-2 IVR')).toEqual(['incident', 'what', 'who', 'due']);
  expect(names('INC-1 API <!channel>')).toEqual(['note', 'what', 'who', 'due']);
  expect(JSON.stringify(newTaskFields({ value: 'INC-1 API <!channel>' }))).not.toContain('<!channel>');
  expect(names('')).toEqual(['what', 'who', 'due']);
  expect(readTaskForm({ what: 'x', due: '600000' })).toEqual({ parsed: { what: 'x', inMs: 600_000 } });
});

it('the dialog changes whose a task is only where somebody changed that', () => {
  const bens = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
  for (const [who, was, meant] of [
    ...([
      [undefined, '', undefined],
      ['U0BEN00001', bens.id, undefined],
      [undefined, 'os:root', undefined],
    ] as const),
    ...([
      [undefined, bens.id, null],
      ['U0BEN00001', '', bens],
      ['U0BEN00001', 'os:root', bens],
    ] as const),
  ])
    expect(assigneeFilled(who, was)).toEqual(meant);
});
