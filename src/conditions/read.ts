import type { FactSpec, FactSpecs, Facts } from '../kernel/check.ts';
import type { Usuals } from './model.ts';
import { type Bad, describe, isObject, kindOf, type Read, unknown, value } from './value.ts';

/** What a condition can see while it is evaluated. */
export interface Scope {
  facts: Facts;
  specs: FactSpecs;
  /** For `baseline(fact)`. */
  usuals: Usuals;
  /** Variables of `exists(s, …)` and its like: the element, and how a reader finds it (`json.services[1]`). */
  bound: ReadonlyMap<string, { value: unknown; path: string }>;
}

/** A place in the facts, before anybody said whether what is there can be used; undefined = nothing there. */
export type Place = { kind: 'place'; value: unknown; path: string };

const article: Record<string, string> = {
  number: 'a number',
  string: 'a string',
  bool: 'true or false',
  list: 'a list',
};

/** The fact or bound variable of this name; a declared type is checked here. */
export function root(name: string, scope: Scope): Place | Bad {
  const bound = scope.bound.get(name);
  if (bound) return { kind: 'place', ...bound };
  const found = Object.hasOwn(scope.facts, name) ? scope.facts[name] : undefined;
  const spec = scope.specs[name];
  if (spec) {
    const bad = mistyped(name, spec, found);
    if (bad) return bad;
  }
  return { kind: 'place', value: found, path: name };
}

function mistyped(name: string, spec: FactSpec, found: unknown): Bad | undefined {
  if (found === undefined || found === null) {
    return spec.rate ? { kind: 'not_yet', why: `${name} needs a second sample` } : undefined;
  }
  if (spec.type === 'json') return undefined;
  if (kindOf(found) !== spec.type) return unknown(`${name} is not ${article[spec.type]}: it is ${describe(found)}`);
  if (spec.type !== 'list' || !Array.isArray(found)) return undefined;
  const odd = found.findIndex((element) => element !== null && typeof element !== 'string');
  return odd < 0 ? undefined : unknown(`${name}[${odd}] is not a string: it is ${describe(found[odd])}`);
}

/** A key in words; one that is an object may have no text of its own: `{"toString": 1}`. */
export function keyText(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key);
  return kindOf(key) === 'number' || typeof key === 'boolean' ? String(key) : describe(key);
}

/** `parent.key` or `parent[index]`. A key that isn't there is a place with nothing in it. */
export function member(parent: Place, key: unknown, path: string): Place | Bad {
  const bad = absent(parent.value, parent.path);
  if (bad) return bad;
  if (Array.isArray(parent.value)) {
    const index = kindOf(key) === 'number' ? Number(key) : Number.NaN;
    if (!Number.isInteger(index))
      return unknown(`${parent.path} is a list, it has no ${typeof key === 'string' ? key : keyText(key)}`);
    return { kind: 'place', value: parent.value[index], path };
  }
  if (!isObject(parent.value)) return unknown(`${parent.path} is not an object: it is ${describe(parent.value)}`);
  if (typeof key !== 'string') return unknown(`${parent.path} is an object, its keys are strings`);
  return { kind: 'place', value: Object.hasOwn(parent.value, key) ? parent.value[key] : undefined, path };
}

/** The value of a place, fit to be compared: there, not null, finite, and so are the elements of a list. */
export function usable(place: Place): Read {
  const bad = absent(place.value, place.path) ?? oddNumber(place.value, place.path);
  if (bad) return bad;
  if (Array.isArray(place.value)) {
    for (const [index, element] of place.value.entries()) {
      const path = `${place.path}[${index}]`;
      const odd = absent(element, path) ?? oddNumber(element, path);
      if (odd) return odd;
    }
  }
  if (typeof place.value === 'bigint') return value(plainNumber(place.value));
  return value(place.value);
}

/** A bigint that a double can hold exactly becomes one; a larger one stays exact. */
export function plainNumber(of: bigint): number | bigint {
  const double = Number(of);
  return Number.isSafeInteger(double) ? double : of;
}

function absent(of: unknown, path: string): Bad | undefined {
  if (of === undefined) return unknown(`${path} is missing`);
  if (of === null) return unknown(`${path} is null`);
  return undefined;
}

function oddNumber(of: unknown, path: string): Bad | undefined {
  if (typeof of !== 'number' || Number.isFinite(of)) return undefined;
  return unknown(`${path} is not a ${Number.isNaN(of) ? '' : 'finite '}number (${of})`);
}
