import { createHash } from 'node:crypto';
import type { ChecklistPorts } from './ports.ts';

/** `broken`: they have a mistake, and what held before still holds. */
export type FilesSeen = 'same' | 'changed' | 'broken';

/** Reads the files again if they changed. A mistake in them is told once, wherever it is seen first. */
export async function lookAtFiles(
  ports: Pick<ChecklistPorts, 'files' | 'log' | 'store' | 'announce'>,
): Promise<FilesSeen> {
  const { files, log, store, announce } = ports;
  const seen = await files.refresh();
  if (seen === 'changed') log.info('the checklists were read again');
  const problem = files.problem();
  if (seen !== 'broken' || problem === undefined) return seen;
  log.error({ problem }, 'the checklists have a mistake: what held before still holds');
  const key = `checklists:${createHash('sha256').update(problem).digest('hex').slice(0, 16)}`;
  const [first = '', ...more] = problem.split('\n');
  const head = 'A checklist was changed and has a mistake: what held before still holds';
  await store.transaction<unknown, unknown>((tx) => announce(tx, { key, lines: [head, first, ...more.slice(0, 8)] }));
  return seen;
}
