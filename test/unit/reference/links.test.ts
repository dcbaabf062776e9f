import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../src/registry.ts';

const apart = ['node_modules', '.git', 'data', 'coverage'];

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (apart.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Without code, where brackets mean something else. */
function proseOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/(?<!\[)`[^`\n]*`(?!\])/g, '');
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function broken(file: string): string[] {
  const targets = [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const there = path === '' ? file : resolve(dirname(file), path);
      if (!existsSync(there)) return true;
      return anchor !== undefined && !anchorsOf(there).includes(anchor);
    });
}

const pages = markdownBelow(root.replace(/\/$/, ''));

test('there are pages to look at', () => {
  expect(pages.map((page) => relative(root, page))).toEqual(
    expect.arrayContaining(['README.md', 'docs/configuration.md', 'examples/README.md']),
  );
});

test.each(pages.map((page) => [relative(root, page), page]))('links of %s lead somewhere', (_, page) => {
  expect(broken(page)).toEqual([]);
});
