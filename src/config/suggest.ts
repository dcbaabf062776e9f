import { nearest } from '../kernel/nearest.ts';

/** The known name that was likely meant: near enough to be a typo, or one that begins with what was written. */
export function likelyName(name: string, known: readonly string[]): string | undefined {
  const typo = nearest(name, known);
  if (typo !== undefined || name.length < 3) return typo;
  return known.find((other) => other.startsWith(name.toLowerCase()));
}

/** `a, b, c — did you mean b?`; long lists are cut after `most` names. */
export function listWithGuess(name: string, known: readonly string[], most = 40): string {
  const shown = known.slice(0, most).join(', ') + (known.length > most ? ` and ${known.length - most} more` : '');
  const guess = likelyName(name, known);
  return guess === undefined ? shown : `${shown} — did you mean ${guess}?`;
}
