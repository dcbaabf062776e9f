import { stripVTControlCharacters } from 'node:util';

/** Foreign text for a terminal: it can't move the cursor or colour the terminal, and stays on its line. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
