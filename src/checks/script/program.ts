import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Site } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';

/**
 * The real path of a program that may be run: inside one of the allowed folders after every link is resolved.
 * Throws Unmeasured('misconfigured') that says what is allowed.
 */
export async function allowedProgram(program: string, site: Site): Promise<string> {
  const path = resolve(site.dir, program);
  const file = await resolved(path);
  if (file === undefined)
    throw new Unmeasured('misconfigured', `script ${program}: there is no ${path}`, { next: allowed(site) });
  const folders = await Promise.all(site.scriptDirs.map(resolved));
  if (!folders.some((folder) => folder !== undefined && contains(folder, file))) {
    const link = file === path ? '' : ` (really ${file})`;
    throw new Unmeasured('misconfigured', `script ${program}${link} may not be run`, { next: allowed(site) });
  }
  if (!(await stat(file)).isFile()) throw new Unmeasured('misconfigured', `script ${program} is not a file`);
  try {
    await access(file, constants.X_OK);
  } catch (cause) {
    throw new Unmeasured('misconfigured', `script ${program} is not executable`, { next: `chmod +x ${path}`, cause });
  }
  return file;
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function contains(folder: string, file: string): boolean {
  const inside = relative(folder, file);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function allowed(site: Site): string {
  if (site.scriptDirs.length === 0)
    return 'no folder is allowed for scripts yet: say scripts: {allow: [./checks]} in ops.yml';
  return `put it into an allowed folder: ${site.scriptDirs.join(', ')}`;
}
