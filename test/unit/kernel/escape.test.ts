import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeSlack, slackLink } from '../../../src/kernel/escape.ts';

describe('foreign text in Slack', () => {
  it.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@\u2060U1&gt;'],
    ['*bold* _it_ ~gone~ `code`', '∗bold∗ ˍitˍ ∼gone∼ ˋcodeˋ'],
    ['see https://evil.example/login', 'see https:\u2060//evil.example/login'],
    ['HTTPS://X and ftp://y', 'HTTPS:\u2060//X and ftp:\u2060//y'],
    ['@channel, anna@example.com', '@\u2060channel, anna@\u2060example.com'],
    ['mailto:a tel:1', 'mailto:\u2060a tel:\u20601'],
    ['\u202e>lennahc!<\u202c', '&gt;lennahc!&lt;'],
    ['h\u200bttp:\u200b//x @\u200bhere', 'http:\u2060//x @\u2060here'],
    ['\u2066\u200ered\u200f\u2069', 'red'],
  ])('%s does nothing', (text, escaped) => {
    expect(escapeSlack(text)).toBe(escaped);
  });

  it.each(['api_latency_p95', '2*3', 'HTTP 503 (want 200)', '12:30', '80 %', 'überlast_größe'])(
    '%s can be copied as it stands',
    (text) => {
      expect(escapeSlack(text)).toBe(text);
    },
  );

  it('never has a mark at the edge of a word', () => {
    const pieces = fc.array(
      fc.constantFrom('*', '_', '~', '`', 'a', '1', ' ', '&', '<', '\n', 'ü', '🔴', '@', ':', '//'),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const escaped = escapeSlack(parts.join(''));
        expect(escaped).not.toMatch(/`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/u);
        expect(escaped).not.toMatch(/:\/\/|[<>]|@[a-z0-9]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no longer than its length allows', () => {
    const startedMs = performance.now();
    for (const piece of ['a', '*', ':', '@', '/', 'mailto']) escapeSlack(piece.repeat(200_000));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('a link of our own', () => {
  it('keeps its address whole and can not be left', () => {
    expect(slackLink('https://wiki.example/a_b?c=1&d=2', 'runbook')).toBe(
      '<https://wiki.example/a_b?c=1&amp;d=2|runbook>',
    );
    expect(slackLink('https://wiki.example/|x> <!channel>', '*a*')).toBe(
      '<https://wiki.example/%7Cx%3E%20%3C!channel%3E|∗a∗>',
    );
  });
});
