import { z } from 'zod';

/** Words that mean something in a condition and so can't be the name of a fact. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

/** A fact's name that an operator declares: usable in a condition, and not one of the check's own. */
export function factName(own: readonly string[]) {
  return z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _, such as failed_logins')
    .refine((name) => !reserved.has(name), 'a name that is not a word of the condition language')
    .refine((name) => !own.includes(name), `a name other than ${own.join(', ')}`);
}
