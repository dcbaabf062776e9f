import { z } from 'zod';
import { plainOrSecret } from '../../kernel/secret.ts';
import { factName } from '../facts/name.ts';

export const ownFacts = ['exit_code', 'text', 'long_text', 'duration_ms', 'perfdata'];

const word = z.union([z.string(), z.number().transform(String)]).refine((text) => !text.includes('\0'), 'no NUL');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name such as PGHOST');

export const scriptParams = z.strictObject({
  run: z
    .tuple([z.string().min(1)], word)
    .meta({ title: 'list of words' })
    .describe('program, relative to ops.yml and inside `scripts.allow`, then its arguments; no shell reads them'),
  env: z
    .record(variable, plainOrSecret)
    .default({})
    .describe('all that the program sees of the environment, beside PATH and LANG'),
  facts: z
    .record(factName(ownFacts), z.enum(['number', 'counter']))
    .default({})
    .describe('perfdata labels that rules read (`/var/log` is `var_log`); counter adds NAME_per_second'),
});

export type ScriptTarget = z.output<typeof scriptParams>;
