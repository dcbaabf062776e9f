import { parse } from 'yaml';
import { z } from 'zod';
import type { CheckType } from '../kernel/check.ts';

/** One line per check type: `http  An HTTP endpoint answers …`. */
export function listCheckTypes(types: readonly CheckType[]): string {
  const width = Math.max(...types.map((type) => type.type.length));
  return types.map((type) => `  ${type.type.padEnd(width)}  ${type.summary}`).join('\n');
}

/** All check types as a page of the documentation. */
export function checkReference(types: readonly CheckType[]): string {
  const index = types.map((type) => `- [\`${type.type}\`](#${type.type}): ${type.summary}`);
  const head = [
    '# Check types',
    '',
    'Made from the declarations in `src/checks/` by `npx rounds checks --markdown`; a test fails when this page is stale.',
    '',
    'Every check also takes the keys of [the configuration](configuration.md): `every`, `timeout`, `fail`, `warn`, `clear`, …',
    '',
    ...index,
    '',
  ];
  return [...head, ...types.map(describeCheckType)].join('\n');
}

/** One check type: parameters, facts, default rules, rights, an example. */
export function describeCheckType(type: CheckType): string {
  const target = exampleTarget(type);
  const rules = type.rules(target);
  const levels = (['fail', 'warn', 'clear'] as const).flatMap((level) =>
    (rules[level] ?? []).map((rule) => `- ${level}: \`${rule.when}\``),
  );
  return [
    `## ${type.type}`,
    '',
    `${type.summary}. Catalogue: ${type.catalogue.join(', ')}.`,
    '',
    '```yaml',
    type.example.trimEnd(),
    '```',
    '',
    '| parameter | what | default |',
    '|---|---|---|',
    ...parameterRows(type),
    '',
    '| fact | type | what |',
    '|---|---|---|',
    ...Object.entries(type.facts(target)).map(
      ([name, fact]) => `| \`${name}\` | ${fact.type}${fact.unit ? `, ${fact.unit}` : ''} | ${cell(fact.help)} |`,
    ),
    '',
    levels.length ? 'Default rules:' : 'No default rules: a check of this type needs rules of its own.',
    '',
    ...levels,
    ...(levels.length ? [''] : []),
    ...(type.iam.length ? [`IAM actions: ${type.iam.map((action) => `\`${action}\``).join(', ')}.`, ''] : []),
  ].join('\n');
}

/** The parsed parameters of the type's own example; throws when the example doesn't fit the schema. */
export function exampleTarget(type: CheckType): unknown {
  const [entry] = parse(type.example) as Record<string, unknown>[];
  return type.params.parse(entry?.[type.type]);
}

interface Property {
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  default?: unknown;
}

function parameterRows(type: CheckType): string[] {
  const schema = z.toJSONSchema(type.params, { io: 'input', unrepresentable: 'any' });
  const required = new Set(schema.required ?? []);
  return Object.entries((schema.properties ?? {}) as Record<string, Property>).map(([name, property]) => {
    const what = property.description ?? (property.enum ? property.enum.join(' \\| ') : String(property.type ?? ''));
    const value =
      property.default === undefined
        ? required.has(name)
          ? 'required'
          : ''
        : `\`${JSON.stringify(property.default)}\``;
    return `| \`${name}\` | ${cell(what)} | ${value} |`;
  });
}

function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll(/(?<!\\)\|/g, '\\|');
}
