import type { Filed } from './checklists/ports.ts';
import { readChecklist } from './checklists/read.ts';
import { compileCondition } from './conditions/compile.ts';
import type { Ops } from './config/model.ts';
import { type LiveFolder, openFolder } from './live/folder.ts';
import { checklistFolders } from './registry.ts';

/** The checklists beside ops.yml and the shipped ones. Throws `ConfigError` with every problem of every file. */
export function openChecklistFiles({ dir, checks }: Pick<Ops, 'dir' | 'checks'>): Promise<LiveFolder<Filed>> {
  return openFolder(checklistFolders(dir), (file) => ({
    checklist: readChecklist(file, { checks, compile: compileCondition }),
    own: file.own,
  }));
}
