import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Given } from '../../../src/kernel/form.ts';
import { givenMessage, keep, kept } from '../../../src/slack/given.ts';

const at = new Date('2026-11-25T10:00:00Z');
const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('"\\\n', '😀', 'é'))
  .chain((piece) =>
    fc.integer({ min: 1, max: 4_000 }).map((times) => piece.repeat(times).slice(0, 12_000).toWellFormed()),
  );

it('what Slack keeps fits its 3,000 characters whatever was given, says what is missing, and reads back', () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (value, words, isMessage) => {
      const message = { channel: 'C1', ts: '1.2', user: 'U1', text: words, at };
      const given: Given = {
        value,
        from: { channel: 'C1', threadTs: '1.1', ts: '1.2' },
        ...(isMessage && { message }),
      };
      const metadata = keep({ given, sent: 3 });
      expect(metadata.length).toBeLessThanOrEqual(3_000);
      const read = kept(metadata)!;
      expect(read.sent).toBe(3);
      if (read.given.cut) {
        expect(value.startsWith(read.given.value.slice(0, -1))).toBe(true);
        expect(JSON.stringify({ given, sent: 3 }).length).toBeGreaterThan(3_000);
      } else expect(read.given).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

it.each(['', '{', '{}', 'null', '{"sent":1}', '{"sent":1,"given":{"value":1}}'])(
  '%j is nothing of ours',
  (metadata) => {
    expect(kept(metadata)).toBeUndefined();
  },
);

it('a message comes as it reads, without secrets, with its author and its time', () => {
  const message = { ts: '1795650659.529000', user: 'U1', text: 'password=hunter2-long a &lt;b', thread_ts: '1.0' };
  const given = givenMessage('C1', message);
  expect(given).toMatchObject({ channel: 'C1', user: 'U1', threadTs: '1.0', at: new Date(1_795_650_659_529) });
  expect(given.text).not.toContain('hunter2');
  expect(given.text).toContain('a <b');
  expect(givenMessage('C1', { ...message, bot_id: 'B1', thread_ts: message.ts })).not.toHaveProperty('user');
  expect(givenMessage('C1', { ...message, thread_ts: message.ts })).not.toHaveProperty('threadTs');
});
