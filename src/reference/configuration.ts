import type { z } from 'zod';
import { type Parameter, parametersOf } from './parameters.ts';
import { markdownTable } from './table.ts';

/** What ops.yml and the environment may say, as their schemas declare it. */
export interface Configuration {
  /** All sections. */
  sections: z.ZodType;
  /** The keys inside each; `guide`: the chapter of the guide that explains them. */
  described: readonly { name: string; prefix: string; schema: z.ZodType; guide: string }[];
  /** Files beside ops.yml, one for each of their kind. */
  files: readonly DescribedFile[];
  /** What reports may consist of. */
  reportSections: readonly DescribedReportSection[];
  variables: z.ZodType;
  /** Of those, the ones that may come from a file. */
  secrets: readonly string[];
}

/** Files of one kind, such as severities. */
interface DescribedFile {
  /** The chapter. */
  name: string;
  /** `templates/incidents/ID.yml`. */
  path: string;
  help: string;
  guide: string;
  schema: z.ZodType;
}

/** A section of reports, and what may stand behind its name in a report's file. */
interface DescribedReportSection {
  name: string;
  summary: string;
  options: z.ZodType;
}

/** Every key of ops.yml and of the files beside it, and every environment variable as a page of the documentation. */
export function configurationReference(configuration: Configuration): string {
  const { sections, described, files, reportSections, variables, secrets } = configuration;
  const top = parametersOf(sections).filter(({ name }) => !name.includes('.'));
  return [
    '# Configuration reference',
    '',
    'Every key of `ops.yml` and of the files beside it, and every environment variable. [Configuration](configuration.md) tells how to',
    'use them, with examples; [check types](checks.md) have their parameters on a page of their own.',
    '',
    '**Durations** are written `500ms`, `30s`, `5m`, `6h`, `7d`, and together: `1h30m`. **Ids** are in kebab case: `main-db`.',
    '',
    ...markdownTable(
      ['section', 'meaning'],
      [
        ...top.map(({ name, help }) => [linked(name, described), sentence(help)]),
        ...files.map(({ name, path, help }) => [`[${name}](#${name})`, `${sentence(help)}: \`${path}\``]),
        [
          '[report-sections](#report-sections)',
          'What a report may say: the entries of its `sections`, each with its options',
        ],
        ['[the environment](#environment)', 'Where the bot runs, and its secrets'],
      ],
    ),
    '',
    ...described.flatMap((section) => sectionLines(section, top)),
    ...files.flatMap(fileLines),
    ...reportSectionLines(reportSections),
    '## environment',
    '',
    'A file `.env` in the folder where the bot starts is read; the real environment wins over it. An empty value counts as not set.',
    'A variable that says *secret* may come from a file: `SLACK_BOT_TOKEN_FILE=/run/secrets/bot-token`.',
    'More: [environment](configuration.md#environment).',
    '',
    ...markdownTable(
      ['variable', 'type', 'default', 'secret', 'meaning'],
      parametersOf(variables).map((variable) => {
        const [name = '', type = '', fallback = '', meaning = ''] = row(variable, '');
        return [name, type, fallback, secrets.includes(variable.name) ? 'secret' : '', meaning];
      }),
    ),
    '',
    '---',
    '',
    'This page is made from the schemas of the code by `npx rounds check-config --markdown`; a test fails when it is stale.',
  ].join('\n');
}

function sectionLines(
  { name, prefix, schema, guide }: Configuration['described'][number],
  top: readonly Parameter[],
): string[] {
  const help = top.find((section) => section.name === name)?.help ?? '';
  return [
    `## ${name}`,
    '',
    `${sentence(help)}. More: [${guide.replaceAll('-', ' ')}](configuration.md#${guide}).`,
    '',
    ...markdownTable(
      ['key', 'type', 'default', 'meaning'],
      parametersOf(schema).map((parameter) => row(parameter, prefix)),
    ),
    '',
  ];
}

function fileLines({ name, path, help, guide, schema }: DescribedFile): string[] {
  return [
    `## ${name}`,
    '',
    `${sentence(help)}: a file \`${path}\` each. More: [${guide.replaceAll('-', ' ')}](configuration.md#${guide}).`,
    '',
    ...markdownTable(
      ['key', 'type', 'default', 'meaning'],
      parametersOf(schema).map((parameter) => row(parameter, '')),
    ),
    '',
  ];
}

function reportSectionLines(all: readonly DescribedReportSection[]): string[] {
  const sorted = all.toSorted((a, b) => a.name.localeCompare(b.name));
  return [
    '## report-sections',
    '',
    'What may stand in `sections` of a report: the name alone, or with options: `open: { all: true }`. More: [reports](reports.md#what-it-says).',
    '',
    ...markdownTable(
      ['section', 'what it tells'],
      sorted.map(({ name, summary }) => [`[\`${name}\`](#sections-${name})`, summary]),
    ),
    '',
    ...sorted.flatMap(({ name, options }) => {
      const rows = parametersOf(options).map((parameter) => row(parameter, ''));
      const table =
        rows.length > 0 ? markdownTable(['option', 'type', 'default', 'meaning'], rows) : ['It has no options.'];
      return [`### sections: ${name}`, '', ...table, ''];
    }),
  ];
}

function row({ name, type, required, fallback, help }: Parameter, prefix: string): string[] {
  const written = fallback === undefined || fallback === '{}' || fallback === '[]' ? '' : `\`${fallback}\``;
  return [`\`${prefix}${name}\``, type, required ? '**required**' : written, sentence(help)];
}

function linked(name: string, described: Configuration['described']): string {
  return described.some((section) => section.name === name) ? `[\`${name}\`](#${name})` : `\`${name}\``;
}

function sentence(help: string): string {
  return help.charAt(0).toUpperCase() + help.slice(1);
}
