import type { z } from 'zod';
import type { Mistake, Path } from './mistake.ts';
import { valueAt } from './mistake.ts';
import { shown } from './redact.ts';
import { keysAt } from './schema-keys.ts';
import { listWithGuess } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Parses and words every issue as a mistake. A schema's own message is taken as what is allowed. */
export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  base: Path,
): { ok: true; value: z.output<S> } | { ok: false; mistakes: Mistake[]; issues: readonly Issue[] } {
  const result = schema.safeParse(value, { error: allowedFor });
  if (result.success) return { ok: true, value: result.data };
  const { issues } = result.error;
  return { ok: false, mistakes: mistakesOf(issues, schema, value, base), issues };
}

/** The issues of one parse of `value`, which stands at `base` in the document. */
function mistakesOf(issues: readonly Issue[], schema: z.ZodType, value: unknown, base: Path): Mistake[] {
  return issues.flatMap((issue) => mistakesOfIssue(issue, schema, value, base));
}

function mistakesOfIssue(issue: Issue, schema: z.ZodType, value: unknown, base: Path): Mistake[] {
  const inner = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const path = [...base, ...inner];
  const here = valueAt(value, inner);
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(schema, inner);
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: `unknown key "${key}"`,
      allowed: keys.length === 0 ? 'no such key' : listWithGuess(key, keys),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = likeliestBranch(issue.errors);
    if (branch !== undefined) {
      const moved = branch.map((part) => ({ ...part, path: [...issue.path, ...part.path] }));
      return mistakesOf(moved, schema, value, base);
    }
    return [{ path, found: shown(here, path.at(-1)), allowed: allowedOf(issue) }];
  }
  if (issue.code === 'invalid_key') {
    const allowed = issue.issues.map((part) => part.message).join(', and ');
    return [{ path, found: `key "${String(path.at(-1))}"`, allowed: `as a key: ${allowed}` }];
  }
  return [{ path, found: shown(here, path.at(-1)), allowed: issue.message }];
}

/** A schema's own words, else those of all variants of a union. */
function allowedOf(issue: Issue): string {
  if (issue.code !== 'invalid_union' || issue.message !== anotherValue) return issue.message;
  const variants = issue.errors.map((errors) => (errors[0] === undefined ? anotherValue : allowedOf(errors[0])));
  return [...new Set(variants)].join(', or ');
}

const anotherValue = 'another value';

/** The variant that the writer meant: one that fails deeper than "this is the wrong kind of value". */
function likeliestBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const inside = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  return inside.toSorted((a, b) => a.length - b.length)[0];
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  array: 'a list',
  tuple: 'a list such as [./checks/disk-free, "/"]',
};

/** What is allowed, in words, where the schema gives no message of its own. */
function allowedFor(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[String(issue.expected)] ?? String(issue.expected);
    case 'invalid_value': {
      const values = (issue.values ?? []).map(String);
      const list = typeof issue.input === 'string' ? listWithGuess(issue.input, values) : values.join(', ');
      return values.length === 1 ? list : `one of ${list}`;
    }
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return formats[String(issue.format)] ?? `text that matches ${String(issue.pattern ?? issue.format)}`;
    default:
      return anotherValue;
  }
}

const formats: Record<string, string> = {
  email: 'an e-mail address',
  url: 'a URL such as https://api.example.com/health',
};

function bound(origin: unknown, word: string, limit: unknown): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  return `${word} ${String(limit)}${unit}`;
}
