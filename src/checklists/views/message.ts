import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { isDespite } from '../decide.ts';
import { isLeft, isOver, progressOf, type Run, type RunItem } from '../model.ts';
import { itemsOnPage } from '../pages.ts';
import { cut } from '../plain.ts';
import { actions, type Button, context, type Menu, section } from './blocks.ts';
import { dueWords, effortWords, headWords, itemLine, mention } from './words.ts';

/** With more open ones a message would fill more than a screen: the rest is in the dialog. */
const mostOpen = 8;
const mostEnded = 12;

/** The one message of a run, edited as it goes on; `own`: an answer that one person sees, whose buttons answer on it. */
export function runPost(run: Run, now: Date, { own = false } = {}): Post {
  const text = `${headWords(run)}${isOver(run) ? '' : ` · ${run.state === 'done' ? 'to be attested' : 'open'}`}`;
  const blocks: SlackBlock[] = [section(headOf(run, now))];
  const { summary } = run.plan;
  if (summary !== undefined && !isOver(run)) blocks.push(context(escapeSlack(summary)));
  if (run.channelProblem !== undefined) blocks.push(context(elsewhereWords(run)));
  const open = run.items.filter(({ state }) => state === 'open');
  if (!isOver(run)) blocks.push(...openBlocks(run, open, { now, own }));
  blocks.push(
    ...endedBlocks(
      run.items.filter(({ state }) => state !== 'open'),
      now,
    ),
  );
  if (isOver(run) && open.length > 0) blocks.push(context(notDoneWords(open)));
  if (!isOver(run)) blocks.push(actions(buttonsOf(run, open, own)));
  return { text, blocks };
}

function headOf(run: Run, now: Date): string {
  const { plan, ended, proof, state } = run;
  const owner = plan.owner === undefined ? undefined : `owner ${escapeSlack(plan.owner)}`;
  const title = `📋 *${escapeSlack(plan.title)}*`;
  const { done, total } = progressOf(run.items);
  if (!ended)
    return `${title} · *${done}/${total}* · ${[dueWords(run, now), effortWords(run), owner].filter(Boolean).join(' · ')}`;
  const who = `${mention(ended.by)} ${slackTime(ended.at, now)}`;
  const row = proof ? `\naudit row ${proof.seq} \`${proof.hash}\`` : '';
  if (state === 'closed') return `${title} · ${done}/${total} · ✖️ closed by ${who}: ${escapeSlack(ended.reason)}${row}`;
  return `${title} · ${done}/${total} · ✅ ${plan.attest ? `attested by ${who}` : `done ${slackTime(ended.at, now)}`}${row}`;
}

function elsewhereWords({ channel = '', channelProblem }: Run): string {
  const why = channelProblem === 'is_archived' ? 'is archived' : 'can’t be posted to';
  return `Meant for ${escapeSlack(channel)}, which ${why} (${escapeSlack(channelProblem ?? '')}) → \`channel\` of its file, or \`checklists.channel\` of ops.yml`;
}

/** A line each; a file has all of them. */
function notDoneWords(open: readonly RunItem[]): string {
  const lines = open.slice(0, mostEnded).map(({ n, item }) => `⬜ *${n}* ${escapeSlack(cut(item.title, 100))}`);
  const more = open.length - mostEnded;
  return ['Not done:', ...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

function openBlocks(run: Run, open: readonly RunItem[], { now, own }: { now: Date; own: boolean }): SlackBlock[] {
  let heading: string | undefined;
  const blocks = open.slice(0, mostOpen).map((one) => {
    const above =
      one.item.section !== undefined && one.item.section !== heading ? `_${escapeSlack(one.item.section)}_\n` : '';
    heading = one.item.section;
    return section(`${above}${itemLine(one, now)}`, doneButton(run, one, own));
  });
  const more = open.length - mostOpen;
  return more > 0 ? [...blocks, context(`… and ${more} more: *Open* has them all`)] : blocks;
}

/** What needs words beside the tick opens a dialog for them. */
function doneButton({ id }: Run, one: RunItem, own: boolean): Button {
  const value = `${id}:${one.n}`;
  const asks = one.item.evidence !== 'none' || isDespite(one.result);
  return asks
    ? { action: 'checklist.item', label: 'Done …', value }
    : { action: 'checklist.tick', label: 'Done', value: `${value}${own ? ':own' : ''}` };
}

function endedBlocks(ended: readonly RunItem[], now: Date): SlackBlock[] {
  if (ended.length === 0) return [];
  const lines = ended.slice(-mostEnded).map((one) => itemLine(one, now, false));
  const more = ended.length - mostEnded;
  return [context([...(more > 0 ? [`✓ ${more} more`] : []), ...lines].join('\n'))];
}

function buttonsOf(run: Run, open: readonly RunItem[], own: boolean): (Button | Menu)[] {
  const { id, plan, items, state } = run;
  const value = `${id}${own ? ':own' : ''}`;
  const attest: Button = { action: 'checklist.attest', label: 'Attest', value, style: 'primary' };
  const again: Button = { action: 'checklist.measure', label: 'Run again', value };
  const first = open.find(isLeft) ?? open[0];
  const page = first ? Math.ceil(first.n / itemsOnPage) : 1;
  return [
    ...(state === 'done' && plan.attest ? [attest] : []),
    { action: 'checklist.page', label: 'Open', value: `${id}:${page}` },
    ...(items.some(({ result }) => result !== undefined) ? [again] : []),
    {
      action: 'checklist.item.1',
      placeholder: 'Note, evidence, not applicable …',
      options: [...open, ...items.filter((one) => one.state !== 'open')].map(({ n, item }) => ({
        label: cut(`${n} ${item.title}`, 75),
        value: `${id}:${n}`,
      })),
    },
  ];
}
