import { stripVTControlCharacters } from 'node:util';

/** Foreign text for a terminal: it can't move the cursor or colour anything, stays on its line and reads in its own direction. */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/\p{Bidi_Control}/gu, '');
}
