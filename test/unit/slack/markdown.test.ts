import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mrkdwnOf } from '../../../src/slack/markdown.ts';
import { liveTokens } from '../../../src/workspace/mrkdwn.ts';

it('keeps headings, lists, code and links of Markdown', () => {
  const markdown = [
    '# Restart **web**',
    '- run `systemctl restart web`',
    '  * see [the guide](https://guide.example/a?b=1&c)',
    'Be **quick** <!channel>',
    '```sh',
    '# not a heading <b>',
    '```',
    'done',
  ].join('\n');
  expect(mrkdwnOf(markdown)).toEqual([
    [
      '*Restart web*',
      '• run `systemctl restart web`',
      '  • see <https://guide.example/a?b=1&amp;c|the guide>',
      'Be quick &lt;!channel&gt;',
    ].join('\n'),
    '```\n# not a heading &lt;b&gt;\n```',
    'done',
  ]);
});

it('makes pieces that fit a section, and nothing live that is not a link of the text', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('<!here>', '```', '<@U1>', '# <#C1>', '`<!channel>`', '@channel'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
      const pieces = mrkdwnOf(lines.join('\n'));
      expect(pieces.filter((piece) => piece.trim() === '')).toEqual([]);
      expect(pieces.flatMap((piece) => liveTokens(piece)).filter(({ kind }) => kind !== 'link')).toEqual([]);
    }),
  );
  const pieces = mrkdwnOf('words and words\n'.repeat(1_000));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(3_000);
});
