import { byLine, readDocument } from '../config/document.ts';
import { parseLeniently } from '../config/lenient.ts';
import type { ConfigProblem } from '../config/model.ts';
import { ConfigError } from '../config/problems.ts';
import { identifier } from '../config/schema/scalars.ts';
import { assembleSeverity } from './assemble.ts';
import { judgeSeverity } from './judge.ts';
import type { Severity } from './model.ts';
import { severityFile } from './schema.ts';

/** A severity's file as read from the disk. */
export interface SeverityText {
  /** The file's name without `.yml`. */
  id: string;
  /** Where it is, for messages. */
  file: string;
  text: string;
}

/** All severities, worst first. Throws `ConfigError` with every problem of every file. */
export function readSeverities(texts: readonly SeverityText[]): Severity[] {
  const problems: ConfigProblem[] = [];
  const read: Read[] = [];
  for (const text of texts) {
    try {
      const one = readSeverity(text);
      read.push(one);
      problems.push(...one.problems);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...sharedNames(read, 'rank'), ...sharedNames(read, 'label'));
  if (problems.length > 0) throw new ConfigError(inFileOrder(problems, texts));
  return read.flatMap(({ severity }) => severity ?? []).toSorted((a, b) => a.rank - b.rank);
}

interface Read {
  file: string;
  /** As written: a file with other mistakes takes its rank all the same. */
  raw: Record<string, unknown>;
  lineOf(key: string): number | undefined;
  /** Undefined where something that must be there is not. */
  severity: Severity | undefined;
  problems: ConfigProblem[];
}

function readSeverity({ id, file, text }: SeverityText): Read {
  const { value: raw, syntax, problemOf } = readDocument(text, file, 'a map with label, rank, criteria…');
  const named = identifier.safeParse(id);
  const read = parseLeniently(severityFile, raw, []);
  // A key with a mistake of its own is not judged further: what is left of it would only report echoes.
  const touched = new Set(read.mistakes.map(({ path }) => path[0]));
  const judged = read.value === undefined ? [] : judgeSeverity(read.value).filter(({ path }) => !touched.has(path[0]!));
  const mistakes = [...read.mistakes, ...judged];
  const problems = [...syntax, ...mistakes.map(problemOf)];
  if (!named.success) {
    const allowed = `a name such as p0.yml: ${named.error.issues[0]?.message ?? 'an id'}`;
    problems.push({ file, path: '', found: `a file named "${id}.yml"`, allowed });
  }
  return {
    file,
    raw,
    lineOf: (key) => problemOf({ path: [key], found: '', allowed: '' }).line,
    severity: read.value === undefined ? undefined : assembleSeverity(id, read.value),
    problems,
  };
}

/** Two files that say the same where each must say its own; the later one is the mistake. */
function sharedNames(read: readonly Read[], key: 'rank' | 'label'): ConfigProblem[] {
  const first = new Map<string, Read>();
  return read.flatMap((one) => {
    const value = one.raw[key];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const name = String(value).trim().toLowerCase();
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, one);
      return [];
    }
    const found = `${key} ${String(value)} again`;
    return [{ file: one.file, path: key, line: one.lineOf(key), found, allowed: `its own: ${before.file} has it` }];
  });
}

function inFileOrder(problems: readonly ConfigProblem[], texts: readonly SeverityText[]): ConfigProblem[] {
  const known = new Set(texts.map(({ file }) => file));
  return [...known].flatMap((file) => byLine(problems.filter((problem) => problem.file === file)));
}
