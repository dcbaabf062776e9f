import { nearest } from '../kernel/nearest.ts';

/** The known name that was likely meant: near enough to be a typo, or one that begins with what was written. */
export function likelyName(name: string, known: readonly string[]): string | undefined {
  const word = name.toLowerCase();
  const lower = known.map((other) => other.toLowerCase());
  const typo = nearest(word, lower);
  if (typo !== undefined) return known[lower.indexOf(typo)];
  return word.length < 3 ? undefined : known.find((_, at) => lower[at]?.startsWith(word));
}

/** `a, b, c — did you mean b?`; long lists are cut after `most` names. */
export function listWithGuess(name: string, known: readonly string[], most = 40): string {
  const shown = known.slice(0, most).join(', ') + (known.length > most ? ` and ${known.length - most} more` : '');
  const guess = likelyName(name, known);
  return guess === undefined ? shown : `${shown} — did you mean ${guess}?`;
}
