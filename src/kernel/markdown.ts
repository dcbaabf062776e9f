import { withoutHidden } from './redact.ts';

/**
 * Foreign text as plain text of a Markdown file, on one line: no mark, no HTML, no picture, nobody is mentioned where the file
 * is shown. An address that stands by itself stays a link: what it leads to is what can be seen.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .split(address)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('')
    .replace(/^([-+=:]|\d{1,9}(?=[.)]))/, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`));
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
/** Only characters that mean nothing within an address, up to a blank: nothing before or behind it is swallowed. */
const address = /(?<=^|\s)(https?:\/\/[\w./?=&%#~+,:-]+)(?=\s|$)/i;

function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~&#!$^{}]|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/@(?=[\p{L}\p{N}])/gu, `@${wordJoiner}`);
}

function oneLine(text: string): string {
  return withoutHidden(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed()
    .trim();
}
