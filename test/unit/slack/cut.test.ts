import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../../src/slack/cut.ts';

describe('cutText', () => {
  it('leaves short text alone', () => {
    expect(cutText('abc', 3)).toBe('abc');
  });

  it.each([
    ['an entity', 'ab&amp;cd', 6, 'ab…'],
    ['an entity of which only the ampersand fits', 'abc&lt;x', 5, 'abc…'],
    ['a link', 'see <https://a.example|here> now', 20, 'see …'],
    ['a surrogate pair', 'ab🔴🔴', 4, 'ab…'],
  ])('does not cut inside %s', (_, text, max, cut) => {
    expect(cutText(text, max)).toBe(cut);
  });

  it('keeps a link that is complete', () => {
    expect(cutText('<https://a.example|x> and more text', 24)).toBe('<https://a.example|x> a…');
  });

  it('closes a code fence', () => {
    const cut = cutText(`\`\`\`${'x'.repeat(50)}\`\`\``, 30);
    expect(cut).toMatch(/^```x+…\n```$/);
    expect(cut.length).toBeLessThanOrEqual(30);
  });

  it('never exceeds the limit, never opens what it does not close', () => {
    const piece = fc.constantFrom(
      '&amp;',
      '&lt;',
      '<https://x|y>',
      '🔴',
      'a',
      ' ',
      '```',
      '<!date^1^{time}|t>',
      '&',
      '<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 8, max: 80 }), (pieces, max) => {
        const text = pieces.join('');
        const cut = cutText(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        if (cut === text) return;
        const head = cut.replace(/…(\n```)?$/, '');
        expect(text.startsWith(head)).toBe(true);
        expect(head).not.toMatch(/<[^>]*$/);
        for (const { index, 0: entity } of text.matchAll(/&(amp|lt);/g)) {
          expect(head.length <= index || head.length >= index + entity.length).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
