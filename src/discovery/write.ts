import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { OpsError } from '../kernel/errors.ts';

/** Before an account is read for minutes in vain. Throws OpsError `conflict`. */
export function refuseExisting(file: string): void {
  if (existsSync(file)) throw isThere(file);
}

/** Writes the whole file or nothing. Throws OpsError `conflict` when it is there and `force` is not set, `invalid` when it can't be written. */
export async function writeWhole(file: string, text: string, { force }: { force: boolean }): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, text, { flag: 'wx' });
    // Unlike a rename, a link never takes the place of what is there.
    if (force) await rename(fresh, file);
    else await link(fresh, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(file);
    throw new OpsError('invalid', `${file} can't be written: ${message}`, { cause: error });
  } finally {
    await rm(fresh, { force: true });
  }
}

function isThere(file: string): OpsError {
  return new OpsError('conflict', `${file} is there already, and was left as it is`, {
    hint: 'name another file by --out, or overwrite it with --force',
  });
}
