import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { describedChecklists } from '../../../src/checklists/schema.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { checkFieldNames, groupsSection } from '../../../src/config/schema/checks.ts';
import { environmentVariables, secretVariables } from '../../../src/config/schema/environment.ts';
import { describedSections, sections } from '../../../src/config/schema/sections.ts';
import { keysAt } from '../../../src/config/schema-keys.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';
import { configurationReference } from '../../../src/reference/configuration.ts';
import { checkTypes, reportSections, root } from '../../../src/registry.ts';
import { describedReports } from '../../../src/reports/schema.ts';
import { readSeverities } from '../../../src/severities/read.ts';
import { describedSeverities } from '../../../src/severities/schema.ts';

const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
const types = await checkTypes();

const files = [describedSeverities, describedReports, describedChecklists];
const ofReports = await reportSections();

const reference = configurationReference({
  sections,
  described: describedSections,
  files,
  reportSections: ofReports,
  variables: environmentVariables,
  secrets: secretVariables,
});

test('docs/reference.md is what `rounds check-config --markdown > docs/reference.md` writes', () => {
  expect(readFileSync(join(root, 'docs', 'reference.md'), 'utf8')).toBe(`${reference}\n`);
});

/** The lists of these files whose entries are maps. */
const lists = [
  { of: describedSeverities, path: ['escalation', 'levels'] },
  { of: describedSeverities, path: ['stakeholders'] },
  { of: describedChecklists, path: ['items'] },
];

/** The cells of the table row about a key: type, default… */
function rowOf(chapter: string, key: string): string[] | undefined {
  const text = reference.split(/^## /m).find((each) => each.startsWith(`${chapter}\n`)) ?? '';
  const line = text.split('\n').find((each) => each.startsWith(`| \`${key}\``));
  return line === undefined ? undefined : cellsOf(line).slice(1);
}

function cellsOf(line = ''): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1)
    .map((cell) => cell.trim());
}

describe('every key of ops.yml is in the reference, with its meaning', () => {
  const plain = describedSections.filter(({ prefix }) => prefix !== '' && prefix !== 'groups.ID.');
  const all: [chapter: string, key: string][] = [
    ...plain.flatMap(({ name }) => keysAt(sections, [name]).map((key): [string, string] => [name, `${name}.${key}`])),
    ...keysAt(sections, ['maintenance', 0]).map((key): [string, string] => ['maintenance', key]),
    ...keysAt(groupsSection, ['any']).map((key): [string, string] => ['groups', `groups.ID.${key}`]),
    ...checkFieldNames.map((key): [string, string] => ['checks', key]),
    ...files.flatMap(({ name, schema }) => keysAt(schema, []).map((key): [string, string] => [name, key])),
    ...lists.flatMap(({ of: { name, schema }, path }) =>
      keysAt(schema, [...path, 0]).map((key): [string, string] => [name, `${path.join('.')}[].${key}`]),
    ),
  ];

  it.each(all)('%s: %s', (chapter, key) => {
    const [type, , meaning] = rowOf(chapter, key) ?? [];
    expect(type).toMatch(/./);
    expect(type).not.toMatch(/\bany\b/);
    expect(meaning).toMatch(/./);
  });

  it('and every section', () => {
    expect([...describedSections.map(({ name }) => name), 'version'].toSorted()).toEqual(
      Object.keys(sections.shape).toSorted(),
    );
    for (const { guide } of [...describedSections, ...files])
      expect(page).toMatch(new RegExp(`^##+ ${guide.replaceAll('-', ' ')}$`, 'im'));
  });

  it('the defaults that it tells are those that hold', () => {
    const bare = parseOps('checks: [{id: a, tcp: {host: a, port: 1}}]', 'ops.yml', {
      checkTypes: types,
      compile: compileCondition,
      env: {},
    });
    const told = checkFieldNames.filter((key) => rowOf('checks', key)?.[1] && key !== 'group' && key !== 'defaults');
    const written = told.map((key) => `${key}: ${rowOf('checks', key)![1]!.replaceAll('`', '')}`).join(', ');
    const said = parseOps(`checks: [{id: a, tcp: {host: a, port: 1}, ${written}}]`, 'ops.yml', {
      checkTypes: types,
      compile: compileCondition,
      env: {},
    });
    const plainOf = (ops: typeof bare) => JSON.parse(JSON.stringify(ops.checks[0]));
    expect(told).toContain('stale_after');
    expect(plainOf(said)).toEqual(plainOf(bare));
    expect(rowOf('checks', 'group')?.[1]).toBe(`\`${bare.checks[0]!.group}\``);
  });
});

describe('every section of reports is in the reference', () => {
  const chapterOf = (name: string) => reference.split(`\n### sections: ${name}\n`)[1]?.split(/^##/m)[0] ?? '';

  it.each(ofReports)('$name, with what it tells and its options', ({ name, summary, options }) => {
    const chapter = chapterOf(name);
    expect(reference).toContain(`| [\`${name}\`](#sections-${name}) `);
    expect(reference).toContain(` | ${summary} |`);
    const keys = keysAt(options, []);
    for (const key of keys) {
      const [, type = '', , meaning] = cellsOf(chapter.split('\n').find((line) => line.startsWith(`| \`${key}\` `)));
      expect([key, type, meaning]).toEqual([key, expect.stringMatching(/./), expect.stringMatching(/./)]);
      expect(type).not.toMatch(/\bany\b/);
    }
    if (keys.length === 0) expect(chapter).toContain('no options');
  });

  it('also the entries of lists', () => {
    expect(chapterOf('metrics')).toContain('| `show[].target` ');
    expect(chapterOf('lines')).toContain('| `lines[].ok` ');
    expect(chapterOf('slo')).toContain('| `objectives[].uptime` ');
  });
});

describe('every environment variable is in the reference', () => {
  const defaults: Record<string, unknown> = environmentVariables.parse({});

  it.each(Object.keys(environmentVariables.shape))('%s, with its default', (name) => {
    const [type, fallback, secret, meaning] = rowOf('environment', name) ?? [];
    expect(type).toMatch(/./);
    expect(secret).toBe(secretVariables.some((each) => each === name) ? 'secret' : '');
    const value = defaults[name];
    expect(fallback).toBe(value === undefined ? '' : `\`${value === false ? '0' : String(value)}\``);
    expect(meaning).toMatch(/./);
  });
});

const snippets = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

const isSeverity = (text: string) => text.startsWith('# templates/incidents/');
const isFile = (text: string) => text.startsWith('# templates/');

test('an example of a severity on the page loads', () => {
  const texts = snippets.filter(isSeverity).map((text, at) => ({ id: `p${at}`, file: 'configuration.md', text }));
  expect(readSeverities(texts)).toMatchObject([{ label: 'P2 Medium', escalation: { by: 'rounds' } }]);
});

test.each(snippets.filter((text) => !isFile(text)))('an example on the page loads: %#', (text) => {
  const ops = parseOps(text, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} });
  expect(ops.checks.length).toBeGreaterThan(0);
});

describe('the conditions on the page compile', () => {
  const facts: FactSpecs = {};
  for (const type of types.filter(({ type }) => type === 'http' || type === 'ecs-services'))
    Object.assign(facts, type.facts({}));
  const table = /\| you want \| write \|\n[\s\S]*?\n\n/.exec(page)?.[0] ?? '';
  const conditions = table
    .split('\n')
    .flatMap((row) => [...(row.replaceAll('\\|', '¦').split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, source = '']) => source.replaceAll('¦', '|'));

  it.each(conditions)('%s', (when) => {
    expect(compileCondition({ when }, facts)).toMatchObject({ ok: true });
  });

  it('and there are many of them', () => {
    expect(conditions.length).toBeGreaterThan(15);
  });
});
