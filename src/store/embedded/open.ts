import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { OpsError } from '../../kernel/errors.ts';
import type { Log } from '../../kernel/log.ts';
import type { OpenPool } from '../pool.ts';
import { emptyDatabase, startParams } from './empty.ts';
import { lockFolder } from './lock.ts';
import { embeddedPool } from './pool.ts';

/** The file that marks a database as one to be created anew. */
const UNFINISHED = 'pg-unfinished';

export interface EmbeddedOptions {
  dataDir: string;
  log: Log;
  /** Throw away what is stored. */
  reset?: boolean;
}

/** Opens the embedded database in `dataDir/pg`, for this process alone. Throws OpsError: `conflict`, `invalid`, `unavailable`. */
export async function openEmbedded({ dataDir, log, reset = false }: EmbeddedOptions): Promise<OpenPool> {
  const folder = resolve(dataDir);
  await createFolder(folder, log);
  const lock = lockFolder(folder);
  try {
    // Nothing is thrown away before the lock says that nobody uses it.
    if (reset) await writeFile(join(folder, UNFINISHED), '');
    const open = await embeddedPool(await openFolder(folder), { log });
    return { ...open, close: () => open.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function createFolder(folder: string, log: Log): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OpsError('invalid', `cannot create the data folder ${folder}: ${(error as Error).message}`, {
      hint: 'Set DATA_DIR to a folder that this user may write, or DATABASE_URL to a PostgreSQL server.',
      cause: error,
    });
  }
  if (((await stat(folder)).mode & 0o022) === 0) return;
  log.warn(
    `other users of this machine may write in ${folder}, so they may replace the database: chmod go-w ${folder}`,
  );
}

async function openFolder(folder: string): Promise<PGlite> {
  const dataDir = join(folder, 'pg');
  // A database whose creation was cut short can't be opened, and nothing was ever stored in it.
  const unfinished = join(folder, UNFINISHED);
  if (existsSync(unfinished)) await rm(dataDir, { recursive: true, force: true });
  const isNew = !existsSync(dataDir);
  if (isNew) await writeFile(unfinished, '');
  try {
    // PGlite itself asks for nothing narrower than the umask, and its files are more open than that.
    await mkdir(dataDir, { recursive: true });
    await chmod(dataDir, 0o700);
    const lite = await PGlite.create({ dataDir, startParams, ...(isNew && { loadDataDir: await emptyDatabase() }) });
    await rm(unfinished, { force: true });
    return lite;
  } catch (error) {
    throw new OpsError('unavailable', `cannot open the embedded database in ${dataDir}`, {
      hint: 'Restore the folder from a copy, or move it away to start with an empty database.',
      cause: error,
    });
  }
}
