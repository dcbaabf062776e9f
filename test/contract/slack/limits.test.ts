import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Post, SlackBlock } from '../../../src/kernel/command.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { Args } from '../../../src/workspace/args.ts';
import { messageContent } from '../../../src/workspace/methods/content.ts';

const pieces = fc.constantFrom(
  ...[
    '<!channel>',
    '<!here>',
    '<@U0ANNA0001>',
    '<#C1>',
    '<!subteam^S1>',
    '<https://x.example|y>',
    '&amp;',
    '&lt;!channel&gt;',
  ],
  ...['\ud83d', '🔴', '```', '\u0000', '\n', ' ', '<', '>', '&', '|', 'word ', '<!chan', 'nel>'],
);
const short = fc.array(pieces, { maxLength: 30 }).map((list) => list.join(''));
const long = fc.tuple(short, fc.integer({ min: 1, max: 9_000 })).map(([text, times]) => {
  return text.repeat(Math.min(times, Math.ceil(13_500 / Math.max(1, text.length))));
});
const hostile = fc.oneof(
  { weight: 40, arbitrary: short },
  { weight: 1, arbitrary: long },
  { weight: 7, arbitrary: fc.string({ maxLength: 40 }) },
);
const odd = fc.oneof(hostile, fc.constantFrom(undefined, null, 7, true, {}, []));
const textObject = fc.record(
  { type: fc.constantFrom('mrkdwn', 'plain_text', 'other'), text: odd, emoji: odd },
  { requiredKeys: [] },
);
const id = fc.oneof(fc.constantFrom('a.b', 'a.c', ''), hostile);
const option = fc.record({ text: textObject, value: odd }, { requiredKeys: [] });
const element = fc.record(
  {
    type: fc.constantFrom(
      'button',
      'static_select',
      'overflow',
      'image',
      'mrkdwn',
      'plain_text',
      'datepicker',
      '__proto__',
    ),
    text: fc.oneof(textObject, hostile),
    action_id: id,
    value: odd,
    url: fc.oneof(fc.constant('https://x.example/'), hostile),
    style: fc.constantFrom('primary', 'danger', 'loud'),
    options: few(option, 110),
    placeholder: textObject,
    confirm: fc.record(
      { title: textObject, text: textObject, confirm: textObject, deny: textObject },
      { requiredKeys: [] },
    ),
    image_url: fc.oneof(fc.constant('https://x.example/a.png'), hostile),
    alt_text: odd,
    extra: odd,
  },
  { requiredKeys: ['type'] },
);
const cell = fc.oneof(fc.record({ type: fc.constantFrom('raw_text', 'rich_text'), text: odd }), odd);
const block: fc.Arbitrary<SlackBlock> = fc.record(
  {
    type: fc.constantFrom(
      ...[
        'section',
        'header',
        'divider',
        'context',
        'actions',
        'image',
        'markdown',
        'table',
        'hologram',
        'constructor',
      ],
    ),
    block_id: id,
    text: fc.oneof(textObject, odd),
    fields: few(textObject, 14),
    elements: few(element, 30),
    accessory: element,
    rows: few(fc.oneof(few(cell, 25), odd), 110),
    column_settings: few(fc.oneof(odd, fc.record({ align: fc.constantFrom('left', 'up') })), 25),
    image_url: fc.constantFrom('https://x.example/a.png', 'nope'),
    alt_text: odd,
    title: textObject,
    surprise: odd,
  },
  { requiredKeys: ['type'] },
);
const post: fc.Arbitrary<Post> = fc.record({
  text: hostile,
  blocks: few(block, 70),
});

/** Mostly a few things, now and then more than fit: making hostile values takes far longer than cutting them. */
function few<T>(item: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 7, arbitrary: fc.array(item, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.tuple(item, item, fc.integer({ min: 0, max: most })).map(repeated) },
  );
}

function repeated<T>([a, b, times]: [T, T, number]): T[] {
  return Array.from({ length: times }, (_, index) => (index % 2 ? a : b));
}

/** What Slack would turn into a notification or a call, in any string of a post. */
function mentions(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(value.toWellFormed().match(/<[!@#][^<>]*>/g));
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((part) => [...mentions(part)]));
}

describe('a post that was cut', () => {
  it('is never refused, and mentions nobody that the view did not', () => {
    fc.assert(
      fc.property(post, fc.constantFrom('post', 'update'), (given, use) => {
        const fitted = fitPost(given, use);
        const content = messageContent(new Args({ ...fitted }), use === 'update' ? 4_000 : 40_000);
        expect(content).toBeDefined();
        const allowed = mentions(given);
        expect([...mentions(fitted)].filter((mention) => !allowed.has(mention))).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it('is cut no more the second time', () => {
    fc.assert(
      fc.property(post, (given) => {
        const once = fitPost(given, 'post');
        expect(fitPost(once, 'post')).toEqual(once);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
