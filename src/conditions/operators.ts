import { callLibrary } from './call.ts';
import { type Bad, describe, isObject, kindOf, type Read, unknown, value, worse } from './value.ts';

/** A value and how the condition wrote it. */
export interface Operand {
  value: unknown;
  text: string;
}

const least = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** `+ - * / %`: two ints as CEL's int64, a number and an int as doubles; the rest (strings, lists, times) is CEL's. */
export function arithmetic(op: string, left: Operand, right: Operand): Read {
  const source = `${left.text} ${op} ${right.text}`;
  const [a, b] = [left.value, right.value];
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (b === 0n && (op === '/' || op === '%')) return unknown(`${source} divides by zero`);
    const result = op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : op === '/' ? a / b : a % b;
    return result < least || result > largest ? unknown(`${source} is too large`) : value(result);
  }
  if (kindOf(a) === 'number' && kindOf(b) === 'number') {
    const [x, y] = [Number(a), Number(b)];
    const result = op === '+' ? x + y : op === '-' ? x - y : op === '*' ? x * y : op === '/' ? x / y : x % y;
    return Number.isFinite(result) ? value(result) : unknown(`${source} is not a number (${result})`);
  }
  return callLibrary(`a0 ${op} a1`, [a, b], source);
}

/** `< <= > >=` between two numbers, two strings or two times. */
export function ordered(op: string, left: Operand, right: Operand): Read {
  const kind = kindOf(left.value);
  if (kind !== kindOf(right.value)) return incomparable(left, right);
  if (kind === 'number') {
    const order = compareNumbers(left, right);
    return typeof order === 'number' ? value(holds(op, order)) : order;
  }
  if (kind === 'string') return value(holds(op, order(String(left.value), String(right.value))));
  if (kind !== 'other') return incomparable(left, right);
  return callLibrary(`a0 ${op} a1`, [left.value, right.value], `${left.text} ${op} ${right.text}`);
}

/** `==`. Values of different types are unknown, where CEL's own dyn equality would say false. */
export function equal(left: Operand, right: Operand): Read {
  const [a, b] = [left.value, right.value];
  const kind = kindOf(a);
  if (kind !== kindOf(b) || a === null || a === undefined) return incomparable(left, right);
  if (kind === 'number') {
    const order = compareNumbers(left, right);
    return typeof order === 'number' ? value(order === 0) : order;
  }
  if (kind === 'string' || kind === 'bool') return value(a === b);
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return value(false);
    return all(
      a.map((each, index) => [each, b[index], `[${index}]`]),
      left,
      right,
    );
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return value(false);
    return all(
      keys.map((key) => [a[key], b[key], `.${key}`]),
      left,
      right,
    );
  }
  return callLibrary('a0 == a1', [a, b], `${left.text} == ${right.text}`);
}

/** `x in list` (one element that equals is enough, else every element must be comparable) and `key in object`. */
export function within(left: Operand, right: Operand): Read {
  if (isObject(right.value)) {
    if (typeof left.value !== 'string') return incomparable(left, right);
    return value(Object.hasOwn(right.value, left.value) && right.value[left.value] !== null);
  }
  if (!Array.isArray(right.value)) return unknown(`${right.text} is not a list: it is ${describe(right.value)}`);
  let result: Read = value(false);
  for (const [index, element] of right.value.entries()) {
    const same = equal(left, { value: element, text: `${right.text}[${index}]` });
    if (same.kind === 'value' && same.value === true) return same;
    result = worse(result, same, result);
  }
  return result;
}

function all(pairs: [unknown, unknown, string][], left: Operand, right: Operand): Read {
  let result: Read = value(true);
  for (const [a, b, place] of pairs) {
    const same = equal({ value: a, text: left.text + place }, { value: b, text: right.text + place });
    if (same.kind === 'value' && same.value === false) return same;
    result = worse(result, same, result);
  }
  return result;
}

/** Doubles above 2^53 have lost digits: two that look equal may not be, so that is unknown. */
function compareNumbers(left: Operand, right: Operand): number | Bad {
  const [a, b] = [left.value, right.value];
  if (typeof a === 'bigint' && typeof b === 'bigint') return order(a, b);
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return incomparable(left, right);
  if (x === y && !Number.isSafeInteger(x) && Math.abs(x) > Number.MAX_SAFE_INTEGER) {
    return unknown(`${left.text} is too large to be compared exactly (${String(a)})`);
  }
  return order(x, y);
}

function order<T extends number | bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(op: string, order: number): boolean {
  return op === '<' ? order < 0 : op === '<=' ? order <= 0 : op === '>' ? order > 0 : order >= 0;
}

function incomparable(left: Operand, right: Operand): Bad {
  return unknown(`${left.text} is ${describe(left.value)}, which can't be compared with ${describe(right.value)}`);
}
