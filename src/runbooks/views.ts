import type { Post } from '../kernel/command.ts';
import { escapeSlack } from '../kernel/escape.ts';

/** A runbook as Slack shows Markdown; headings, lists and code stay what they are. */
export function runbookPost(name: string, markdown: string): Post {
  return {
    text: `Runbook ${escapeSlack(name)}`,
    blocks: [{ type: 'markdown', text: markdown }],
  };
}
