import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConfigProblem } from '../config/model.ts';
import { ConfigError, formatProblems } from '../config/problems.ts';
import { errorCode } from '../config/secrets.ts';

/** A file as read from the disk. */
export interface FileText {
  /** The file's name without `.yml`. */
  id: string;
  /** Where it is, for messages. */
  file: string;
  text: string;
  /** It is the operator's, not the shipped one. */
  own: boolean;
}

/** Files that operators edit while Rounds runs: what is read last without a mistake holds. */
export interface LiveFolder<T> {
  /** By the names of their files. */
  all(): ReadonlyMap<string, T>;
  /** What is wrong with the files as they are now, a line each; undefined = what they say holds. */
  problem(): string | undefined;
  /** Reads them again if they changed; `broken` = they have a mistake, and what held before still holds. */
  refresh(): Promise<'same' | 'changed' | 'broken'>;
}

/**
 * Opens folders of `.yml` files, a file of the first (the operator's) in place of the one of the same name in the others.
 * `read` makes of each what it says, and throws `ConfigError`. Throws `ConfigError` with every problem of every file.
 */
export async function openFolder<T>(
  folders: readonly string[],
  read: (file: FileText) => T,
  check: (all: ReadonlyMap<string, T>) => readonly ConfigProblem[] = () => [],
): Promise<LiveFolder<T>> {
  let seen: string | undefined = await signatureOf(folders);
  let held = readAll(await textsIn(folders), read, check);
  let problem: string | undefined;
  return {
    all: () => held,
    problem: () => problem,
    async refresh() {
      let now: string | undefined;
      try {
        now = await signatureOf(folders);
        if (now === seen) return 'same';
        seen = now;
        held = readAll(await textsIn(folders), read, check);
        problem = undefined;
        return 'changed';
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        seen = now;
        const found = formatProblems(error.problems);
        // A folder that can't be read looks the same at every look.
        if (found === problem) return 'same';
        problem = found;
        return 'broken';
      }
    },
  };
}

function readAll<T>(
  texts: readonly (FileText | ConfigProblem)[],
  read: (file: FileText) => T,
  check: (all: ReadonlyMap<string, T>) => readonly ConfigProblem[],
): ReadonlyMap<string, T> {
  const problems: ConfigProblem[] = [];
  const all = new Map<string, T>();
  for (const text of texts) {
    try {
      if ('found' in text) problems.push(text);
      else all.set(text.id, read(text));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length === 0) problems.push(...check(all));
  if (problems.length > 0) throw new ConfigError(problems);
  return all;
}

async function textsIn(folders: readonly string[]): Promise<(FileText | ConfigProblem)[]> {
  const found = new Map<string, FileText | ConfigProblem>();
  for (const [at, folder] of folders.entries()) {
    for (const name of await namesIn(folder)) {
      const id = basename(name).replace(/\.ya?ml$/, '');
      if (!found.has(id)) found.set(id, await textOf(folder, name, { id, own: at < folders.length - 1 }));
    }
  }
  return [...found].toSorted(([a], [b]) => a.localeCompare(b)).map(([, text]) => text);
}

async function textOf(
  folder: string,
  name: string,
  of: Pick<FileText, 'id' | 'own'>,
): Promise<FileText | ConfigProblem> {
  const file = join(folder, name);
  // A file that was meant and isn't read would be missed when its time comes.
  if (name.endsWith('.yaml'))
    return { file, path: '', found: 'a file that ends in .yaml', allowed: `.yml: name it ${of.id}.yml` };
  try {
    return { ...of, file, text: await readFile(file, 'utf8') };
  } catch (error) {
    return { file, path: '', found: `the file can't be read (${errorCode(error)})`, allowed: 'a YAML file' };
  }
}

/** Changes with any file's content, as far as its size and times tell. */
async function signatureOf(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    for (const name of await namesIn(folder)) {
      // One that went away since it was listed changes the signature, too.
      const at = await stat(join(folder, name)).catch(() => undefined);
      parts.push(`${folder}/${name} ${at?.size} ${at?.mtimeMs} ${at?.ino}`);
    }
  }
  return parts.join('\n');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    const allowed = 'a folder with a file for each';
    throw new ConfigError([
      { file: folder, path: '', found: `the folder can't be read (${errorCode(error)})`, allowed },
    ]);
  }
}
