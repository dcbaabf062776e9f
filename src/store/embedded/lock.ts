import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OpsError } from '../../kernel/errors.ts';

const SQLITE_BUSY = 5;

/**
 * Takes a folder for this process alone, by an operating-system lock that ends with the process, also by kill -9.
 * Two processes on one PGlite folder would silently destroy rows. Throws OpsError `conflict` when another one has it.
 */
export function lockFolder(folder: string): { release(): void } {
  const file = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    file.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new OpsError('conflict', `another Rounds uses ${folder}`, {
      hint: 'Stop it, or set DATABASE_URL to a PostgreSQL server, which several can share.',
      cause: error,
    });
  }
  return { release: () => file.close() };
}
