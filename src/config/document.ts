import { dotted, isMap, type Mistake } from './mistake.ts';
import type { ConfigProblem } from './model.ts';
import { ConfigError } from './problems.ts';
import { shown } from './redact.ts';
import { readYaml } from './yaml.ts';

/** A config file as plain data, with the way from a mistake in it to a problem with file and line. */
interface ConfigDocument {
  value: Record<string, unknown>;
  /** What is wrong with the YAML itself; the data can be used all the same. */
  syntax: ConfigProblem[];
  problemOf(mistake: Mistake): ConfigProblem;
}

/** Reads the YAML of a config file; `wanted` says what it should hold. Throws `ConfigError` when it holds no map. */
export function readDocument(text: string, file: string, wanted: string): ConfigDocument {
  const source = readYaml(text);
  const syntax = source.mistakes.map((mistake): ConfigProblem => ({ file, path: '', ...mistake }));
  if (source.broken) throw new ConfigError(syntax);
  if (!isMap(source.value)) {
    const found = source.value === null ? 'an empty file' : shown(source.value);
    throw new ConfigError([...syntax, { file, path: '', line: 1, found, allowed: wanted }]);
  }
  return {
    value: source.value,
    syntax,
    problemOf: ({ path, ...mistake }) => ({ file, path: dotted(path), line: source.lineOf(path), ...mistake }),
  };
}

/** In the order of their lines. */
export function byLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
