import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { CheckEntry } from './checks.ts';
import { type Mistake, valueAt } from './mistake.ts';

/**
 * `script` checks whose program, by its path, lies outside the allowed folders. The probe looks again at each run,
 * links resolved.
 */
export function findStrayScripts(entries: readonly CheckEntry[], dir: string, allowed: readonly string[]): Mistake[] {
  return entries.flatMap(({ check, path }): Mistake[] => {
    if (check?.type !== 'script') return [];
    const program = valueAt(check.target, ['run', 0]);
    if (typeof program !== 'string') return [];
    const file = resolve(dir, program);
    if (allowed.some((folder) => contains(resolve(dir, folder), file) || contains(real(resolve(dir, folder)), file)))
      return [];
    const folders = allowed.length === 0 ? 'no folder yet: name one under scripts.allow' : allowed.join(', ');
    const found = `${program}, outside the allowed folders`;
    return [{ path: [...path, 'script', 'run', 0], check: check.id, found, allowed: `a program inside ${folders}` }];
  });
}

function contains(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

/** The folder itself where it is reached through a link: an absolute path may name either. */
function real(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}
