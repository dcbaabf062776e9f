import { z } from 'zod';

/** One parameter of a check type, in words. */
export interface Parameter {
  /** Dotted where it is inside another: `metrics.NAME.metric`; in each entry of a list `show[].check`. */
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
  oneOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  minimum?: number;
  maximum?: number;
}

/** The parameters of a zod schema, those inside maps and lists below their own, in the order of their declaration. */
export function parametersOf(schema: z.ZodType): Parameter[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return json.oneOf ? ofVariants(json.oneOf) : inside(json, '');
}

/** Variants that one of their parameters tells apart by its value: each parameter once, with the variants that have it. */
function ofVariants(variants: readonly Schema[]): Parameter[] {
  const tellers = Object.entries(variants[0]?.properties ?? {}).filter(([, { const: value }]) => value !== undefined);
  const [teller = ''] = tellers.map(([name]) => name);
  const rows = new Map<string, { parameter: Parameter; types: string[]; of: string[] }>();
  for (const variant of variants) {
    const name = asWritten(variant.properties?.[teller]?.const);
    for (const parameter of inside(variant, '')) {
      const key = JSON.stringify({ ...parameter, type: parameter.name === teller ? '' : parameter.type });
      const { types = [], of = [] } = rows.get(key) ?? {};
      rows.set(key, { parameter, types: [...new Set([...types, parameter.type])], of: [...of, name] });
    }
  }
  return [...rows.values()].map(({ parameter, types, of }) => ({
    ...{ ...parameter, type: choice(types) },
    help: of.length === variants.length ? parameter.help : `\`${of.join('`, `')}\`: ${parameter.help}`,
  }));
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
    ...(property.title ? [] : inside(property.items ?? {}, `${prefix}${name}[].`)),
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
