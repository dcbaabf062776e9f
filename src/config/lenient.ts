import type { z } from 'zod';
import { parse } from './issues.ts';
import type { Path, Read } from './mistake.ts';
import { valueAt } from './mistake.ts';

/**
 * Parses a value; where parts are wrong, reports them all and returns what is left without them, so that one mistake
 * doesn't hide the next. `value` is undefined when nothing could be kept.
 */
export function parseLeniently<S extends z.ZodType>(
  schema: S,
  value: unknown,
  base: Path,
): Read<z.output<S> | undefined> {
  const first = parse(schema, value, base);
  if (first.ok) return { value: first.value, mistakes: [] };
  const kept = structuredClone(value);
  let issues = first.issues;
  // Each round cuts one level higher: a required key that is missing can only be mended by leaving its map out.
  for (let up = 0; up < 8; up += 1) {
    for (const issue of issues.toReversed()) {
      if (issue.path.length <= up && issue.code !== 'unrecognized_keys')
        return { value: undefined, mistakes: first.mistakes };
      cut(kept, issue, up);
    }
    const again = parse(schema, kept, base);
    if (again.ok) return { value: again.value, mistakes: first.mistakes };
    issues = again.issues;
  }
  return { value: undefined, mistakes: first.mistakes };
}

function cut(value: unknown, issue: z.core.$ZodIssue, up: number): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) remove(value, [...issue.path, key]);
  } else {
    remove(value, issue.path.slice(0, issue.path.length - up));
  }
}

function remove(value: unknown, path: readonly PropertyKey[]): void {
  const parent = valueAt(value, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || typeof parent !== 'object' || parent === null) return;
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else Reflect.deleteProperty(parent, last);
}
