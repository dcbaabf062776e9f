import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../../src/config/problems.ts';
import { openFolder } from '../../../src/live/folder.ts';
import { reportSections } from '../../../src/registry.ts';
import { reportReader } from '../../../src/reports/read.ts';

const read = reportReader(await reportSections());

async function folders() {
  const root = await mkdtemp(join(tmpdir(), 'rounds-files-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [own, shipped] = [join(root, 'own'), join(root, 'shipped')];
  await Promise.all([mkdir(own), mkdir(shipped)]);
  return { own, shipped, write: (folder: string, name: string, text: string) => writeFile(join(folder, name), text) };
}

const morning = 'title: Morning\nsections: [verdict]\n';

describe('the file of a report', () => {
  const mistakes = (text: string, id = 'morning') => {
    try {
      read({ id, file: `${id}.yml`, text, own: true });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(({ path, line, found, allowed }) => `${line ?? ''} ${path}: ${found} → ${allowed}`);
    }
  };

  it('tells every mistake with its line and what is allowed', () => {
    const text =
      'title: Morning\nschedule: 9 o’clock\nzone: Europe/Berln\nsections: [verdct, open: {al: true}]\nchanel: "#a"\n';
    const found = mistakes(text);
    expect(found).toHaveLength(5);
    expect(found[0]).toMatch(/^2 schedule: .*09:00/);
    expect(found[1]).toMatch(/^3 zone: .*Europe\/Berlin/);
    expect(found[2]).toMatch(/^4 sections\[0\]: "verdct" → .*verdict/);
    expect(found[3]).toMatch(/^4 sections\[1\]\.open\.al: unknown key "al" → .*all/);
    expect(found[4]).toMatch(/^5 chanel: unknown key "chanel" → .*channel/);
  });

  it.each([
    ['', /a map with title/],
    ['title: M\n', /no sections/],
    ['title: M\nsections: []\n', /a list of sections/],
    ['title: M\nsections: [verdict\n', /YAML|flow/i],
    ['title: M\nsections: [{verdict: {}, open: {}}]\n', /no name of a section/],
  ])('%j is refused', (text, why) => expect(mistakes(text).join('\n')).toMatch(why));

  it('is named as people type it', () => {
    expect(mistakes(morning, 'Morning Report').join()).toContain('a file named "Morning Report.yml"');
  });
});

describe('files that are edited while Rounds runs', () => {
  it('hold as they were read last without a mistake', async () => {
    const { own, shipped, write } = await folders();
    await write(shipped, 'morning.yml', morning);
    await write(shipped, 'weekly.yml', morning.replace('Morning', 'Weekly'));
    const folder = await openFolder([own, shipped], read);
    expect(await folder.refresh()).toBe('same');

    await write(own, 'morning.yml', 'title: Ours\nsections: [verdct]\n');
    expect(await folder.refresh()).toBe('broken');
    expect(folder.problem()).toMatch(/own\/morning\.yml.*2.*sections\[0\]/s);
    expect(folder.all().get('morning')?.title).toBe('Morning');

    await write(own, 'morning.yml', 'title: Ours, mended\nsections: [verdict]\n');
    expect(await folder.refresh()).toBe('changed');
    expect(folder.problem()).toBeUndefined();
    expect([...folder.all()].map(([name, { title, own: mine }]) => [name, title, mine])).toEqual([
      ['morning', 'Ours, mended', true],
      ['weekly', 'Weekly', false],
    ]);
    await rm(join(own, 'morning.yml'));
    expect(await folder.refresh()).toBe('changed');
    expect(folder.all().get('morning')?.title).toBe('Morning');
  });

  it('are told of once when their folder cannot be read, and hold again when it can', async () => {
    const { own, shipped, write } = await folders();
    await write(shipped, 'morning.yml', morning);
    const folder = await openFolder([own, shipped], read);
    await rename(own, `${own}.away`);
    await write(shipped, '../own', 'no folder');
    expect([await folder.refresh(), await folder.refresh()]).toEqual(['broken', 'same']);
    expect(folder.problem()).toContain("the folder can't be read (ENOTDIR)");
    expect(folder.all().get('morning')?.title).toBe('Morning');
    await rm(own);
    await rename(`${own}.away`, own);
    expect([await folder.refresh(), folder.problem()]).toEqual(['changed', undefined]);
  });

  it('are refused at the start with all that is wrong', async () => {
    const { own, shipped, write } = await folders();
    await write(own, 'a.yml', 'title: A\n');
    await write(own, 'b.yaml', morning);
    await write(shipped, 'c.yml', 'title: [');
    const error = await openFolder([own, shipped], read).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ file }) => file.split('/').at(-1))).toEqual([
      'a.yml',
      'b.yaml',
      'c.yml',
    ]);
  });
});
