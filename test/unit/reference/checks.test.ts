import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { checkReference, describeCheckType, exampleTarget, listCheckTypes } from '../../../src/reference/checks.ts';
import { parametersOf } from '../../../src/reference/parameters.ts';
import { checkTypes, root } from '../../../src/registry.ts';

const types = await checkTypes();

test('docs/checks.md is what `rounds checks --markdown > docs/checks.md` writes', () => {
  expect(readFileSync(join(root, 'docs', 'checks.md'), 'utf8')).toBe(`${checkReference(types)}\n`);
});

test('the list has a line for each type', () => {
  expect(listCheckTypes(types).split('\n')).toHaveLength(types.length);
});

describe.each(types)('$type', (type) => {
  it('describes each of its parameters', () => {
    const parameters = parametersOf(type.params);
    expect(parameters).not.toEqual([]);
    expect(parameters.filter(({ help }) => help === '').map(({ name }) => name)).toEqual([]);
    expect(parameters.filter((parameter) => /\bany\b/.test(parameter.type))).toEqual([]);
  });

  it('has facts, each with its meaning', () => {
    const facts = Object.entries(type.facts(exampleTarget(type)));
    expect(facts).not.toEqual([]);
    expect(facts.filter(([, fact]) => fact.help === '').map(([name]) => name)).toEqual([]);
  });

  it('has an example that loads', () => {
    const group = /^ +group: (\S+)$/m.exec(type.example)?.[1];
    const text = `groups: {${group ?? 'web'}: }\nchecks:\n${type.example.replace(/^/gm, '  ')}`;
    const ops = parseOps(text, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} });
    expect(ops.checks.map((check) => check.type)).toEqual([type.type]);
  });

  it('shows its example, facts, default rules and rights', () => {
    const page = describeCheckType(type);
    const target = exampleTarget(type);
    const { fail = [], warn = [], clear = [] } = type.rules(target);
    expect(page).toContain(type.example.trimEnd());
    for (const name of Object.keys(type.facts(target))) expect(page).toContain(`| \`${name}\` `);
    for (const rule of [...fail, ...warn, ...clear]) expect(page).toContain(`\`${rule.when}\``);
    for (const action of type.iam) expect(page).toContain(`\`${action}\``);
  });
});
