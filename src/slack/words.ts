/** What a person typed, as Slack delivers it, turned into plain words. Pure. */

/** Splits at blanks; `"a b"` and `'a b'` (straight or curly) keep blanks; an open quote runs to the end. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let closing: string | undefined;
  for (const char of text) {
    if (closing) {
      if (char === closing) closing = undefined;
      else word = (word ?? '') + char;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (word === undefined && char in quotes) {
      closing = quotes[char];
      word = '';
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

const quotes: Record<string, string> = { '"': '"', "'": "'", '“': '”', '‘': '’' };

/** Undoes what Slack does to typed text: `&amp;`, and links made of bare names (`<http://api.example|api.example>`). */
export function plainText(text: string): string {
  return text
    .replace(/<(?:https?:\/\/|mailto:)[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<((?:https?:\/\/|mailto:)[^|>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The words behind the bot's mention: everything up to and including the first `<@BOT>` is dropped. */
export function wordsOfMention(text: string, botUserId: string): string[] {
  const mention = new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`);
  const at = mention.exec(text);
  return splitWords(plainText(at ? text.slice(at.index + at[0].length) : text));
}
