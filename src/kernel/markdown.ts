import { withoutHidden } from './redact.ts';

/**
 * Foreign text as plain text of a Markdown file, on one line: no mark, no HTML, no link of its own words, no picture, and
 * nobody is mentioned where the file is shown. Addresses stay as they are: what they lead to can be seen.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~&#!$^{}]/g, '\\$&')
    .replace(/^([-+=:]|\d{1,9}(?=[.)]))/, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))
    .replace(/(?<![\p{L}\p{N}.])@(?=[\p{L}\p{N}])/gu, `@${wordJoiner}`);
}

/** Lines of foreign text, each escaped; `between` stands where a line ends. */
export function escapeMarkdownLines(text: string, between: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(escapeMarkdown)
    .filter((line) => line !== '')
    .join(between);
}

const wordJoiner = '\u2060';

function oneLine(text: string): string {
  return withoutHidden(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed()
    .trim();
}
