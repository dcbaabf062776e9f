import { stripVTControlCharacters } from 'node:util';
import type { Reveal } from '../../kernel/secret.ts';
import { Secret } from '../../kernel/secret.ts';

/** Rewrites text that came from outside before it becomes a fact or a message. */
export type Redact = (text: string) => string;

/** Below this a secret can't be told from ordinary text; replacing it would only shred the text. */
const shortestSecret = 4;

/** Replaces each secret's value, where a system echoes it, by the secret's name. Plain strings stay. */
export function redactor(values: Iterable<string | Secret>, reveal: Reveal): Redact {
  const secrets = [...values]
    .filter((value) => value instanceof Secret)
    .map((secret) => ({ value: reveal(secret), shown: secret.toString() }))
    .filter(({ value }) => value.length >= shortestSecret);
  return (text) => secrets.reduce((masked, { value, shown }) => masked.replaceAll(value, shown), text);
}

const controls = /(?![\t\n])\p{Cc}/gu;

/** All of a text, without colours, control characters and broken surrogates: a part could hide what a rule looks for. */
export function wholeText(text: string): string {
  return cleanText(text, Number.POSITIVE_INFINITY);
}

/** At most `maxChars` characters, without colours, control characters and broken surrogates: fit for JSON, SQL and Slack. */
export function cleanText(text: string, maxChars: number): string {
  // Colours first: cut in the middle, one would leave its rest behind.
  const plain = stripVTControlCharacters(text.slice(0, maxChars * 4)).replace(controls, '');
  return plain.slice(0, maxChars).toWellFormed();
}
