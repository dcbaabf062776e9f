/** What nobody sees and what changes how a text reads: it splits words that would be masked, and turns lines around. */

/** Marks, embeddings, overrides and isolates of direction: a text with them can be shown backwards. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const zeroWidth = '\\u00ad\\u034f\\u180e\\u200b-\\u200d\\u2060-\\u2064\\ufeff\\u{e0000}-\\u{e007f}';
/** Beside other letters than ASCII's they may be needed: in emoji of several parts, in Persian and Indic scripts. */
const needless = new RegExp(`(?<![^\\0-\\x7f])[${zeroWidth}]+(?![^\\0-\\x7f])`, 'gu');
const any = new RegExp(`[${zeroWidth}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]`, 'u');

/** The text without characters that hide something. What `escapeSlack` puts into addresses stays. Linear. */
export function withoutHidden(text: string): string {
  if (!any.test(text)) return text;
  return text
    .replace(directions, '')
    .replace(needless, (run, at: number, whole: string) =>
      run.includes(joiner) && isJoined(whole, at, run) ? joiner : '',
    );
}

const joiner = '\u2060';

function isJoined(text: string, at: number, run: string): boolean {
  const before = text.slice(Math.max(0, at - 8), at);
  if (before.endsWith('@')) return true;
  return (
    before.endsWith(':') && (text.startsWith('//', at + run.length) || /\b(?:mailto|tel|sms|callto):$/i.test(before))
  );
}
