import { z } from 'zod';
import { plainOrSecret } from '../../kernel/secret.ts';
import { factName } from '../facts/name.ts';

export const ownFacts = ['exit_code', 'text', 'long_text', 'duration_ms', 'perfdata'];

const word = z.union([z.string(), z.number().transform(String)]).refine((text) => !text.includes('\0'), 'no NUL');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name such as PGHOST');

export const scriptParams = z.strictObject({
  /** The program, relative to the config's folder, and its arguments. No shell reads them. */
  run: z.tuple([z.string().min(1)], word),
  env: z.record(variable, plainOrSecret).default({}),
  /** Perfdata labels that rules read; a label such as `/var/log` is declared as `var_log`. */
  facts: z.record(factName(ownFacts), z.enum(['number', 'counter'])).default({}),
});

export type ScriptTarget = z.output<typeof scriptParams>;
