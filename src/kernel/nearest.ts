import { closest, distance } from 'fastest-levenshtein';

/** The name that `word` most likely meant, or undefined when none is close: at most a third of its letters differ. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (!names.length) return undefined;
  const best = closest(word.toLowerCase(), names);
  return distance(word.toLowerCase(), best) <= Math.max(1, Math.ceil(word.length / 3)) ? best : undefined;
}
