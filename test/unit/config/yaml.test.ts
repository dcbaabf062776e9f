import { expect, test } from 'vitest';
import { readYaml } from '../../../src/config/yaml.ts';

test('a path is found at its line, through anchors and merge keys, or at its nearest part', () => {
  const source = readYaml('a:\n  - x: 1\n    y: 2\n  - &two\n    z: 3\nb: *two\nc:\n  <<: *two\n  d: 4\n');
  expect(source.mistakes).toEqual([]);
  expect(source.value).toEqual({ a: [{ x: 1, y: 2 }, { z: 3 }], b: { z: 3 }, c: { z: 3, d: 4 } });
  const lines = (
    [
      ['a'],
      ['a', 0, 'y'],
      ['a', 1, 'z'],
      ['b', 'z'],
      ['c', 'd'],
      ['c', 'z'],
      ['a', 7],
      ['a', 0, 'no', 'way'],
      [],
    ] as const
  ).map((path) => source.lineOf(path));
  expect(lines).toEqual([1, 3, 5, 5, 9, 7, 1, 2, 1]);
});

test.each([
  ['a: 1\nb: ]\n', 'valid YAML: look at the indentation'],
  ['a: 1\nb: *nowhere\n', 'an anchor &nowhere before it'],
  ['a: 1\nb: !custom x\n', 'valid YAML: a value that begins like !custom needs quotes, "!custom"'],
  ['a: 1\nb: @web\n', 'valid YAML: a value that begins like @web needs quotes, "@web"'],
  ['a: 1\nb: {{ name }}\n', 'text as a key; quote values that begin with { or ['],
  ['a: 1\na: 2\n', 'each key once'],
  ['a: 1\n\tb: 2\n', 'valid YAML: look at the indentation'],
])('%j is refused at line 2', (text, allowed) => {
  expect(readYaml(text).mistakes[0]).toMatchObject({ line: 2, allowed });
});

test('of a wrong indentation the first mistake alone is told, with its line and the one before', () => {
  const text = [
    'checks:',
    '  - id: api',
    '    group: web',
    '   http: { url: x }',
    '    fail: [a]',
    '  - id: b',
    '',
  ].join('\n');
  expect(readYaml(text).mistakes).toEqual([
    {
      line: 4,
      found: expect.stringMatching(/\n {4}3 \| {5}group: web\n {4}4 \| {4}http: \{ url: x \}$/),
      allowed: 'valid YAML: look at the indentation',
    },
  ]);
});

test.each([
  ['a loop', 'a: &a [*a]\n'],
  ['too many aliases', `${bomb()}`],
  ['endless nesting', '['.repeat(20_000)],
  ['two documents', '---\na: 1\n---\nb: 2\n'],
])('%s is refused', (_name, text) => {
  expect(readYaml(text).mistakes.length).toBeGreaterThan(0);
});

test('the whole of a text with a duplicate key is still read', () => {
  const source = readYaml('a: 1\na: 2\n');
  expect(source.broken).toBe(false);
  expect(source.value).toEqual({ a: 2 });
});

/** Each line holds the one before ten times. */
function bomb(): string {
  const lines = ['a0: &a0 x'];
  for (let level = 1; level < 9; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}
