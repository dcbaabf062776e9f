import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutLines, cutText } from '../../../src/slack/cut.ts';

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

describe('cutLines', () => {
  const runbook = (lines: number) => Array.from({ length: lines }, (_, n) => `line ${n + 1} of the runbook`).join('\n');

  it('leaves what fits alone', () => {
    expect(cutLines(runbook(20), 1_000)).toBe(runbook(20));
  });

  it('keeps whole lines and says how many are missing', () => {
    const cut = cutLines(runbook(100), 1_000);
    const [kept, notice] = cut.split('\n\n');
    expect(runbook(100).startsWith(`${kept}\n`)).toBe(true);
    expect(notice).toBe(`… and ${100 - kept!.split('\n').length} more lines`);
    expect(cut.length).toBeGreaterThan(900);
  });

  it('closes a code fence before that', () => {
    const cut = cutLines(`\`\`\`\n${runbook(100)}\n\`\`\``, 1_000);
    expect(cut).toMatch(/runbook\n```\n\n… and \d+ more lines$/);
  });

  it('cuts a line that is too long by itself', () => {
    expect(cutLines(`${'x'.repeat(2_000)}\nsecond`, 1_000)).toMatch(/^x{900,}…\n\n… and 1 more line$/);
    expect(cutLines('x'.repeat(2_000), 1_000)).toMatch(/^x{900,}…$/);
  });

  it('never leaves more than may be', () => {
    const lines = fc.array(fc.constantFrom('```', 'a', '🔴'.repeat(30), '', 'x'.repeat(150)), { maxLength: 60 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 100, max: 400 }), (parts, max) => {
        expect(cutLines(parts.join('\n'), max).length).toBeLessThanOrEqual(max);
      }),
    );
  });
});
