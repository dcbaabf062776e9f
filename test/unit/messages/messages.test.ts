import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeSlack } from '../../../src/kernel/escape.ts';
import { loadMessages } from '../../../src/messages/messages.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { scratchFolder } from '../../support/scratch.ts';

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

it("escapes what is filled in and leaves the template's own marks", async () => {
  const folder = await folderOf({ 'note.liquid': '*{{ title }}* <@U1>\n\n\n\n{% if more %}{{ more }}{% endif %}' });
  const messages = await loadMessages([folder]);
  const title = '<!channel> <https://evil.example|ok> & more';
  expect(messages.slack('note', { title })).toBe(`*${escapeSlack(title)}* <@U1>`);
  expect(messages.plain('note', { title, more: 'said' })).toBe(`*${title}* <@U1>\n\nsaid`);
});

it('takes the first folder that has a file of that name', async () => {
  const theirs = await folderOf({ 'update.liquid': 'theirs' });
  const shipped = await folderOf({ 'update.liquid': 'shipped', 'resolution.liquid': 'shipped' });
  const messages = await loadMessages([theirs, join(theirs, 'nowhere'), shipped]);
  expect([messages.plain('update', {}), messages.plain('resolution', {})]).toEqual(['theirs', 'shipped']);
  expect(messages.names).toEqual(['resolution', 'update']);
});

it('names the file of a mistake: in what is written, and a name that is not there', async () => {
  const broken = await folderOf({ 'bad.liquid': '{% if title %}' });
  await expect(loadMessages([broken])).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('bad.liquid'),
  });
  const folder = await folderOf({ 'note.liquid': '{{ titel }}' });
  const messages = await loadMessages([folder]);
  expect(() => messages.slack('note', { title: 'x' })).toThrow(/note\.liquid.*titel/);
  expect(() => messages.slack('other', {})).toThrow(/templates\/messages\/other\.liquid/);
});

it('reads no file and reaches no prototype', async () => {
  const folder = await folderOf({
    'a.liquid': '{{ title.constructor.name }}',
    'b.liquid': "{% include '/etc/passwd' %}",
  });
  const messages = await loadMessages([folder]);
  expect(() => messages.slack('a', { title: {} })).toThrow();
  expect(() => messages.slack('b', {})).toThrow();
});

it('no hostile text becomes a mention or a link', async () => {
  const folder = await folderOf({ 'note.liquid': '{{ title | upcase }} {{ title }} {{ title | append: "<x>" }}' });
  const messages = await loadMessages([folder]);
  const never = (title: string) => {
    expect(messages.slack('note', { title })).not.toMatch(/<[!@#h]/i);
  };
  fc.assert(fc.property(hostileText, never), { numRuns: 500 });
});
