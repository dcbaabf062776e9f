import { maskExact } from './exact.ts';
import { withoutHidden } from './hidden.ts';
import { maskPairs } from './pairs.ts';
import { maskPersonal } from './personal.ts';
import { maskRows } from './rows.ts';
import { maskStatements } from './statements.ts';
import { maskAuth, maskTokens } from './tokens.ts';

/** Passes over one text: a mask can bring another thing to light, and a redacted text must stay what it is. */
const maxPasses = 4;

/**
 * The text fit for Slack, PagerDuty, logs and the audit: tokens, keys and passwords become `***` (behind the prefix that
 * tells their kind), personal data its kind (`[e-mail]`, `[phone]`, `[ssn]`, `[mrn]`, `[card]`, `[date of birth]`).
 * What `maskAlways` was told is masked whatever it looks like; characters that hide something are dropped. Else it goes by
 * the look of things: names of people pass. Linear in the text's length, and idempotent.
 */
export function redact(text: string): string {
  return settled(text, (part) => maskPersonal(secretsMasked(maskRows(part))));
}

/** As `redact`, but personal data stays: for what only its owner reads, such as mistakes in a configuration. */
export function redactSecrets(text: string): string {
  return settled(text, secretsMasked);
}

/** As `redactSecrets`, by the look alone: the address of a link must still lead somewhere. */
export function redactAddress(address: string): string {
  return masked(address, secretsMasked);
}

/** Whether a text carries a password or token in plain sight. */
export function holdsSecret(text: string): boolean {
  return maskTokens(text).replace(dsnPassword, '$1***') !== text || authHeader.test(text);
}

const dsnPassword = /((?:^|[\s?&;]|--)password=)[^\s&;]+/gi;
const authHeader = /^(?:bearer|basic) \S{6,}$/i;

function secretsMasked(text: string): string {
  return maskAuth(maskStatements(maskPairs(maskTokens(text))));
}

/** Nothing is ever masked in a text without any of these. */
const telling = /[\d@%=:'"`_./-]|bearer|basic|password|eyJ/i;

function settled(text: string, mask: (text: string) => string): string {
  return masked(maskExact(withoutHidden(text)), mask);
}

function masked(text: string, mask: (text: string) => string): string {
  if (!telling.test(text)) return text;
  let last = text;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const next = mask(last);
    if (next === last) return next;
    last = next;
  }
  return last;
}
