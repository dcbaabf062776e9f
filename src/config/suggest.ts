import { closest, distance } from 'fastest-levenshtein';

/** The nearest of the known names, if it is near enough to be a typo. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name.toLowerCase(), known as string[]);
  const limit = Math.max(2, Math.floor(name.length / 3));
  return distance(name.toLowerCase(), candidate.toLowerCase()) <= limit ? candidate : undefined;
}

/** `a, b, c — did you mean b?`; long lists are cut after `most` names. */
export function listWithGuess(name: string, known: readonly string[], most = 40): string {
  const shown = known.slice(0, most).join(', ') + (known.length > most ? ` and ${known.length - most} more` : '');
  const guess = nearest(name, known);
  return guess === undefined ? shown : `${shown} — did you mean ${guess}?`;
}
