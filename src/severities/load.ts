import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConfigProblem } from '../config/model.ts';
import { ConfigError } from '../config/problems.ts';
import { errorCode } from '../config/secrets.ts';
import type { Severities } from './model.ts';
import { readSeverities, type SeverityText } from './read.ts';

/**
 * Reads the severities of the first folder that is there, a file `<id>.yml` each: the operator's own set replaces the
 * shipped one as a whole. Throws `ConfigError` with every problem of every file.
 */
export async function loadSeverities(folders: readonly string[]): Promise<Severities> {
  for (const folder of folders) {
    const names = await namesIn(folder);
    if (names !== undefined) return { folder, all: await readFolder(folder, names) };
  }
  throw problem(folders[0] ?? '', 'no such folder', 'a folder with a file for each severity');
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw problem(folder, `the folder can't be read (${errorCode(error)})`, 'a folder with a file for each severity');
  }
}

async function readFolder(folder: string, names: readonly string[]) {
  // A file that was meant and isn't read would be missed in the worst hour.
  const stray = names.filter((name) => name.endsWith('.yaml')).map((name) => strayFile(folder, name));
  const files = names.filter((name) => name.endsWith('.yml') && !name.startsWith('.'));
  if (files.length + stray.length === 0)
    throw problem(folder, 'a folder without severities', 'a file for each, such as p0.yml; or no such folder at all');
  const texts = await Promise.all(files.map((name) => readText(folder, name)));
  const unread = texts.flatMap((text) => ('found' in text ? [text] : []));
  try {
    const all = readSeverities(texts.flatMap((text) => ('found' in text ? [] : [text])));
    if (stray.length + unread.length === 0) return all;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...stray, ...unread, ...error.problems]);
  }
  throw new ConfigError([...stray, ...unread]);
}

async function readText(folder: string, name: string): Promise<SeverityText | ConfigProblem> {
  const file = join(folder, name);
  try {
    return { id: basename(name, '.yml'), file, text: await readFile(file, 'utf8') };
  } catch (error) {
    return { file, path: '', found: `the file can't be read (${errorCode(error)})`, allowed: 'a YAML file' };
  }
}

function strayFile(folder: string, name: string): ConfigProblem {
  const renamed = `${basename(name, '.yaml')}.yml`;
  return {
    file: join(folder, name),
    path: '',
    found: 'a file that ends in .yaml',
    allowed: `.yml: name it ${renamed}`,
  };
}

function problem(file: string, found: string, allowed: string): ConfigError {
  return new ConfigError([{ file, path: '', found, allowed }]);
}
