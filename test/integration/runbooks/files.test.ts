import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import { runbookFiles } from '../../../src/runbooks/files.ts';

const made: string[] = [];
afterEach(() => Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))));

async function folders(): Promise<[string, string]> {
  const home = await mkdtemp(join(tmpdir(), 'rounds-runbooks-'));
  made.push(home);
  const [own, shipped] = [join(home, 'own'), join(home, 'shipped')];
  await Promise.all([mkdir(own), mkdir(shipped)]);
  return [own, shipped];
}

it("reads the operator's own file before the shipped one", async () => {
  const [own, shipped] = await folders();
  await writeFile(join(shipped, 'api-down.md'), 'shipped');
  const runbooks = runbookFiles([own, shipped]);
  expect(await runbooks.read('api-down')).toBe('shipped');
  await writeFile(join(own, 'api-down.md'), 'own');
  expect(await runbooks.read('api-down')).toBe('own');
});

it.each(['notes', '../secret', 'a/b'])(
  'says what to do about "%s", and not where the server keeps its files',
  async (name) => {
    const [own, shipped] = await folders();
    const failed: unknown = await runbookFiles([own, shipped])
      .read(name)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(OpsError);
    if (!(failed instanceof OpsError)) return;
    expect(`${failed.message} ${failed.hint}`).not.toContain(tmpdir());
    if (name === 'notes') expect(failed.hint).toBe('write templates/runbooks/notes.md beside the config file');
  },
);
