import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { redactSecrets } from '../kernel/redact.ts';
import type { Path } from './mistake.ts';

/** A mistake in the YAML itself. */
interface SyntaxMistake {
  line: number;
  found: string;
  allowed: string;
}

/** A YAML text as plain data, with the way back to its lines. */
export interface YamlSource {
  value: unknown;
  mistakes: SyntaxMistake[];
  /** The data is not to be trusted beyond the mistakes listed: reading on would only report their echoes. */
  broken: boolean;
  /** The line (from 1) of a path, or of the nearest part of it that exists. */
  lineOf(path: Path): number;
}

/** Reads one YAML 1.2 document (with merge keys). Never throws: what is wrong is in `mistakes`. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const lineAt = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  const syntax = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY').toSorted(byPlace);
  const fatal = syntax.length > 0;
  // After the first, the parser is lost: what else it says are echoes of it.
  const told = fatal ? syntax.slice(0, 1) : [...document.errors, ...document.warnings];
  const mistakes: SyntaxMistake[] = told.map((error) => {
    const line = lineAt(error.pos[0]);
    const found = redactSecrets(error.message.split('\n')[0] ?? '');
    if (error.code === 'DUPLICATE_KEY') return { line, found, allowed: 'each key once' };
    return { line, found: fatal ? `${found}${quoted(text, line)}` : found, allowed: validYaml(text, line) };
  });
  const unfit = fatal ? [] : unusable(document, lineAt);
  mistakes.push(...unfit);
  const data: Data = fatal || unfit.length > 0 ? { kind: 'none' } : toData(document);
  if (data.kind === 'refused' && mistakes.length === 0) mistakes.push({ line: 1, ...data });
  return {
    value: data.kind === 'data' ? data.value : undefined,
    mistakes,
    broken: data.kind !== 'data',
    lineOf: (path) => lineAt(offsetOf(document, path)),
  };
}

function byPlace(a: { pos: [number, number] }, b: { pos: [number, number] }): number {
  return a.pos[0] - b.pos[0];
}

const quotedMost = 120;

/** The line and the one before it, as they stand in the file. */
function quoted(text: string, line: number): string {
  const first = Math.max(1, line - 1);
  const lines = text.split('\n').slice(first - 1, line);
  return lines
    .map((each, at) => `\n    ${first + at} | ${redactSecrets(each.trimEnd()).slice(0, quotedMost)}`)
    .join('');
}

/** Most syntax errors of people are values that YAML takes for something else (`@team`, `!reachable`, `#ops`), or lines at a wrong column. */
function validYaml(text: string, line: number): string {
  const near = text
    .split('\n')
    .slice(Math.max(0, line - 3), line)
    .join('\n');
  const value = /(?:[:,[]|^\s*-)\s+([!@#%`&*][^\s,\]}]*)/m.exec(near)?.[1];
  return value === undefined
    ? 'valid YAML: look at the indentation'
    : `valid YAML: a value that begins like ${value} needs quotes, "${value}"`;
}

type Data = { kind: 'data'; value: unknown } | { kind: 'refused'; found: string; allowed: string } | { kind: 'none' };

function toData(document: Document): Data {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An anchor inside itself makes endless data; serialising is the cheapest way to notice.
    JSON.stringify(value);
    return { kind: 'data', value };
  } catch (error) {
    const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return {
      kind: 'refused',
      found: redactSecrets(found),
      allowed: 'plain data: anchors without loops, at most 100 aliases',
    };
  }
}

/** What is valid YAML, but can't become plain data. */
function unusable(document: Document, lineAt: (offset: number | undefined) => number): SyntaxMistake[] {
  const mistakes: SyntaxMistake[] = [];
  visit(document, {
    Pair(_key, { key }) {
      if (!isCollection(key)) return;
      mistakes.push({
        line: lineAt(key.range?.[0]),
        found: 'a map or a list as a key',
        allowed: 'text as a key; quote values that begin with { or [',
      });
    },
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      mistakes.push({
        line: lineAt(alias.range?.[0]),
        found: `alias *${alias.source} without an anchor`,
        allowed: `an anchor &${alias.source} before it`,
      });
    },
  });
  return mistakes;
}

/** Where the path stands in the text: the key of a pair (of two alike the last, as in the data), the start of a list entry. */
function offsetOf(document: Document, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = (document.contents as Node | null)?.range?.[0];
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => (isScalar(key) ? String(key.value) : undefined) === String(part));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      if (node === undefined) return offset;
      offset = (node as Node).range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
