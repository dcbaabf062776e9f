import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Notice, Problem, Said, Step, StepKind } from '../../../src/alerts/model.ts';
import { messagePost } from '../../../src/alerts/views/message.ts';
import { tellingPost } from '../../../src/alerts/views/telling.ts';
import type { Surroundings } from '../../../src/alerts/views/words.ts';
import { type Outcome, outcomes } from '../../../src/health/model.ts';
import type { Post } from '../../../src/kernel/command.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { Args } from '../../../src/workspace/args.ts';
import { messageContent } from '../../../src/workspace/methods/content.ts';
import { liveTokens, mrkdwnTexts } from '../../../src/workspace/mrkdwn.ts';
import { noon } from '../../support/reports.ts';

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
    'mailto:a@b.example',
    '&lt;',
    '&amp;',
    '`',
    '```',
    '*',
    '_',
    '~',
    '|',
  ],
  ...['\n', ' ', '<', '>', '!date^1^', '\ud83d', 'https:', '//', 'word', 'x'.repeat(400), '<&>'.repeat(300)],
];
const hostile = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
const outcome = fc.constantFrom<Outcome>(...outcomes);
const said: fc.Arbitrary<Said> = fc.record({
  outcome,
  reason: hostile,
  next: hostile,
  owner: hostile,
  runbook: hostile.map((text) => text.replace(/^https?:/i, 'file ')),
  since: fc.constant(noon),
});
const problem: fc.Arbitrary<Problem> = fc
  .record({ checkId: hostile, said, state: fc.constantFrom('open', 'muted', 'ok', 'removed'), by: hostile })
  .map(({ checkId, said: found, state, by }) => ({
    checkId,
    openedAt: noon,
    beganAt: noon,
    worst: found.outcome,
    said: found,
    ...(state === 'muted' && { muted: { until: noon, by } }),
    ...((state === 'ok' || state === 'removed') && { endedAt: noon, ending: state }),
  }));
const kinds: StepKind[] = ['worsened', 'improved', 'joined', 'again', 'unmuted', 'closed'];
const around: Surroundings = { now: noon, zone: 'UTC', mentions: new Map(), dependents: () => 2 };

function postsOf(problems: Problem[], kind: StepKind, lines: string[]): Post[] {
  const steps = problems.map(
    (each): Step => ({ version: 2, checkId: each.checkId, kind, notify: true, said: each.said, was: 'warn' }),
  );
  const one: Pick<Notice, 'problems'> = { problems: problems.slice(0, 1) };
  return [
    messagePost(one, around),
    messagePost({ problems }, around),
    messagePost({ problems: [], announcement: { lines } }, around),
    tellingPost({ steps, notify: true }, problems, around),
  ];
}

it('what systems and people write is never a live mention or link in an alert, and never refused', () => {
  const problems = fc.array(problem, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(problems, fc.constantFrom(...kinds), fc.array(hostile, { minLength: 1 }), (list, kind, lines) => {
      for (const post of postsOf(list, kind, lines)) {
        for (const use of ['post', 'update'] as const) {
          const fitted = fitPost(post, use);
          expect(messageContent(new Args({ ...fitted }), use === 'post' ? 40_000 : 4_000)).toBeDefined();
          expect(mrkdwnTexts(fitted).flatMap((shown) => liveTokens(shown))).toEqual([]);
        }
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);
