import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OpsError } from '../../kernel/errors.ts';
import { FolderInUse } from '../in-use.ts';

const SQLITE_BUSY = 5;

/**
 * Takes a folder for this process alone, by an operating-system lock that ends with the process, also by kill -9.
 * Two processes on one PGlite folder would silently destroy rows. Throws OpsError `conflict` when another one has it.
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'lock');
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path, { timeout: 0 });
    file.exec('pragma locking_mode = exclusive; begin exclusive');
    const locked = file;
    return { release: () => locked.close() };
  } catch (error) {
    file?.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw new OpsError('unavailable', `cannot lock ${path}: ${(error as Error).message}`, {
        hint: 'Make it writable for this user (or delete it while no Rounds runs), or set another DATA_DIR.',
        cause: error,
      });
    }
    throw new FolderInUse('conflict', `another Rounds uses ${folder}`, {
      hint: 'Stop it, or set DATABASE_URL to a PostgreSQL server, which several can share.',
      cause: error,
    });
  }
}
