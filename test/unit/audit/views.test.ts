import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/audit/chain.ts';
import type { AuditRow } from '../../../src/audit/search.ts';
import type { Verification } from '../../../src/audit/verify.ts';
import { rowPost, rowsPost, verificationPost } from '../../../src/audit/views/slack.ts';
import { rowsText, rowText, verificationText } from '../../../src/audit/views/terminal.ts';
import { faultWords } from '../../../src/audit/views/words.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { Args } from '../../../src/workspace/args.ts';
import { messageContent } from '../../../src/workspace/methods/content.ts';
import { liveTokens, mrkdwnTexts } from '../../../src/workspace/mrkdwn.ts';

const at = new Date('2026-11-23T12:00:05.000Z');
const style = { colour: false, width: 100, zone: 'America/New_York' };

function row(seq: number, recorded: Partial<AuditRow['recorded']> = {}): AuditRow {
  const plain = { actor: 'os:anna', action: 'check.mute', target: 'check/api', request: 'ABC123' };
  return {
    seq,
    at,
    recorded: { ...plain, ...recorded },
    erasedBy: undefined,
    erases: undefined,
    hash: 'ab'.repeat(32),
  };
}

const gone: AuditRow = { ...row(3), recorded: undefined, erasedBy: 9 };

describe('rows of the audit', () => {
  it('say in a terminal who did what to what, when in the zone of the team, and why', () => {
    const muted = row(12, { before: { muted: false }, after: { muted: true }, reason: 'a deployment' });
    expect(rowsText({ rows: [muted, gone], more: true }, style)).toBe(
      [
        '    12  2026-11-23 07:00:05 EST  os:anna  check.mute check/api  ABC123',
        '        {"muted":false} → {"muted":true} · “a deployment”',
        '     3  2026-11-23 07:00:05 EST  erased: row 9 says why',
        'Older rows: add below:3',
      ].join('\n'),
    );
    expect(rowsText({ rows: [], more: false }, style)).toBe('No such row in the audit.');
    expect(rowText(muted, style)).toContain('before   {"muted":false}');
  });

  it('with a text that Rounds never wrote are shown as that, beside all others', () => {
    const odd: AuditRow = { ...row(4), recorded: undefined, odd: true };
    expect(rowsText({ rows: [odd, gone], more: false }, style)).toMatch(/ 4 .*none that Rounds wrote.*\n.* 3 .*erased/);
    expect(rowText(odd, style)).toContain('none that Rounds wrote');
    expect(rowsPost({ rows: [odd], more: false }).blocks).toHaveLength(1);
    expect(JSON.stringify(rowPost(odd))).toContain('none that Rounds wrote');
  });

  it('show no text backwards', () => {
    const turned = row(5, { reason: 'ended \u202eybanna\u202c by', target: '\u2066check/api' });
    for (const text of [
      rowsText({ rows: [turned], more: false }, style),
      rowText(turned, style),
      JSON.stringify([rowsPost({ rows: [turned], more: false }), rowPost(turned)]),
    ]) {
      expect(text).not.toMatch(/\p{Bidi_Control}/u);
    }
  });

  it('say the same in Slack, with a mention only for somebody whom Slack knows', () => {
    const texts = mrkdwnTexts({
      blocks: rowsPost({ rows: [row(12, { actor: 'slack:U0ANNA' }), gone], more: false }).blocks,
    });
    expect(texts[0]).toContain('<@U0ANNA> · *check.mute* check/api');
    expect(texts[1]).toContain('erased: row 9 says why');
    const [made] = mrkdwnTexts({
      blocks: rowsPost({ rows: [row(1, { actor: 'slack:U1> <!here' })], more: false }).blocks,
    });
    expect(liveTokens(made!).filter(({ kind }) => kind !== 'date')).toEqual([]);
  });

  it('fit into a message, thirty of the longest', () => {
    const long = 'word '.repeat(3_000);
    const rows = Array.from({ length: 30 }, (_, index) =>
      row(index + 1, { reason: 'x'.repeat(40), target: 'check/api' }),
    );
    expect(fitPost(rowsPost({ rows, more: true }), 'post').blocks).toHaveLength(31);
    for (const post of [
      rowsPost({ rows: [row(1, { reason: long, before: long })], more: false }),
      rowPost(row(1, { after: { long } })),
    ])
      expect(messageContent(new Args({ ...fitPost(post, 'post') }), 40_000)).toBeDefined();
  });

  it('are never a live mention or link, never refused by Slack, and never move a cursor', () => {
    const pieces = [
      '<!channel>',
      '<@U0ANNA0001>',
      '<https://evil.example|Sign in>',
      'https://x',
      'a@b.example',
      '&lt;',
      '```',
      '`',
    ];
    const more = ['*', '_', '\n', '\x1b[2J', '\x07', '\u202e', '!date^1^', '\ud83d', ' ', 'word', '"', '\\'];
    const hostile = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 8 }).map((parts) => parts.join(''));
    const rows = fc
      .record({
        actor: hostile,
        action: hostile,
        target: hostile,
        request: hostile,
        reason: hostile,
        before: hostile,
        key: hostile,
        after: hostile,
      })
      .map(({ key, after, ...rest }) => row(7, { ...rest, after: { [key]: [after] } }));
    fc.assert(
      fc.property(rows, (made) => {
        for (const post of [rowsPost({ rows: [made], more: true }), rowPost(made)]) {
          const fitted = fitPost(post, 'update');
          expect(messageContent(new Args({ ...fitted }), 4_000)).toBeDefined();
          expect(
            mrkdwnTexts(fitted)
              .flatMap((text) => liveTokens(text))
              .filter(({ kind }) => kind !== 'date'),
          ).toEqual([]);
        }
        for (const text of [rowsText({ rows: [made], more: false }, style), rowText(made, style)])
          expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);
});

describe('what verification says', () => {
  const intact: Verification = {
    rows: 12_345,
    erased: 2,
    last: { seq: 12_345, hash: Buffer.alloc(32), atMs: at.getTime() },
    heads: [],
    unreadable: 0,
    fault: undefined,
    durationMs: 1_200,
  };

  it('is what holds, and plainly what it does not show', () => {
    expect(verificationText(intact, style)).toMatchInlineSnapshot(`
      "OK  12,345 rows are as they were recorded, the last of 2026-11-23 07:00:05 EST; 2 erased, each with its record — 1.2 s
      Not shown by this: a cut tail with a changed end, or a chain rewritten with all its hashes. Only a signed head from before shows that: --head."
    `);
    expect(verificationPost(intact).text).toBe('🟢 Audit: 12345 rows as recorded');
  });

  const where = { seq: 5, atMs: at.getTime() };
  it.each<[Fault, string]>([
    [{ ...where, kind: 'missing', through: 5, nextAtMs: at.getTime() }, 'row 5 is missing after T and before T'],
    [{ ...where, kind: 'missing', through: 7, nextAtMs: undefined }, 'rows 5 to 7 are missing after T'],
    [{ ...where, kind: 'surplus' }, 'row 5 (T) stands before the first row: it was put in'],
    [{ ...where, kind: 'chain' }, 'row 5 (T) does not follow from row 4: one of the two was edited, moved or put in'],
    [{ ...where, kind: 'chain', seq: 1 }, 'row 1 (T) has another hash than it had'],
    [{ ...where, kind: 'text' }, 'row 5 (T) says something else than was recorded: its text was edited'],
    [
      { ...where, kind: 'columns', columns: ['actor', 'target'] },
      'row 5 (T) has another actor and target than was recorded',
    ],
    [{ ...where, kind: 'odd' }, 'row 5 (T) has a text that Rounds never wrote'],
    [{ ...where, kind: 'time' }, 'row 5 has a time that no row can have: it was not written by Rounds'],
    [{ ...where, kind: 'text_lost' }, 'row 5 (T) has lost its text: it was deleted'],
    [{ ...where, kind: 'erased_unrecorded' }, 'row 5 (T) has no text, and no row records that it was erased'],
    [{ ...where, kind: 'not_erased', erasedBy: 9 }, 'row 5 (T) has its text, though row 9 records that it was erased'],
    [
      { ...where, kind: 'tail_cut', through: 9, known: 'head' },
      'rows 5 to 9 are missing at the end after T: a signed head knows them',
    ],
    [
      { ...where, kind: 'tail_cut', through: 5, known: 'database', atMs: undefined },
      "row 5 is missing at the end: the chain's own end knows them",
    ],
    [{ ...where, kind: 'behind_head', atMs: undefined }, 'row 5 stands behind the end of the chain: it was put in'],
    [
      { ...where, kind: 'head_hash' },
      'row 5 (T) is not the end of the chain that the database knows: one of the two was edited',
    ],
    [{ ...where, kind: 'no_head' }, 'the end of the chain is not known (audit_head is empty); the last row is 5'],
    [{ ...where, kind: 'text_without_row' }, 'there is a text with the number 5, but no such row'],
    [
      { ...where, kind: 'signed_otherwise', proven: 2, signedAt: at },
      'one of the rows 3 to 5 was edited, and the hashes computed anew: row 5 was another when its head was signed (T)',
    ],
  ])('%j', (fault, words) => {
    expect(faultWords(fault, () => 'T')).toBe(words);
    expect(verificationText({ ...intact, fault }, style)).toMatch(/^FAIL {2}The audit was changed: /);
  });

  it('does not hide a head that could not be checked', () => {
    const head = { seq: 9, hash: '', at, keyId: 'abcd', signed: '', signature: Buffer.alloc(0) };
    const with_ = (signature: 'valid' | 'invalid' | 'other_key' | 'no_key') =>
      verificationText({ ...intact, heads: [{ head, signature, chain: 'fits' }] }, style);
    expect(with_('valid')).toMatch(/^OK {2}.*\nHead of row 9, signed .*: the chain fits; signature valid$/);
    expect(with_('invalid')).toMatch(/^UNKNOWN {2}.*\n1 line is no head of this key: 1 with a false signature$/);
    expect(with_('other_key')).toMatch(/^UNKNOWN {2}.*\n1 line is no head of this key: 1 .*another key \(abcd\)/);
    expect(verificationText({ ...intact, unreadable: 2 }, style)).toMatch(
      /^UNKNOWN {2}.*\n2 lines are no heads of this key: 2 cut off or not copied whole$/,
    );
    expect(with_('no_key')).toMatch(/^UNKNOWN {2}.*\n.*not checked, so it proves nothing: give --public-key/);
  });
});
