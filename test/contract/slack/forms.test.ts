import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import { escapeSlack } from '../../../src/kernel/escape.ts';
import type { Field, FormItem } from '../../../src/kernel/form.ts';
import { refilled } from '../../../src/slack/filled.ts';
import { formView } from '../../../src/slack/form-view.ts';
import { errorPost } from '../../../src/slack/posts.ts';
import { viewProblems } from '../../../src/workspace/blocks/view.ts';
import { liveTokens, mrkdwnTexts } from '../../../src/workspace/mrkdwn.ts';
import { hostileText } from '../../support/hostile-text.ts';

const word = fc.oneof(hostileText, fc.constantFrom('', ' ', '<!channel>', '\u202etxt', '\ud83d'));
const words = fc.oneof(
  { weight: 9, arbitrary: word },
  {
    weight: 1,
    arbitrary: fc.tuple(word, fc.integer({ min: 100, max: 4_000 })).map(([text, n]) => text.repeat(n).slice(0, 9_000)),
  },
);
const option = fc.record({ value: fc.oneof(word, fc.nat().map(String)), label: words, description: words });
const options = fc
  .tuple(fc.array(option, { maxLength: 4 }), fc.constantFrom(0, 0, 120, 500), fc.constantFrom('none', 'under'))
  .map(([made, more, grouped]) => [
    { value: 'first', label: 'First' },
    ...made,
    ...Array.from({ length: more }, (_, n) => ({
      ...{ value: `v${n}`, label: `Option ${n}` },
      ...(grouped === 'under' && { under: n % 2 ? 'odd' : 'even' }),
    })),
  ]);
const shown = fc.constantFrom('menu' as const, 'list' as const);
const base = { name: fc.constant(''), label: words, hint: words };
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('text' as const),
    initial: words,
    placeholder: words,
    maxLength: fc.integer({ min: 1, max: 9_000 }),
  }),
  fc.record({ ...base, kind: fc.constant('choice' as const), options, shown, initial: word, placeholder: words }),
  fc.record({
    ...base,
    kind: fc.constant('several' as const),
    options,
    shown,
    initial: fc.array(word, { maxLength: 3 }),
  }),
  fc.record({ ...base, kind: fc.constant('yes-no-unsure' as const) }),
  fc.record({ ...base, kind: fc.constantFrom('user' as const, 'channel' as const), placeholder: words }),
  fc.record({ ...base, kind: fc.constantFrom('date' as const, 'time' as const) }),
  fc.record({ ...base, kind: fc.constant('moment' as const) }),
);
const note = words.map((text): FormItem => ({ kind: 'note', text: escapeSlack(text) }));
const form = fc.array(fc.oneof({ weight: 3, arbitrary: field }, { weight: 1, arbitrary: note }), {
  minLength: 1,
  maxLength: 12,
});

function named(items: readonly FormItem[]): FormItem[] {
  const first: FormItem = { kind: 'text', name: 'first', label: 'First' };
  return [first, ...items.map((item, n) => (item.kind === 'note' ? item : { ...item, name: `field_${n}` }))];
}

function viewOf(items: FormItem[], failure?: string) {
  const post = failure === undefined ? {} : { failure: errorPost(new OpsError('invalid', failure)) };
  const ids = { callbackId: 'x.y', externalId: 'e', title: 'A title', button: 'Go' };
  return formView({ ...ids, items, kept: { given: { value: '' }, sent: 0 }, ...post });
}

it('a form of any words is never refused, and nothing in it is a mention or a link', () => {
  fc.assert(
    fc.property(form, words, (items, failure) => {
      const view = JSON.parse(JSON.stringify(viewOf(named(items), failure)));
      expect(viewProblems(view, ['modal'])).toEqual([]);
      const live = mrkdwnTexts(view).flatMap((text) => liveTokens(text));
      expect(live.filter(({ kind }) => kind !== 'date')).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
}, 120_000);

it('what was typed is shown again as it was, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 3_000 }), (typed) => {
      const [block] = viewOf(refilled([{ kind: 'text', name: 'a', label: 'A' }], { a: typed.toWellFormed() })).blocks;
      expect(block).toMatchObject({ element: { initial_value: typed.toWellFormed() } });
    }),
    { numRuns: 300 },
  );
});

it('options that do not fit are counted; a menu with headings takes more', () => {
  const many = Array.from({ length: 120 }, (_, n) => ({ value: `v${n}`, label: `Option ${n}` }));
  const hint = (options: object[], shown: 'menu' | 'list') =>
    viewOf([{ kind: 'choice', name: 'a', label: 'A', hint: 'Choose.', shown, options: options as typeof many }])
      .blocks[0];
  expect(hint(many, 'menu')).toMatchObject({ hint: { text: "Choose. … and 20 more that don't fit here." } });
  expect(hint(many, 'list')).toMatchObject({ hint: { text: "Choose. … and 110 more that don't fit here." } });
  const under = many.map((each, n) => ({ ...each, under: n % 2 ? 'Odd' : 'Even' }));
  expect(hint(under, 'menu')).toMatchObject({ hint: { text: 'Choose.' } });
});

it('notes give way to fields; a form that Slack does not take is its author’s mistake', () => {
  const fields = Array.from({ length: 99 }, (_, n): FormItem => ({ kind: 'text', name: `f${n}`, label: 'F' }));
  const notes = [1, 2].map((n): FormItem => ({ kind: 'note', text: `note ${n}` }));
  expect(viewOf([...notes, ...fields]).blocks).toHaveLength(100);
  const one: FormItem = { kind: 'text', name: 'f1', label: 'F' };
  for (const wrong of [[], notes, [one, one], [{ ...one, name: 'a b' }], [...fields, one, { ...one, name: 'g' }]])
    expect(() => viewOf(wrong)).toThrow('Form x.y');
});
