/** Where in the document: map keys and list positions. */
export type Path = readonly (string | number)[];

/** A mistake before it has a file and a line. */
export interface Mistake {
  path: Path;
  found: string;
  allowed: string;
  check?: string;
}

/** A value read as far as it could be, and what was wrong with the rest. */
export interface Read<T> {
  value: T;
  mistakes: Mistake[];
}

/** `['checks', 3, 'http', 'url']` → `checks[3].http.url`. */
export function dotted(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

/** The value at a path, undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (!isContainer(current)) return undefined;
    current = Object.hasOwn(current, part) ? current[part] : undefined;
  }
  return current;
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A map as YAML gives it: not a list, not null. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value);
}
