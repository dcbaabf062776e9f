import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';

/** Markdown files that operators write, by name. */
export interface Runbooks {
  /** The Markdown of runbook `name`. Throws OpsError('not_found') that says where to put the file. */
  read(name: string): Promise<string>;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;

/** Reads `<folder>/<name>.md`; the first folder that has it wins (the operator's own before the shipped ones). */
export function runbookFiles(folders: readonly string[]): Runbooks {
  return {
    async read(name) {
      if (!NAME.test(name))
        throw new OpsError('invalid', `"${echo(name)}" is not a runbook's name`, { hint: 'lower case, digits and -' });
      for (const folder of folders) {
        const text = await readFile(join(folder, `${name}.md`), 'utf8').catch(missing);
        if (text !== undefined) return text;
      }
      // Everyone in Slack reads this: where the server keeps its files is none of their business.
      throw new OpsError('not_found', `There is no runbook "${echo(name)}"`, {
        hint: `write templates/runbooks/${name}.md beside the config file`,
      });
    },
  };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
