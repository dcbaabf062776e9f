import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { healthJson } from '../../../src/health/views/json.ts';
import { sampleAnswer } from '../../../src/reference/answers.ts';
import { commandReference } from '../../../src/reference/commands.ts';
import { allCommands, root } from '../../../src/registry.ts';
import { checkReport, healthReport } from '../../support/reports.ts';

const { shared, terminal } = await allCommands();
const page = commandReference(shared, terminal);

test('docs/commands.md is what `rounds help --markdown > docs/commands.md` writes', () => {
  expect(readFileSync(join(root, 'docs', 'commands.md'), 'utf8')).toBe(`${page}\n`);
});

test('every command stands on the page with its examples; every button says what it does', () => {
  for (const command of [...shared, ...terminal]) {
    expect(page).toContain(`\n## ${command.name}\n`);
    for (const example of command.examples) expect(page).toContain(` ${example}\``);
  }
  const buttons = shared.flatMap((command) => Object.entries(command.buttons ?? {}));
  expect(buttons.filter(([, button]) => !button.summary).map(([name]) => name)).toEqual([]);
  const shortcuts = shared.flatMap((command) => Object.values(command.shortcuts ?? {}));
  expect(shortcuts.length).toBeGreaterThan(0);
  for (const { label, summary } of shortcuts) expect(page).toContain(`| ${label} | ${summary} | `);
  const forms = shared.flatMap((command) => Object.values(command.forms ?? {}));
  expect(forms.length).toBeGreaterThan(0);
  const narrow = page.replaceAll(/ +/g, ' ');
  for (const { title, summary, role } of forms) expect(narrow).toContain(`| ${title} | ${summary} | ${role} |`);
});

test('a shortcut that opens a form takes its role; those of messages stand apart', () => {
  const form = { title: 'Declare', summary: 'Declares it', role: 'responder' as const };
  const shortcut = { label: 'Declare from this', summary: 'Takes it along', kind: 'message' as const, form: 'declare' };
  const command = { name: 'x', summary: 'X', usage: '', examples: [], role: 'viewer' as const };
  const shown = commandReference([{ ...command, forms: { declare: form }, shortcuts: { take: shortcut } }], []);
  expect(shown).toContain('⋯ menu of a message');
  expect(shown).not.toContain('the + beside the message field');
  expect(shown).toMatch(/\| Declare from this +\| Takes it along +\| responder \|/);
});

test('the page says what a change takes beyond the role of its command, and that roles hold in the terminal too', () => {
  const rowOf = (name: string) => page.split('\n').find((line) => line.startsWith(`| [\`${name}\`]`));
  expect(rowOf('maintenance')).toContain('takes operator');
  expect(rowOf('jobs')).toContain('takes operator');
  expect(rowOf('audit')).toContain('takes admin');
  expect(page).toContain('`os:NAME`');
  expect(page).not.toContain('operating system');
});

/** Keys in order, of the answer and of a check in it. */
function shapeOf(answer: unknown): string[][] {
  const { checks, ...rest } = answer as { checks: object[]; counts: object };
  return [Object.keys(rest), Object.keys(rest.counts), Object.keys(checks[0] ?? {})];
}

test('the JSON on the page has the keys that `health --json` prints', () => {
  const fenced = /```json\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
  const printed = JSON.parse(JSON.stringify(healthJson(healthReport([checkReport('api')]))));
  expect(JSON.parse(fenced)).toEqual(sampleAnswer);
  expect(shapeOf(sampleAnswer)).toEqual(shapeOf(printed));
});
