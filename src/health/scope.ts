import type { Check } from '../config/model.ts';
import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import { nearest } from '../kernel/nearest.ts';

/** What somebody asks about. */
export type Scope = { kind: 'all' } | NamedScope;
/** What is measured: also some checks alone; those that there are not are left out. */
export type Measured = Scope | { kind: 'several'; ids: readonly string[] };
export type NamedScope = { kind: 'group'; id: string } | { kind: 'check'; id: string };

/**
 * What a typed word means: a group or a check; where both have the name it is the group, and `group/check` is the check.
 * Throws OpsError `not_found` that says what is near.
 */
export function scopeNamed(typed: string, { checks }: { checks: readonly Pick<Check, 'id' | 'group'>[] }): NamedScope {
  const name = typed.toLowerCase();
  const groups = [...new Set(checks.map((check) => check.group))];
  const ids = checks.map((check) => check.id);
  const full = checks.find((check) => `${check.group}/${check.id}` === name);
  if (full) return { kind: 'check', id: full.id };
  if (groups.includes(name)) return { kind: 'group', id: name };
  if (ids.includes(name)) return { kind: 'check', id: name };
  const close = nearest(name, [...groups, ...ids, ...checks.map((check) => `${check.group}/${check.id}`)]);
  throw new OpsError('not_found', `There is no group or check "${echo(typed)}"`, {
    hint: close ? `Did you mean ${close}?` : `Groups: ${some(groups)}. Checks: ${some(ids)}.`,
  });
}

function some(names: string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} … and ${names.length - 12} more` : names.join(', ');
}
