import type { Post } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Run } from '../model.ts';
import type { Changed } from '../verbs.ts';
import { actions, type Button, section } from './blocks.ts';
import { headWords, mention } from './words.ts';

/** What became of an item, where that is not what was asked for: a line for whoever asked. `asText`: for a terminal. */
export function unlikeAsked(changed: readonly Changed[], now: Date, asText = false): string[] {
  const escaped = asText ? (text: string) => text : escapeSlack;
  const named = asText ? (by: { mention: string }) => by.mention : mention;
  return changed.flatMap((each) => {
    const { n, item } = each;
    const title = `${n} ${escaped(item.item.title)}`;
    switch (each.kind) {
      case 'changed':
        return [];
      case 'same':
        return [`${title}: it is so already`];
      case 'taken': {
        const did = each.state === 'done' ? 'ticked it' : 'said that it does not apply';
        const agoMs = Math.max(1_000, now.getTime() - each.at.getTime());
        const end =
          each.unsaved === '' ? 'theirs stays' : `theirs stays; yours is not kept: “${escaped(each.unsaved)}”`;
        return [`${title}: ${named(each.by)} ${did} ${formatDuration(agoMs)} ago; ${end}`];
      }
      case 'refused':
        return [`${escaped(each.why)} → ${escaped(each.hint)}`];
    }
    return [];
  });
}

/** After a page was sent: what is left, and the pages beside it. */
export function pageAnswer(
  run: Run,
  lines: readonly string[],
  { page, pages, changed }: { page: number; pages: number; changed: number },
): Post {
  const said = changed === 0 ? 'Nothing was changed' : `Saved: ${changed} changed`;
  const text = `${said} · ${headWords(run)}`;
  const to = (n: number, label: string): Button => ({
    ...{ action: `checklist.page.${n < page ? 1 : 2}`, label, value: `${run.id}:${n}` },
  });
  const buttons = [
    ...(page < pages ? [to(page + 1, 'Next page')] : []),
    ...(page > 1 ? [to(page - 1, 'Page before')] : []),
  ];
  const body = section([text, ...lines].join('\n'));
  return { text, blocks: buttons.length > 0 ? [body, actions(buttons)] : [body] };
}

export function linesPost(lines: readonly string[]): Post {
  const text = lines.join('\n');
  return { text, blocks: [section(text)] };
}
