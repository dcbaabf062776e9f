import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Imports the default export of every `.ts` file of a folder, by file name. A new file is all it takes to add one. */
export async function discover<T>(folder: string): Promise<T[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  return Promise.all(
    files.map(async (file) => {
      const module: { default?: T } = await import(pathToFileURL(join(folder, file)).href);
      if (module.default === undefined) throw new Error(`${join(folder, file)} has no default export`);
      return module.default;
    }),
  );
}
