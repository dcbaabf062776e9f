import { describe, expect, it } from 'vitest';
import { readTyped } from '../../../src/checklists/words.ts';

const read = (line: string) => readTyped(line.split(' ').filter(Boolean));

describe('a line', () => {
  it.each([
    ['', { kind: 'list' }],
    ['list', { kind: 'list' }],
    ['Morning', { kind: 'show', name: 'morning' }],
    ['start morning', { kind: 'show', name: 'morning' }],
    ['12', { kind: 'show', name: '12' }],
    ['morning --history', { kind: 'history', name: 'morning', run: undefined, format: undefined }],
    ['morning —csv', { kind: 'history', name: 'morning', run: undefined, format: 'csv' }],
    ['morning --json 12', { kind: 'history', name: 'morning', run: 12, format: 'json' }],
    ['morning --history --csv', { kind: 'history', name: 'morning', run: undefined, format: 'csv' }],
    ['done morning 3', { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'done' }] }],
    [
      'tick morning 3,4, 5 all well',
      { kind: 'items', name: 'morning', changes: [3, 4, 5].map((n) => ({ n, to: 'done', note: 'all well' })) },
    ],
    ['done morning 3 4 5', { kind: 'items', name: 'morning', changes: [3, 4, 5].map((n) => ({ n, to: 'done' })) }],
    [
      'done morning 3 2 people saw it',
      { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'done', note: '2 people saw it' }] },
    ],
    ['note morning 3 42', { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'noted', note: '42' }] }],
    [
      'na morning 3 4 are gone',
      { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'left_out', note: '4 are gone' }] },
    ],
    ['done morning 3 3', { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'done' }] }],
    [
      'done morning 3 see <https://x.example/a>',
      { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'done', note: 'see', link: '<https://x.example/a>' }] },
    ],
    [
      'na morning 3 it is gone',
      { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'left_out', note: 'it is gone' }] },
    ],
    ['reopen morning 3', { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'open' }] }],
    ['note morning 3 look', { kind: 'items', name: 'morning', changes: [{ n: 3, to: 'noted', note: 'look' }] }],
    ['attest morning', { kind: 'attest', name: 'morning' }],
    ['again morning', { kind: 'again', name: 'morning' }],
    ['close morning not today', { kind: 'close', name: 'morning', reason: 'not today' }],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    'done',
    'done morning',
    'done morning three',
    'note morning 3',
    'attest',
    'close',
    'morning now',
    'morning --xml',
    'm@rning',
  ])('that means nothing is refused with what would: %s', (line) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ name: 'OpsError', code: 'invalid', hint: expect.stringContaining('usage: checklist') }),
    );
  });

  it.each([
    ['atest morning', 'did you mean attest?'],
    ['leaveout morning 3 why', 'did you mean leave-out?'],
    ['morning histroy', 'did you mean --history?'],
    ['morning --jsn', 'did you mean --json?'],
  ])('with a slip says what was meant: %s', (line, hint) => {
    expect(() => read(line)).toThrow(hint);
  });
});
