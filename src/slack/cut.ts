/**
 * Cuts Slack text (mrkdwn or plain) to `max` UTF-16 units, ending in `…`. Never inside an entity (`&amp;`), a link
 * (`<url|label>`) or a surrogate pair; a code fence left open is closed. Pure.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = safeHead(text, max - 1);
  const fences = head.split(fence).length - 1;
  if (fences % 2 === 0) return `${head}…`;
  const shorter = safeHead(head, max - 1 - fenceEnd.length);
  const stillOpen = (shorter.split(fence).length - 1) % 2 === 1;
  return stillOpen ? `${shorter}…${fenceEnd}` : `${shorter}…`;
}

/**
 * Cuts Markdown to `max` UTF-16 units at the end of a line and says how many lines are missing; a code fence left open is
 * closed before. Pure.
 */
export function cutLines(text: string, max: number): string {
  if (text.length <= max) return text;
  const lines = text.split('\n');
  const room = max - noticeMax - fenceEnd.length;
  let length = 0;
  let count = 0;
  while (count < lines.length && length + lines[count]!.length + 1 <= room) {
    length += lines[count]!.length + 1;
    count += 1;
  }
  // A first line that is too long by itself is cut, and counted as shown.
  const kept = count > 0 ? lines.slice(0, count) : [cutText(lines[0]!, room)];
  const open = count > 0 && kept.filter((line) => /^\s*```/.test(line)).length % 2 === 1;
  const left = lines.length - kept.length;
  const notice = left === 0 ? '' : `\n\n… and ${left} more ${left === 1 ? 'line' : 'lines'}`;
  return `${kept.join('\n')}${open ? fenceEnd : ''}${notice}`;
}

const noticeMax = 40;
const fence = '```';
const fenceEnd = '\n```';

/** The longest start of `text` of at most `max` units that breaks nothing. */
function safeHead(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = Math.max(0, max);
  const open = text.indexOf('<', end > 0 ? text.lastIndexOf('>', end - 1) + 1 : 0);
  if (open >= 0 && open < end) end = open;
  const entity = /&[a-z#0-9]{0,6}$/i.exec(text.slice(Math.max(0, end - 8), end));
  if (entity) end -= entity[0].length;
  if (end > 0 && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
