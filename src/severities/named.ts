import { likelyName } from '../config/suggest.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Severity } from './model.ts';

/**
 * The severity that a person named: by its id (`p0`), its label, a word that only its label has (`critical`), or its number
 * (`P0`, `sev0`, `0`), in any case. Throws OpsError('not_found') that says which there are and which was likely meant.
 */
export function severityNamed(severities: readonly Severity[], text: string): Severity {
  const word = text.trim().toLowerCase();
  const found =
    severities.find(({ id }) => id === word) ??
    severities.find(({ label }) => label.toLowerCase() === word) ??
    only(severities.filter((severity) => wordsOf(severity).includes(word))) ??
    numbered(severities, word);
  if (found !== undefined) return found;
  const known = severities.flatMap((severity) => [severity.id, ...wordsOf(severity)]);
  const guess = likelyName(word, [...new Set(known)]);
  const list = severities.map(({ id, label }) => (id === label.toLowerCase() ? label : `${id} (${label})`)).join(', ');
  const hint = `one of ${list}${guess === undefined ? '' : ` — did you mean ${guess}?`}`;
  throw new OpsError('not_found', `There is no severity "${short(text)}"`, { hint });
}

/** Words of labels: `P0 Critical` → p0, critical. */
function wordsOf({ label }: Severity): string[] {
  return label.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Ids that carry numbers say what a number means (Holi's P1 is its worst); where none does, the rank is the number. */
function numbered(severities: readonly Severity[], word: string): Severity | undefined {
  const number = /^(?:p|s|sev|severity)?-?(\d{1,2})$/.exec(word)?.[1];
  if (number === undefined) return undefined;
  const byId = severities.map((severity) => ({ severity, number: /\d+$/.exec(severity.id)?.[0] }));
  const numbers = byId.some((one) => one.number !== undefined)
    ? byId
    : severities.map((severity) => ({ severity, number: String(severity.rank) }));
  return only(numbers.filter((one) => Number(one.number) === Number(number)))?.severity;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function short(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 40 ? `${trimmed.slice(0, 39)}…` : trimmed;
}
