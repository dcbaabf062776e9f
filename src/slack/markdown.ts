import { escapeSlack, slackLink } from '../kernel/escape.ts';

/** Characters of a section, with room for the marks around them. */
const sectionChars = 2_900;

/**
 * Markdown as mrkdwn, in pieces that fit a section: Slack shows Markdown in messages alone, not in views. Headings, lists,
 * code and links to the web keep their form; all else is plain text. Pure.
 */
export function mrkdwnOf(markdown: string): string[] {
  const pieces: string[] = [];
  let lines: string[] = [];
  let fenced = false;
  const flush = () => {
    const text = lines.join('\n').trimEnd();
    if (text.trim() !== '') pieces.push(fenced ? `\`\`\`\n${text}\n\`\`\`` : text);
    lines = [];
  };
  let chars = 0;
  for (const line of markdown.split('\n')) {
    const fence = /^\s*```/.test(line);
    const shown = fence ? '' : fenced ? escapeSlack(line) : shownLine(line);
    chars += shown.length + 1;
    if (fence || chars > sectionChars) {
      flush();
      chars = shown.length + 1;
    }
    if (fence) fenced = !fenced;
    else lines.push(shown);
  }
  flush();
  return pieces;
}

function shownLine(line: string): string {
  const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
  if (heading !== undefined) return heading === '' ? '' : `*${escapeSlack(heading.replaceAll(/[*`]/g, ''))}*`;
  const [, indent = '', item] = /^(\s*)[-*+]\s+(.*)$/.exec(line) ?? [];
  return item === undefined ? inline(line) : `${indent}• ${inline(item)}`;
}

/** Code and links stay; of `**bold**` the words. */
function inline(text: string): string {
  const parts = text.split(/(`[^`\n]+`|\[[^\]\n]+\]\(https?:\/\/[^)\s]+\))/);
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return escapeSlack(part.replaceAll('**', ''));
      if (part.startsWith('`')) return `\`${escapeSlack(part.slice(1, -1))}\``;
      const [, label = '', url = ''] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? [];
      return slackLink(url, label);
    })
    .join('');
}
