import type { Run, RunItem } from '../../src/checklists/model.ts';
import { linesPost, pageAnswer, unlikeAsked } from '../../src/checklists/views/answer.ts';
import { historyPost } from '../../src/checklists/views/history.ts';
import { listPost } from '../../src/checklists/views/list.ts';
import { runPost } from '../../src/checklists/views/message.ts';
import { remindPost } from '../../src/checklists/views/remind.ts';
import type { Post } from '../../src/kernel/command.ts';
import { checklistOf, itemOf, runItem, runOf } from './checklist-runs.ts';
import { noon } from './reports.ts';

type NextText = () => string;

/** A link as evidence is one on purpose: `decide.test.ts` has what becomes of it. Every view of checklists, fed with foreign text in every place that people or files fill. */
export const hostileChecklists: Record<string, (next: NextText) => Post[]> = {
  'checklists: a run': (next) => [
    runPost(run(next), noon),
    runPost(run(next), noon, { own: true }),
    runPost({ ...run(next), state: 'closed', ended: { at: noon, by: by(next), reason: next() } }, noon),
    runPost(
      {
        ...run(next),
        state: 'finished',
        ended: { at: noon, by: by(next), reason: '' },
        proof: { seq: 7, hash: 'ab'.repeat(32) },
      },
      noon,
    ),
  ],
  'checklists: a reminder': (next) => [
    remindPost(run(next), [{ name: next(), mention: undefined }], { now: noon, next: noon }),
  ],
  'checklists: the list and the history': (next) => {
    const { plan } = run(next);
    const listed = [{ filed: { checklist: { ...plan, id: next() }, own: true }, planned: true }];
    return [
      listPost([run(next)], listed, { now: noon, problem: next() }),
      historyPost(
        next(),
        [run(next), { ...run(next), state: 'closed', ended: { at: noon, by: by(next), reason: next() } }],
        { now: noon, more: true },
      ),
    ];
  },
  'checklists: answers': (next) => {
    const lines = unlikeAsked(
      [
        { n: 1, item: item(next, {}), kind: 'same' },
        { n: 2, item: item(next, {}), kind: 'taken', by: by(next), at: noon, state: 'done', unsaved: next() },
        { n: 3, item: item(next, {}), kind: 'refused', why: next(), hint: next() },
      ],
      noon,
    );
    return [linesPost(lines), pageAnswer(run(next), lines, { page: 2, pages: 3, changed: 1 })];
  },
};

function by(next: NextText) {
  // Ours where it is a mention: what Slack says of whoever pressed.
  return { id: next(), mention: `anna ${next()}` };
}

function item(next: NextText, over: Partial<RunItem>): RunItem {
  const filled = { title: next(), how: next(), section: next(), owner: next() };
  return runItem(1, { item: itemOf('a', filled), note: next(), by: by(next), at: noon, ...over });
}

function run(next: NextText): Run {
  const items = [
    item(next, { state: 'open', by: undefined }),
    item(next, { state: 'open', by: undefined, result: { verdict: 'fail', words: next(), at: noon } }),
    item(next, {
      state: 'done',
      result: { verdict: 'pass', words: next(), at: noon },
      by: { id: 'rounds', mention: 'Rounds' },
    }),
    item(next, { state: 'done', result: { verdict: 'unknown', words: next(), at: noon } }),
    item(next, { state: 'left_out' }),
  ].map((one, at) => ({ ...one, n: at + 1 }));
  const said = { title: next(), summary: next(), owner: next() };
  const plan = checklistOf(
    items.map((one) => one.item),
    said,
  );
  return { ...runOf(items, { plan }), channel: next(), channelProblem: next() };
}
