import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Post } from '../../src/kernel/command.ts';
import { fitPost, fitViewBlocks } from '../../src/slack/limits.ts';
import { Args } from '../../src/workspace/args.ts';
import { viewProblems } from '../../src/workspace/blocks/view.ts';
import { messageContent } from '../../src/workspace/methods/content.ts';
import { liveTokens, mrkdwnTexts } from '../../src/workspace/mrkdwn.ts';
import { hostileText } from '../support/hostile-text.ts';
import { hostileViews } from '../support/hostile-views.ts';

const strings = 10_000;
const atOnce = 20;
const texts = fc.array(hostileText, { minLength: atOnce, maxLength: atOnce });

/** Calls a view until every text has been in one of its places; what is left over begins again. */
function* postsOf(view: (next: () => string) => Post[], given: readonly string[]): Generator<Post> {
  let used = 0;
  const next = () => given[used++ % given.length] ?? '';
  do {
    const before = used;
    yield* view(next);
    if (used === before) return;
  } while (used < given.length);
}

/** Live in what Slack gets: in its text and its mrkdwn, and in Markdown's own way. */
function liveIn(post: Post): unknown[] {
  const markdown = post.blocks.flatMap(({ type, text }) =>
    type === 'markdown' && typeof text === 'string' ? [text] : [],
  );
  return [...mrkdwnTexts(post), ...markdown]
    .flatMap((shown) => liveTokens(shown))
    .filter(({ kind }) => kind !== 'date');
}

function checkView(name: string, post: Post): void {
  const blocks = fitViewBlocks(post.blocks);
  const problems = viewProblems({ type: 'home', blocks }, ['home']);
  const live = liveIn({ text: '', blocks });
  if (problems.length + live.length > 0) throw new Error(`${name} in a view: ${JSON.stringify([problems, live])}`);
}

it('would notice a view that escapes nothing', () => {
  const careless = (text: string) => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
  const caught = fc.sample(hostileText, { numRuns: 200, seed: 1 }).filter((text) => liveIn(careless(text)).length > 0);
  expect(caught.length).toBeGreaterThan(50);
});

it('10,000 hostile texts through every view: nobody is mentioned, nothing links, Slack refuses nothing', () => {
  const seed = Date.now() % 2 ** 31;
  const outcome = { texts: 0, posts: 0, live: 0, refused: 0 };
  const startedAt = performance.now();
  fc.assert(
    fc.property(texts, (given) => {
      outcome.texts += given.length;
      for (const [name, view] of Object.entries(hostileViews)) {
        for (const post of postsOf(view, given)) {
          outcome.posts += 1;
          const use = outcome.posts % 2 ? 'post' : 'update';
          const fitted = fitPost(post, use);
          const live = liveIn(fitted);
          outcome.live += live.length;
          if (live.length > 0) throw new Error(`${name}: ${JSON.stringify(live)}`);
          try {
            messageContent(new Args({ ...fitted }), use === 'post' ? 40_000 : 4_000);
            // Any of them may be the answer to a button on App Home or in a dialog.
            if (outcome.posts % 3 === 0) checkView(name, post);
          } catch (error) {
            outcome.refused += 1;
            throw new Error(`${name}: ${JSON.stringify(error)} ${String(error)}`);
          }
        }
      }
    }),
    { numRuns: strings / atOnce, seed },
  );
  const took = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(
    `hostile text: ${outcome.texts} strings, ${Object.keys(hostileViews).length} views, ${outcome.posts} posts: ` +
      `${outcome.live} live mentions or links, ${outcome.refused} refused (seed ${seed}, ${took} s)\n`,
  );
}, 120_000);
