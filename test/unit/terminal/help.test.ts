import { expect, it } from 'vitest';
import { allCommands } from '../../../src/registry.ts';
import { commandHelp, helpText, startCommand } from '../../../src/terminal/help.ts';

const { shared, terminal } = await allCommands();
const all = [startCommand, ...shared, ...terminal];
/** Usage in blanks and letters, whatever the lines are. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

it.each([40, 80, 120])('the list of commands fits into %i columns, with every word of it', (width) => {
  const text = helpText(all, width);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  for (const { name, usage, summary } of all) {
    expect(flat(text)).toContain(`rounds ${name} ${usage}`.trim());
    expect(flat(text)).toContain(summary);
  }
});

it('the help of one command fits, too; an example stays in one line, to be copied', () => {
  const audit = shared.find(({ name }) => name === 'audit')!;
  const lines = commandHelp(audit, 60).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  for (const example of audit.examples) expect(lines).toContain(`  rounds ${example}`);
});

it('a word that is longer than a line stays whole', () => {
  const long = { name: 'x', usage: 'a'.repeat(50), summary: 'Does it', examples: [] };
  expect(helpText([long], 20)).toContain('a'.repeat(50));
});
