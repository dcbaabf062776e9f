import { cleanText } from './text.ts';

/** More names than this are read by nobody; their number is a fact of its own. */
const mostNames = 20;
const longestName = 200;

/** Names from outside as a fact: cleaned, the first 20, then `and 5 more`. */
export function few(names: readonly string[]): string[] {
  const shown = names.slice(0, mostNames).map((name) => cleanText(name, longestName));
  return names.length > mostNames ? [...shown, `and ${names.length - mostNames} more`] : shown;
}
