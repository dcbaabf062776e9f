import { byLine, readDocument } from '../config/document.ts';
import { parse } from '../config/issues.ts';
import { parseLeniently } from '../config/lenient.ts';
import { isMap, type Mistake } from '../config/mistake.ts';
import type { ConfigProblem } from '../config/model.ts';
import { ConfigError } from '../config/problems.ts';
import { identifier } from '../config/schema/scalars.ts';
import { listWithGuess } from '../config/suggest.ts';
import type { FileText } from '../live/folder.ts';
import { type ReportFileKeys, reportFile } from './schema.ts';
import type { ReportSection } from './section.ts';

/** A section as a file asks for it; `key` is its place among those of the same name: `metrics`, `metrics.2`. */
export interface PlannedSection {
  key: string;
  section: ReportSection;
  options: unknown;
}

/** A report's file. */
export interface ReportFile extends Omit<ReportFileKeys, 'sections'> {
  name: string;
  file: string;
  /** The operator's, not the shipped one. */
  own: boolean;
  sections: PlannedSection[];
}

/** Reads a report's file. Throws `ConfigError` with every problem in it. */
export function reportReader(sections: readonly ReportSection[]): (text: FileText) => ReportFile {
  const known = new Map(sections.map((section) => [section.name, section]));
  return ({ id, file, text, own }) => {
    const { value: raw, syntax, problemOf } = readDocument(text, file, 'a map with title, schedule, sections…');
    const read = parseLeniently(reportFile, raw, []);
    const planned = sectionsOf(raw.sections, known);
    const problems = [...syntax, ...[...read.mistakes, ...planned.mistakes].map(problemOf)];
    const named = identifier.safeParse(id);
    if (!named.success) problems.push(wrongName(file, id, named.error.issues[0]?.message));
    if (problems.length > 0 || read.value === undefined) throw new ConfigError(byLine(problems));
    return { ...read.value, name: id, file, own, sections: planned.value };
  };
}

function sectionsOf(raw: unknown, known: ReadonlyMap<string, ReportSection>) {
  const value: PlannedSection[] = [];
  const mistakes: Mistake[] = [];
  const names = [...known.keys()];
  if (!Array.isArray(raw) || raw.length === 0) {
    const found = raw === undefined ? 'no sections' : 'something else';
    mistakes.push({ path: ['sections'], found, allowed: `a list of sections: ${names.join(', ')}` });
    return { value, mistakes };
  }
  for (const [at, entry] of raw.entries()) {
    const [name, options] = nameAndOptions(entry);
    const section = name === undefined ? undefined : known.get(name);
    if (section === undefined) {
      const found = name === undefined ? 'no name of a section' : `"${name}"`;
      mistakes.push({ path: ['sections', at], found, allowed: listWithGuess(name ?? '', names) });
      continue;
    }
    const read = parse(section.options, options ?? {}, [
      'sections',
      at,
      ...(options === undefined ? [] : [section.name]),
    ]);
    if (!read.ok) mistakes.push(...read.mistakes);
    else value.push({ key: keyOf(section.name, value), section, options: read.value });
  }
  return { value, mistakes };
}

/** `metrics`, or `metrics: {…}`. */
function nameAndOptions(entry: unknown): [name: string | undefined, options: unknown] {
  if (typeof entry === 'string') return [entry, undefined];
  if (!isMap(entry)) return [undefined, undefined];
  const [[name, options] = [], ...rest] = Object.entries(entry);
  return rest.length === 0 ? [name, options ?? undefined] : [undefined, undefined];
}

function keyOf(name: string, before: readonly PlannedSection[]): string {
  const count = before.filter(({ section }) => section.name === name).length;
  return count === 0 ? name : `${name}.${count + 1}`;
}

function wrongName(file: string, id: string, why = 'an id'): ConfigProblem {
  return { file, path: '', found: `a file named "${id}.yml"`, allowed: `a name such as morning.yml: ${why}` };
}
