import { parse } from 'yaml';
import type { CheckType, Rules } from '../kernel/check.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { markdownTable } from './table.ts';

/** One line per check type: `http  An HTTP endpoint answers …`. */
export function listCheckTypes(types: readonly CheckType[]): string {
  const width = Math.max(...types.map((type) => type.type.length));
  return types.map((type) => `  ${type.type.padEnd(width)}  ${type.summary}`).join('\n');
}

/** All check types as a page of the documentation. */
export function checkReference(types: readonly CheckType[]): string {
  return [
    '# Check types',
    '',
    'A check names its type by one key, with the parameters of the type behind it. Beside that key it takes what every check',
    'takes: `id`, `group`, `every`, `timeout`, `fail`, `warn`, `clear`, `held_for` and more, all in',
    '[the reference](reference.md#checks), with examples in [the configuration](configuration.md#checks). Rules read the facts',
    'listed here; your own come on top of the default rules.',
    '',
    ...markdownTable(
      ['type', 'what it checks'],
      types.map((type) => [`[\`${type.type}\`](#${type.type})`, type.summary]),
    ),
    '',
    'Anything that is a map or a list can be written in one line (`{a: 1}`, `[a, b]`) or over several. Where the type says',
    '`{secret: NAME}`, the value comes from the variable `NAME` or from the file that `NAME_FILE` names.',
    '',
    ...types.flatMap((type) => [describeCheckType(type), '']),
    '---',
    '',
    'This page is made from the declarations in `src/checks/` by `npx rounds checks --markdown`; a test fails when it is stale.',
  ].join('\n');
}

/** One check type in Markdown: example, parameters, facts, default rules, rights. */
export function describeCheckType(type: CheckType): string {
  const target = exampleTarget(type);
  const facts = Object.entries(type.facts(target));
  const declared = declaredFacts(target);
  return [
    `## ${type.type}`,
    '',
    `${type.summary}.`,
    '',
    '```yaml',
    type.example.trimEnd(),
    '```',
    '',
    ...markdownTable(['parameter', 'type', 'default', 'what'], parametersOf(type.params).map(parameterRow)),
    '',
    ...markdownTable(
      ['fact', 'type', 'what'],
      facts.map(([name, { type, unit, help }]) => [`\`${name}\``, unit ? `${type}, ${unit}` : type, sentence(help)]),
    ),
    '',
    ...(declared.length ? [`Declared by \`facts\` in the example above: ${declared.join(', ')}.`, ''] : []),
    ...defaultRules(type.rules(target)),
    ...(type.iam.length
      ? ['', `It needs these IAM actions: ${type.iam.map((action) => `\`${action}\``).join(', ')}.`]
      : []),
  ].join('\n');
}

/** The parsed parameters of the type's own example; throws when the example doesn't fit the schema. */
export function exampleTarget(type: CheckType): unknown {
  const [entry] = parse(type.example) as Record<string, unknown>[];
  return type.params.parse(entry?.[type.type]);
}

function parameterRow({ name, type, required, fallback, help }: Parameter): string[] {
  return [
    `\`${name}\``,
    type,
    required ? '**required**' : fallback === undefined ? '' : `\`${fallback}\``,
    sentence(help),
  ];
}

/** The declarations begin with either case; a table looks better with one. */
function sentence(help: string): string {
  return help.charAt(0).toUpperCase() + help.slice(1);
}

/** Facts that an operator names in the parameter `facts`: columns, perfdata. */
function declaredFacts(target: unknown): string[] {
  if (typeof target !== 'object' || target === null || !('facts' in target)) return [];
  return Object.keys(target.facts ?? {}).map((name) => `\`${name}\``);
}

function defaultRules(rules: Partial<Rules>): string[] {
  const rows = (['fail', 'warn', 'clear'] as const).flatMap((level) =>
    (rules[level] ?? []).map((rule) => [level, `\`${rule.when}\``, rule.say ? `\`${rule.say}\`` : '']),
  );
  if (rows.length === 0) return ['It has no default rules: give it a `fail` or `warn` of your own.'];
  return markdownTable(['default rule', 'when', 'says'], rows);
}
