import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { checkFieldNames, groupsSection } from '../../../src/config/schema/checks.ts';
import { environmentVariables, secretVariables } from '../../../src/config/schema/environment.ts';
import { sections } from '../../../src/config/schema/sections.ts';
import { keysAt } from '../../../src/config/schema-keys.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';
import { checkTypes, root } from '../../../src/registry.ts';

const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
const types = await checkTypes();

/** The first two cells of every table row: what it is about (all names in backticks), and its default. */
const rows = [...page.matchAll(/^\| (`[^|]*?) \| ([^|]*?) \|/gm)].flatMap(([, names = '', fallback = '']) =>
  [...names.matchAll(/`([^`]+)`( ²)?/g)].map(([, name = '', secret]) => ({ name, fallback, secret: !!secret })),
);
const named = new Map(rows.map((row) => [row.name, row]));

describe('every key of ops.yml is on the page', () => {
  const plain = ['team', 'slack', 'roles', 'limits', 'scripts'];
  const keys = Object.keys(sections.shape).flatMap((section) =>
    plain.includes(section) ? keysAt(sections, [section]).map((key) => `${section}.${key}`) : [section],
  );
  const windows = keysAt(sections, ['maintenance', 0]);
  const groups = keysAt(groupsSection, ['any']).map((key) => `groups.ID.${key}`);

  it.each([...keys.filter((key) => key !== 'groups'), ...groups, ...windows, ...checkFieldNames])('%s', (key) => {
    expect([...named.keys()]).toContain(key);
  });
});

describe('every environment variable is on the page', () => {
  const defaults: Record<string, unknown> = environmentVariables.parse({});

  it.each(Object.keys(environmentVariables.shape))('%s, with its default', (name) => {
    const row = named.get(name);
    expect(row?.secret).toBe(secretVariables.some((secret) => secret === name));
    const value = defaults[name];
    if (value !== undefined) expect(row?.fallback).toBe(`\`${value === false ? '0' : String(value)}\``);
    else expect(['none', 'Slack', 'PagerDuty']).toContain(row?.fallback);
  });
});

const snippets = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

test.each(snippets)('an example on the page loads: %#', (text) => {
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
