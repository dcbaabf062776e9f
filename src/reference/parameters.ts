import { z } from 'zod';

/** One parameter of a check type, in words. */
export interface Parameter {
  /** Dotted where it is inside another: `metrics.NAME.metric`. */
  name: string;
  /** `text`, `list of text`, `duration`, `whole number, 0 to 10`… */
  type: string;
  required: boolean;
  /** As an operator would write it; undefined = none. */
  fallback: string | undefined;
  /** What it is for; empty when its schema doesn't say. */
  help: string;
}

interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  /** Said by the schema itself, where the default is worked out elsewhere. */
  fallback?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  minimum?: number;
  maximum?: number;
}

/** The parameters of a zod schema, those inside maps below their own, in the order of their declaration. */
export function parametersOf(schema: z.ZodType): Parameter[] {
  return inside(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, '');
}

function inside(schema: Schema, prefix: string): Parameter[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    {
      name: prefix + name,
      type: typeInWords(property),
      required: schema.required?.includes(name) ?? false,
      fallback: fallbackOf(property),
      help: property.description ?? '',
    },
    ...(isSecret(property) ? [] : inside(property, `${prefix}${name}.`)),
    ...inside(valuesOf(property) ?? {}, `${prefix}${name}.NAME.`),
  ]);
}

function typeInWords(schema: Schema): string {
  if (schema.title) return schema.title;
  if (schema.enum) return choice(schema.enum.map((value) => `\`${asWritten(value)}\``));
  if (schema.const !== undefined) return `\`${asWritten(schema.const)}\``;
  if (schema.anyOf) return choice([...new Set(schema.anyOf.map(typeInWords))]);
  if (isSecret(schema)) return '`{secret: NAME}`';
  if (Array.isArray(schema.type)) return choice(schema.type.map((type) => typeInWords({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
    case 'number':
      return schema.type === 'integer' ? `whole number${range(schema)}` : `number${range(schema)}`;
    case 'array':
      return `list of ${typeInWords(schema.items ?? schema.prefixItems?.[0] ?? {})}`;
    case 'object': {
      const values = valuesOf(schema);
      return values?.type === 'object' || !values ? 'map' : `map of ${typeInWords(values)}`;
    }
    default:
      return 'any';
  }
}

function fallbackOf({ fallback, default: own }: Schema): string | undefined {
  const value = fallback ?? own;
  return value === undefined ? undefined : asWritten(value);
}

/** `{secret: NAME}`, as `secretRef` of the kernel declares it. */
function isSecret(schema: Schema): boolean {
  return Object.keys(schema.properties ?? {}).join() === 'secret';
}

function valuesOf(schema: Schema): Schema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** JavaScript's own largest integer is no bound that anybody declared. */
function range({ minimum, maximum }: Schema): string {
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (from !== undefined && to !== undefined) return `, ${from} to ${to}`;
  if (from !== undefined) return `, at least ${from}`;
  return to === undefined ? '' : `, at most ${to}`;
}

function choice(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function asWritten(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
