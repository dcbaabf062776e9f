import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { effortLeft } from '../minutes.ts';
import type { Run } from '../model.ts';
import { isLeft, progressWords } from '../model.ts';
import type { Filed } from '../ports.ts';
import { context, section } from './blocks.ts';
import { dueWords, headWords } from './words.ts';

/** A checklist that can be begun, as a list shows it. */
export interface Listed {
  filed: Filed;
  /** It begins by itself. */
  planned: boolean;
}

/** What is open, with a button each; then all that can be begun. `problem`: what is wrong with the files now. */
export function listPost(
  open: readonly Run[],
  all: readonly Listed[],
  { now, problem }: { now: Date; problem: string | undefined },
): Post {
  const text = open.length === 0 ? 'No checklist is open' : `${open.length} open`;
  const blocks: SlackBlock[] = [section(`📋 *${text}*`)];
  for (const run of open.slice(0, 15)) {
    const line = `${headWords(run)} · ${dueWords(run, now)}`;
    blocks.push(section(line, { action: 'checklist.show', label: 'Show', value: String(run.id) }));
  }
  if (open.length > 15) blocks.push(context(`… and ${open.length - 15} more`));
  for (const { filed, planned } of all
    .filter(({ filed: { checklist } }) => !open.some(({ name }) => name === checklist.id))
    .slice(0, 25)) {
    const { id, title, items } = filed.checklist;
    const facts = [`${items.length} items`, timeOf(filed), planned ? 'by itself' : undefined]
      .filter(Boolean)
      .join(', ');
    const line = `\`${escapeSlack(id)}\` ${escapeSlack(title)} (${facts})`;
    blocks.push(section(line, { action: 'checklist.start', label: 'Begin', value: id }));
  }
  if (problem !== undefined)
    blocks.push(
      context(`⚠️ The files have a mistake; what held before still holds: ${escapeSlack(problem.slice(0, 500))}`),
    );
  return { text, blocks };
}

function timeOf({ checklist }: Filed): string | undefined {
  const effort = effortLeft(checklist, [], isLeft);
  return effort && formatDuration(effort.wholeMs);
}

/** In a terminal. */
export function listText(
  open: readonly Run[],
  all: readonly Listed[],
  { zone, problem }: { zone: string; problem: string | undefined },
): string {
  const lines = open.map((run) => {
    const due = run.dueAt.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
    return `OPEN     ${run.name}  ${progressWords(run.items)}  due ${due}  (run ${run.id})`;
  });
  const begun = new Set(open.map(({ name }) => name));
  for (const { filed, planned } of all) {
    const { id, title, items } = filed.checklist;
    if (!begun.has(id)) lines.push(`         ${id}  ${title} (${items.length} items${planned ? ', by itself' : ''})`);
  }
  if (problem !== undefined) lines.push(`The files have a mistake; what held before still holds:\n${problem}`);
  return lines.length === 0 ? 'There is no checklist' : lines.join('\n');
}
