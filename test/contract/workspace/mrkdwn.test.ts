import { describe, expect, it } from 'vitest';
import { liveTokens, mentions, mrkdwnTexts, unescapeText } from '../../../src/workspace/mrkdwn.ts';

describe('live tokens', () => {
  it.each([
    ['<!channel> now', [{ kind: 'broadcast', range: 'channel' }]],
    ['<!here|here>', [{ kind: 'broadcast', range: 'here' }]],
    ['<!everyone>', [{ kind: 'broadcast', range: 'everyone' }]],
    ['ask <@U0ANNA0001>', [{ kind: 'user', id: 'U0ANNA0001' }]],
    ['see <#C0123|ops>', [{ kind: 'channel', id: 'C0123' }]],
    ['<!subteam^S0ONCALL01|@on-call>', [{ kind: 'usergroup', id: 'S0ONCALL01' }]],
    ['<!date^1772442000^{time}|nine>', [{ kind: 'date', seconds: 1772442000 }]],
    ['<https://e.com/?a=1&amp;b=2|log in>', [{ kind: 'link', url: 'https://e.com/?a=1&b=2', label: 'log in' }]],
    ['<mailto:a@e.com>', [{ kind: 'link', url: 'mailto:a@e.com' }]],
    ['go to https://e.com/x now', [{ kind: 'link', url: 'https://e.com/x' }]],
    ['&lt;!channel&gt; &lt;@U0ANNA0001&gt; &lt;https|x&gt;', []],
    ['@channel @here #ops 3 < 4 > 2', []],
    ['<!unknown> <@nobody> <javascript:alert(1)|x>', []],
  ])('of %s', (text, expected) => {
    expect(liveTokens(text)).toEqual(expected);
  });

  it('stand in the order of the text', () => {
    expect(liveTokens('https://a.io <!here> <@U1>').map((token) => token.kind)).toEqual(['link', 'broadcast', 'user']);
  });

  it('are only mentions when only those are asked for', () => {
    expect(mentions('<!channel> <https://e.com> <#C1> <@U1>').map((token) => token.kind)).toEqual([
      'broadcast',
      'user',
    ]);
  });
});

describe('texts of a message', () => {
  it('are its text and every mrkdwn object, not plain text', () => {
    const blocks = [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'a' },
        fields: [
          { type: 'plain_text', text: 'no' },
          { type: 'mrkdwn', text: 'b' },
        ],
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'c' }] },
    ];
    expect(mrkdwnTexts({ text: 't', blocks })).toEqual(['t', 'a', 'b', 'c']);
  });

  it('are read without entities', () => {
    expect(unescapeText('a &lt;b&gt; &amp;amp;')).toBe('a <b> &amp;');
  });
});
