import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckDetails, type CheckReport, outcomes } from '../../../src/health/model.ts';
import { detailsPost } from '../../../src/health/views/details.ts';
import { healthPost } from '../../../src/health/views/slack.ts';
import { tablePosts } from '../../../src/health/views/table.ts';
import type { Post } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { runbookPost } from '../../../src/runbooks/views.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { deniedPost, endedEarly, errorPost, interruptedPost, unknownPost } from '../../../src/slack/posts.ts';
import { Args } from '../../../src/workspace/args.ts';
import { messageContent } from '../../../src/workspace/methods/content.ts';
import { liveTokens, mrkdwnTexts } from '../../../src/workspace/mrkdwn.ts';
import { checkReport, healthReport, noon } from '../../support/reports.ts';

const pieces = [
  ...[
    '*bold* @channel https://evil.example/login',
    '<!channel>',
    '<!here|x>',
    '<@U0ANNA0001>',
    '<#C1>',
    '<!subteam^S1>',
  ],
  ...[
    '<https://evil.example|Sign in>',
    'http://x',
    'HTTPS://x',
    'mailto:a@b.example',
    '<mailto:a@b.example|a>',
    '&lt;',
  ],
  ...['&amp;', '`', '```', '*', '_', '~', '|', '\n', ' ', '<', '>', '!date^1^', '\ud83d', 'https:', '//', 'word'],
];
const hostile = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
/** Enough texts for a whole report. */
const texts = fc.array(hostile, { minLength: 20, maxLength: 20 });

function reportOf(text: readonly string[], outcome: CheckReport['outcome']): CheckReport {
  return checkReport(text[0]!, {
    outcome,
    group: text[1]!,
    reason: text[2]!,
    next: text[3]!,
    owner: text[4]!,
    runbook: text[5]!.replace(/^https?:/i, 'file '),
    notes: [text[6]!, text[7]!],
    facts: { [text[8]!]: text[9], nested: { [text[10]!]: [text[11], { deep: text[12] }] } },
  });
}

function postsOf(text: readonly string[], outcome: CheckReport['outcome']): Post[] {
  const report = reportOf(text, outcome);
  const details: CheckDetails = {
    report,
    asks: text[13]!,
    everyMs: 60_000,
    units: { [text[8]!]: text[14] },
    series: { fact: text[15]!, unit: text[16]!, points: [1, 2].map((value) => ({ at: noon, value })) },
    strip: ['ok', 'fail'],
    transitions: [{ at: noon, from: null, to: 'fail', reason: text[17]! }],
    uptime: { day: 99, month: null },
  };
  const answer = healthPost(healthReport([report], { warnings: [text[18]!] }), { now: noon, scope: text[19]! });
  return [
    answer,
    detailsPost(details, noon),
    ...tablePosts([report]),
    endedEarly(answer, text[0]!),
    // Hints are our own words: what stands between backticks is a command.
    errorPost(new OpsError('invalid', text[1]!, { hint: text[2]!.replaceAll('`', ' ') })),
    unknownPost(text[3]!, undefined),
    deniedPost({ kind: 'denied', why: 'role', message: text[4]! }, []),
    interruptedPost({ command: 'health', words: text[5]!, again: true }),
    runbookPost(text[6]!, 'How to'),
  ];
}

describe('what systems and people write', () => {
  it('is never a live mention or link, and never refused', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...outcomes), (text, outcome) => {
        for (const post of postsOf(text, outcome)) {
          const fitted = fitPost(post, 'update');
          expect(messageContent(new Args({ ...fitted }), 4_000)).toBeDefined();
          const live = mrkdwnTexts(fitted).flatMap((shown) => liveTokens(shown));
          expect(live.filter(({ kind }) => kind !== 'date')).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);

  it('formats nothing: the marks are the same whatever a report says', () => {
    const marks = (text: readonly string[]) =>
      postsOf(text, 'fail').map((post) =>
        mrkdwnTexts({ blocks: post.blocks }).map((shown) =>
          shown.replaceAll(/[\p{L}\p{N}][*_~](?=[\p{L}\p{N}])/gu, '').replaceAll(/[^*_~`]/g, ''),
        ),
      );
    const plain = marks(Array.from({ length: 20 }, () => 'w'));
    fc.assert(
      fc.property(
        texts.map((list) => list.map((text) => `w${text}w`)),
        (text) => {
          expect(marks(text)).toEqual(plain);
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);
});
