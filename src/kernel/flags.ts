import { type ParseArgsConfig, parseArgs } from 'node:util';
import { OpsError } from './errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * `--account shop`, `--force` and plain words, as a command declares them. Slack makes `—` of `--`. Throws OpsError `invalid`
 * with the usage for a flag that it does not take, or one without its value.
 */
export function readFlags<const O extends Options>(args: readonly string[], options: O, usage: string) {
  const typed = args.map((word) => word.replace(/^—(?=\w)/, '--'));
  try {
    return parseArgs({ args: typed, options, allowPositionals: true, strict: true });
  } catch (error) {
    const [said] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    throw new OpsError('invalid', said ?? 'these words are not understood', { hint: `usage: ${usage}` });
  }
}
