import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { cronOf } from '../../../src/config/schema/schedule.ts';
import { checkTypes, reportSections, root } from '../../../src/registry.ts';
import { reportReader } from '../../../src/reports/read.ts';

const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');
const reports = page('reports.md');
const read = reportReader(await reportSections());
const types = await checkTypes();

const snippets = ['reports.md', 'configuration.md'].flatMap((name) =>
  [...page(name).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']): [string, string] => [name, text]),
);
const isReport = (text: string) => text.startsWith('# templates/reports/');

test.each(snippets.filter(([, text]) => isReport(text)))('an example of a report in %s loads: %#', (file, text) => {
  const report = read({ id: 'ours', file, text, own: true });
  expect(report.schedule).not.toEqual([]);
  expect(report.sections).not.toEqual([]);
});

test.each(snippets.filter(([name, text]) => name === 'reports.md' && !isReport(text)))(
  'an example of ops.yml in %s loads: %#',
  (_, text) => {
    const ops = parseOps(text, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} });
    expect(ops.reports.scheduled).not.toEqual([]);
  },
);

it('every shipped report stands on the page with its times', () => {
  const folder = join(root, 'templates', 'reports');
  const shipped = readdirSync(folder).map((file) => {
    const { schedule } = parse(readFileSync(join(folder, file), 'utf8')) as { schedule: string };
    return `| \`${file.replace('.yml', '')}\` | \`${schedule}\` |`;
  });
  const told = reports.split('\n').flatMap((line) => /^\| `[a-z-]+` \| `[^`]+` \|/.exec(line)?.[0] ?? []);
  expect(told.toSorted()).toEqual(shipped.toSorted());
});

it('the times in words that it shows are understood', () => {
  const table = /\| written \| means \|\n[\s\S]*?\n\n/.exec(reports)?.[0] ?? '';
  const written = table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`"?([^`"]+)"?`/g)].map(([, words = '']) => words));
  expect(written.length).toBeGreaterThan(5);
  expect(written.filter((words) => cronOf(words) === undefined)).toEqual([]);
});
