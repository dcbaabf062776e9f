const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cuts a text to `max` UTF-16 units, ending in `…`, never inside what a person sees as one character. UTF-16 units are never
 * fewer than code points, so it fits however the other side counts characters. Pure.
 */
export function cutAtGrapheme(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  // Twice the room is enough to see where the last character that fits ends.
  for (const { index, segment } of graphemes.segment(text.slice(0, max * 2))) {
    if (index + segment.length > max - 1) break;
    end = index + segment.length;
  }
  // One "character" can be a letter under a thousand marks.
  return `${text.slice(0, end || max - 1).toWellFormed()}…`;
}

/** A text on one line, without control characters and halves of characters, which a phone can't show and JSON can't carry. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
