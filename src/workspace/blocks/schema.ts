import { isObject } from '../args.ts';

/** What is wrong and where, as a JSON pointer. */
export interface Problem {
  pointer: string;
  message: string;
}

/** Looks at a value and lists what Slack would refuse. */
export type Rule = (value: unknown, pointer: string) => Problem[];

const one = (pointer: string, message: string): Problem[] => [{ pointer, message }];

/** Text of `min` to `max` characters. */
export function string({ max, min = 0 }: { max?: number; min?: number } = {}): Rule {
  return (value, pointer) => {
    if (typeof value !== 'string') return one(pointer, 'must provide a string');
    const chars = [...value].length;
    if (chars < min) return one(pointer, `must be more than ${min - 1} characters`);
    if (max !== undefined && chars > max) return one(pointer, `must be less than ${max + 1} characters`);
    return [];
  };
}

export const flag: Rule = (value, pointer) =>
  typeof value === 'boolean' ? [] : one(pointer, 'must provide a boolean');

export function whole({ min, max }: { min: number; max: number }): Rule {
  return (value, pointer) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? []
      : one(pointer, `must be an integer between ${min} and ${max}`);
}

export function oneOf(...allowed: string[]): Rule {
  return (value, pointer) =>
    typeof value === 'string' && allowed.includes(value)
      ? []
      : one(pointer, `must be a valid enum value: ${allowed.join(', ')}`);
}

export function matching(pattern: RegExp, message: string): Rule {
  return (value, pointer) => (typeof value === 'string' && pattern.test(value) ? [] : one(pointer, message));
}

/** A list of `min` to `max` things, each following `rule`. */
export function list(rule: Rule, { max, min = 1 }: { max: number; min?: number }): Rule {
  return (value, pointer) => {
    if (!Array.isArray(value)) return one(pointer, 'must provide an array');
    if (value.length > max) return one(pointer, `no more than ${max} items allowed`);
    if (value.length < min) return one(pointer, `no fewer than ${min} items allowed`);
    return value.flatMap((item, index) => rule(item, `${pointer}/${index}`));
  };
}

/** An object with `fields`; those in `required` must be there and no others may. `also` checks what fields cannot say alone. */
export function object(fields: Record<string, Rule>, required: string[] = [], also?: Rule): Rule {
  return (value, pointer) => {
    if (!isObject(value)) return one(pointer, 'must provide an object');
    const problems: Problem[] = [];
    for (const name of required) {
      if (value[name] === undefined || value[name] === null)
        problems.push(...one(pointer, `missing required field: ${name}`));
    }
    for (const [name, member] of Object.entries(value)) {
      if (name === 'type' || member === undefined || member === null) continue;
      const rule = fields[name];
      problems.push(
        ...(rule ? rule(member, `${pointer}/${name}`) : one(pointer, `invalid additional property: ${name}`)),
      );
    }
    return also && problems.length === 0 ? also(value, pointer) : problems;
  };
}

/** An object whose `type` picks the rule. */
export function byType(rules: Record<string, Rule>): Rule {
  return (value, pointer) => {
    if (!isObject(value)) return one(pointer, 'must provide an object');
    if (value.type === undefined) return one(pointer, 'missing required field: type');
    const rule = typeof value.type === 'string' && Object.hasOwn(rules, value.type) ? rules[value.type] : undefined;
    return rule ? rule(value, pointer) : one(`${pointer}/type`, `unsupported type: ${String(value.type)}`);
  };
}

/** Any object: kinds of content whose inside is not checked here. */
export const anyObject: Rule = (value, pointer) => (isObject(value) ? [] : one(pointer, 'must provide an object'));

/** Exactly one (or at least one) of `names`. */
export function either(...names: string[]): Rule {
  return (value, pointer) =>
    isObject(value) && names.some((name) => value[name] !== undefined)
      ? []
      : one(pointer, `must define either ${names.map((name) => `\`${name}\``).join(' or ')}`);
}

/** What all of the rules say. */
export function every(...rules: Rule[]): Rule {
  return (value, pointer) => rules.flatMap((rule) => rule(value, pointer));
}
