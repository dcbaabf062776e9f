import { z } from 'zod';
import type { CheckType } from '../kernel/check.ts';
import { findInlineSecrets } from './inline-secrets.ts';
import { parse } from './issues.ts';
import { dotted, type Mistake, type Path, type Read } from './mistake.ts';
import { checkFieldNames } from './schema/checks.ts';
import { likelyName, listWithGuess } from './suggest.ts';

/** Which check type an entry names: the one key that is none of a check's own. */
export function pickType(
  raw: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, CheckType>,
  path: Path,
): Read<CheckType | undefined> {
  const others = Object.keys(raw).filter((key) => !checkFieldNames.includes(key));
  const named = others.flatMap((key) => types.get(key) ?? []);
  const names = [...types.keys()];
  const mistakes: Mistake[] = others
    .filter((key) => !types.has(key))
    .map((key) => {
      const isTypo = likelyName(key, checkFieldNames) !== undefined;
      const known = named.length > 0 || isTypo ? [...checkFieldNames, ...(isTypo ? [] : names)] : names;
      const found = known === names ? `unknown check type "${key}"` : `unknown key "${key}"`;
      return { path: [...path, key], found, allowed: listWithGuess(key, known) };
    });
  if (named.length > 1) {
    const found = `${named.length} check types: ${named.map(({ type }) => type).join(', ')}`;
    mistakes.push({ path: [...path, named[1]!.type], found, allowed: 'one type a check: make it two checks' });
  }
  if (named.length === 0 && !mistakes.some(({ found }) => found.startsWith('unknown check type'))) {
    mistakes.push({ path, found: 'no check type', allowed: `one of ${names.join(', ')}` });
  }
  return { value: named.length === 1 ? named[0] : undefined, mistakes };
}

/** The parsed parameters of a check type; `undefined` (with mistakes) when they don't fit. */
export function readTarget(type: CheckType, params: unknown, path: Path): Read<{ target: unknown } | undefined> {
  const secrets = findInlineSecrets(params, path);
  const result = parse(strict(type.params), params ?? {}, path);
  if (result.ok) return { value: secrets.length === 0 ? { target: result.value } : undefined, mistakes: secrets };
  // A key that isn't allowed at all is told as that; else the secret in plain text is what is wrong with the value.
  const strangers = new Set(
    result.mistakes.filter(({ found }) => found.startsWith('unknown key')).map(({ path: at }) => dotted(at)),
  );
  const inline = secrets.filter((mistake) => !strangers.has(dotted(mistake.path)));
  const reported = new Set(inline.map((mistake) => dotted(mistake.path)));
  const rest = result.mistakes.filter((mistake) => !reported.has(dotted(mistake.path)));
  return { value: undefined, mistakes: [...inline, ...rest] };
}

/** A type whose schema would drop unknown keys in silence refuses them all the same. */
function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;
}
