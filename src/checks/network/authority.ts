import { readFile } from 'node:fs/promises';
import { Unmeasured } from '../../kernel/check.ts';

/** A PEM file of the authorities to trust. Throws Unmeasured('misconfigured') when it can't be read. */
export async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Unmeasured('misconfigured', `ca: ${path} can't be read`, { next: 'a PEM file', cause });
  }
}
