import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedItem, type ItemChange } from '../../../src/checklists/decide.ts';
import { readItemForm, readPageForm, shownOf } from '../../../src/checklists/form.ts';
import type { RunItem } from '../../../src/checklists/model.ts';
import { pageOf, pressedOf } from '../../../src/checklists/pages.ts';
import { itemLine } from '../../../src/checklists/views/words.ts';
import { itemOf, runItem, runOf } from '../../support/checklist-runs.ts';
import { noon } from '../../support/reports.ts';

const anna = { id: 'slack:U1', mention: '<@U1>' };
const ben = { id: 'slack:U2', mention: '<@U2>' };
const rounds = { id: 'rounds', mention: 'Rounds' };
const change = (one: Partial<RunItem>, to: ItemChange['to'], more: Partial<ItemChange> = {}, by = anna) =>
  changedItem(runItem(1, one), { n: 1, to, ...more }, { by, at: noon });
const done = { state: 'done', by: ben, at: noon } as const;
const failed = { verdict: 'fail', words: 'latency 900 ms (limit 500)', at: noon } as const;

describe('an item', () => {
  it.each<[string, Partial<RunItem>, ItemChange['to'], Partial<ItemChange>, object]>([
    [
      'open is ticked',
      {},
      'done',
      {},
      { kind: 'changed', action: 'checklist.tick', to: { state: 'done', by: anna, at: noon } },
    ],
    ['ticked by another is taken', done, 'done', {}, { kind: 'taken', by: ben, state: 'done' }],
    ['ticked by oneself is so already', { ...done, by: anna }, 'done', {}, { kind: 'same' }],
    [
      'left out by another is not ticked',
      { ...done, state: 'left_out' },
      'done',
      {},
      { kind: 'taken', state: 'left_out' },
    ],
    [
      'ticked by a check may be left out',
      { ...done, by: rounds },
      'left_out',
      { note: 'gone' },
      { kind: 'changed', action: 'checklist.leave_out' },
    ],
    ['ticked by a check and by a person is taken', { ...done, by: rounds }, 'done', {}, { kind: 'taken', by: rounds }],
    [
      'is opened again by anybody, and what stood beside it is no evidence for the next tick',
      { ...done, note: 'seen', link: 'https://x.example/1' },
      'open',
      {},
      { kind: 'changed', to: { state: 'open', by: anna, note: '', link: '' } },
    ],
    ['is opened again with words', done, 'open', { note: 'look again' }, { to: { note: 'look again' } }],
    ['open can’t be opened', {}, 'open', {}, { kind: 'same' }],
    [
      'that needs a note has none',
      { item: itemOf('a', { evidence: 'note' }) },
      'done',
      {},
      { kind: 'refused', why: expect.stringContaining('a note') },
    ],
    [
      'that needs a note has one',
      { item: itemOf('a', { evidence: 'note' }) },
      'done',
      { note: 'seen' },
      { kind: 'changed' },
    ],
    [
      'that needs a link has a note',
      { item: itemOf('a', { evidence: 'link' }) },
      'done',
      { note: 'seen' },
      { kind: 'refused', why: expect.stringContaining('a link') },
    ],
    [
      'that needs a link has one',
      { item: itemOf('a', { evidence: 'link' }) },
      'done',
      { link: 'https://x.example/1' },
      { kind: 'changed', to: { link: 'https://x.example/1' } },
    ],
    [
      'whose check fails needs a note',
      { result: failed },
      'done',
      {},
      { kind: 'refused', why: expect.stringContaining('900 ms') },
    ],
    ['whose check fails is ticked with one', { result: failed }, 'done', { note: 'load test' }, { kind: 'changed' }],
    ['whose check passes needs none', { result: { ...failed, verdict: 'pass' } }, 'done', {}, { kind: 'changed' }],
    ['is left out without a reason', {}, 'left_out', { note: 'x' }, { kind: 'refused' }],
    [
      'can’t be left out',
      { item: itemOf('a', { mayBeLeftOut: false }) },
      'left_out',
      { note: 'no need' },
      { kind: 'refused' },
    ],
    ['is left out with a note for a reason', { note: 'all is well' }, 'left_out', {}, { kind: 'refused' }],
    [
      'that was left out needs evidence, not the reason',
      { ...done, by: anna, state: 'left_out', note: 'it is gone', item: itemOf('a', { evidence: 'note' }) },
      'done',
      {},
      { kind: 'refused', why: expect.stringContaining('a note') },
    ],
    [
      'gets a note',
      { ...done, by: anna },
      'noted',
      { note: 'see there' },
      { kind: 'changed', to: { state: 'done', by: anna, note: 'see there' } },
    ],
    [
      'ticked by oneself gets the words of a second tick',
      { ...done, by: anna },
      'done',
      { note: 'and this' },
      { kind: 'changed', action: 'checklist.note', to: { by: anna, at: noon, note: 'and this' } },
    ],
    [
      'ticked by a check gets a note',
      { ...done, by: rounds },
      'noted',
      { note: 'see there' },
      { kind: 'changed', to: { state: 'done', by: rounds, note: 'see there' } },
    ],
    [
      'ticked by another gets no words that would be theirs, and these are not lost',
      { ...done, note: 'mine' },
      'noted',
      { note: 'yours', link: 'https://x.example/2' },
      { kind: 'taken', by: ben, unsaved: 'yours https://x.example/2' },
    ],
    ['ticked by another says what is not kept', done, 'done', { note: 'mine' }, { kind: 'taken', unsaved: 'mine' }],
    [
      'that is ticked keeps its evidence',
      { ...done, by: anna, link: 'https://x.example/1', item: itemOf('a', { evidence: 'link' }) },
      'noted',
      { link: '' },
      { kind: 'refused', why: expect.stringContaining('a link') },
    ],
    [
      'that is left out keeps its reason',
      { ...done, by: anna, state: 'left_out', note: 'it is gone' },
      'noted',
      { note: '' },
      { kind: 'refused' },
    ],
    [
      'whose check fails since it was ticked may get a link',
      { ...done, by: anna, result: failed },
      'noted',
      { link: 'https://x.example/1' },
      { kind: 'changed' },
    ],
    [
      'that somebody noted since the dialog was opened keeps those words',
      { note: 'theirs' },
      'done',
      { note: 'mine', seen: { note: '' } },
      { kind: 'refused', why: expect.stringContaining('“theirs”'), hint: expect.stringContaining('“mine”') },
    ],
    [
      'that nobody noted since then gets them',
      { note: 'as shown' },
      'done',
      { note: 'mine', seen: { note: 'as shown' } },
      { kind: 'changed', to: { note: 'mine' } },
    ],
    ['gets the note that it has', { note: 'a' }, 'noted', { note: 'a' }, { kind: 'same' }],
    ['gets a link that is none', {}, 'noted', { link: 'file:///etc/passwd' }, { kind: 'refused' }],
  ])('%s', (_, one, to, more, expected) => {
    expect(change(one, to, more)).toMatchObject(expected);
  });

  it('keeps no secret, whatever its note says', () => {
    expect(change({}, 'done', { note: 'it was password=hunter2-and-more' })).toMatchObject({
      to: { note: expect.not.stringContaining('hunter2') },
    });
  });
});

it.each([
  'https://x.example/<!channel>',
  'https://x.example/a|<@U1>',
  'https://x.example/?a=1&b=<!here|x>',
  '<https://x.example/a|label>',
])('evidence links to where it says, and calls nobody: %s', (link) => {
  const decided = change({}, 'done', { link });
  if (decided.kind !== 'changed') throw new Error(decided.kind);
  const line = itemLine(runItem(1, decided.to), noon);
  const links = [...line.matchAll(/<([^<>|]*)\|([^<>|]*)>/g)].filter(([, url]) => url?.startsWith('http'));
  expect(links.map(([, , label]) => label)).toEqual(['evidence at x.example']);
  expect(line).not.toMatch(/<!(channel|here)|<@U1>[^ ]*\|/);
});

describe('a page', () => {
  const run = runOf(Array.from({ length: 25 }, (_, at) => runItem(at + 1)));
  it('is the nearest that there is', () => {
    expect(pageOf(run, 3, '', () => '').items.map(({ n }) => n)).toEqual([21, 22, 23, 24, 25]);
    expect(pageOf(run, 9, '', () => '').page).toBe(3);
    expect(pageOf(run, 0, '', () => '')).toMatchObject({ page: 1, pages: 3, items: { length: 10 } });
  });

  it('fits what Slack keeps beside a dialog, whatever it says', () => {
    const long = '"\\\u{1F600}'.repeat(60);
    const items = Array.from({ length: 10 }, (_, at) =>
      runItem(at + 1, { item: itemOf('x'.repeat(60), { title: long.slice(0, 150), how: long }) }),
    );
    const page = pageOf(
      runOf(items, { plan: { ...runOf(items).plan, title: long.slice(0, 100) } }),
      1,
      '100/200',
      () => long,
    );
    expect(JSON.stringify(page).length).toBeLessThan(2_900);
  });

  it('sends only what was changed in it', () => {
    const ticks = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(ticks, ticks, (before, after) => {
        const items = before.map((isDone, at) => runItem(at + 1, isDone ? done : {}));
        const page = pageOf(runOf(items), 1, '', () => '');
        const read = readPageForm({ done: after.flatMap((isDone, at) => (isDone ? [String(at + 1)] : [])) }, page);
        const wanted = after.flatMap((isDone, at) =>
          isDone === before[at] ? [] : [{ n: at + 1, to: isDone ? 'done' : 'open' }],
        );
        expect(read).toEqual({ parsed: wanted });
      }),
    );
  });

  it.each([
    ['42', { run: 42, n: 0, own: false }],
    ['42:3', { run: 42, n: 3, own: false }],
    ['42:3:own', { run: 42, n: 3, own: true }],
    ['42:own', { run: 42, n: 0, own: true }],
    ['x', undefined],
    ['42:3:4', undefined],
  ])('or an item, as a button carries it: %s', (value, expected) => {
    expect(pressedOf(value)).toEqual(expected);
  });
});

describe('the dialog of an item', () => {
  const shown = shownOf(runOf([runItem(1, { note: 'as it was' })]), runItem(1, { note: 'as it was' }), '');
  it.each([
    [{ to: 'done', note: 'as it was' }, { parsed: { n: 1, to: 'done' } }],
    [{ to: 'done' }, { parsed: { n: 1, to: 'done', note: '', seen: { note: 'as it was' } } }],
    [
      { to: 'left_out', note: 'as it was' },
      { parsed: { n: 1, to: 'left_out', note: 'as it was', seen: { note: 'as it was' } } },
    ],
    [
      { to: 'noted', note: 'more', link: 'https://x.example' },
      { parsed: { n: 1, to: 'noted', note: 'more', link: 'https://x.example', seen: { note: 'as it was', link: '' } } },
    ],
    [{ to: 'left_out' }, { errors: { note: expect.any(String) } }],
    [{ to: 'done', link: 'x' }, { errors: { link: expect.any(String) } }],
    [{}, { errors: { to: expect.any(String) } }],
  ])('%j', (values, expected) => {
    expect(readItemForm(values, shown)).toEqual(expected);
  });

  it('fits what Slack keeps beside it, whatever it says; a long link stays', () => {
    const long = '"\\\n\u{1F600}'.repeat(300);
    const link = `https://x.example/${'a'.repeat(900)}`;
    const one = runItem(1, {
      item: itemOf('a', { title: long.slice(0, 150), how: long }),
      note: long.slice(0, 500),
      link,
    });
    const kept = shownOf(runOf([one]), one, long);
    const place = { channel: 'C'.repeat(11), threadTs: '1700000000.000000', ts: '1700000000.000000' };
    expect(JSON.stringify({ sent: 10, given: { value: JSON.stringify(kept), from: place } }).length).toBeLessThan(
      3_000,
    );
    expect(readItemForm({ to: 'noted', note: kept.note }, kept)).toEqual({ parsed: { n: 1, to: 'noted' } });
  });
});
