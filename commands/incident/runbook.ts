import type { Reply } from '../../src/kernel/command.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { runbookPost } from '../../src/runbooks/views.ts';
import type { Context } from './meant.ts';

/** A runbook that a severity offers, for whoever asked; files that none names are not shown. */
export async function runbookOf({ services }: Context, name: string): Promise<Reply> {
  const { severities, runbooks } = services;
  if (!severities.some((severity) => severity.runbooks.includes(name)))
    throw new OpsError('not_found', `No severity has a runbook "${name}" any more`);
  const markdown = await runbooks.read(name);
  return { place: 'asker', slack: () => runbookPost(name, markdown), terminal: () => markdown };
}
