import { createHash } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { openJobs } from '../../src/jobs/open.ts';
import { openEmbedded } from '../../src/store/embedded/open.ts';
import { readMigrations } from '../../src/store/migrate.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { memoryLog } from './memory-log.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const pglite = project.dependencies['@electric-sql/pglite'];
const cache = join(import.meta.dirname, '../../node_modules/.cache/rounds');
const open = new Set<Store>();
const folders = new Set<string>();
let server: Promise<Postgres> | undefined;

// A net under tests that don't close what they open.
afterAll(async () => {
  await Promise.all([...open].map((store) => store.close()));
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })));
  await (await server)?.stop();
});

/** An embedded store of its own with all migrations applied, in about 0.3 s; gone when the test file ends, or when closed. */
export async function embeddedStore(): Promise<Store> {
  const dataDir = await copyOf(await migratedDatabase());
  const store = await openStore({ dataDir, log: memoryLog() });
  return tracked(store, () => rm(dataDir, { recursive: true, force: true }));
}

/** A data folder with an empty database in it: much faster to copy than to create. Removed when the test file ends. */
export async function embeddedFolder(): Promise<string> {
  return copyOf(await emptyDatabase());
}

/** A store on a new database of the test file's own PostgreSQL server, with all migrations applied. */
export async function serverStore(): Promise<Store> {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  return tracked(await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() }));
}

/** The test file's own PostgreSQL server, started when first asked for. */
export function sharedPostgres(): Promise<Postgres> {
  server ??= startPostgres();
  return server;
}

function tracked(store: Store, cleanUp: () => Promise<void> = async () => {}): Store {
  const close = async (): Promise<void> => {
    open.delete(tracking);
    await store.close();
    await cleanUp();
  };
  const tracking = { ...store, close };
  open.add(tracking);
  return tracking;
}

async function copyOf(template: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-store-'));
  folders.add(folder);
  // A thousand files: the asynchronous one takes four times as long.
  cpSync(template, folder, { recursive: true });
  return folder;
}

/** A folder with a new database, kept per version of PGlite. */
function emptyDatabase(): Promise<string> {
  return keptFolder(`pglite-${pglite}`, async (dataDir) => {
    await (await openEmbedded({ dataDir, log: memoryLog() })).close();
  });
}

/** A folder with a database that has the tables of the bot and of its queue, kept per version of what makes them. */
async function migratedDatabase(): Promise<string> {
  const versions = [pglite, project.dependencies['pg-boss'], ...(await readMigrations()).map(({ sha256 }) => sha256)];
  const hash = createHash('sha256').update(versions.join()).digest('hex').slice(0, 12);
  return keptFolder(`migrated-${hash}`, async (dataDir) => {
    cpSync(await emptyDatabase(), dataDir, { recursive: true });
    const store = await openStore({ dataDir, log: memoryLog() });
    await (await openJobs({ store, clock: store.time, log: memoryLog() })).stop(0);
    await store.close();
  });
}

/** A folder that is made once and kept; two processes at once don't disturb each other. */
async function keptFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const kept = join(cache, name);
  if (existsSync(kept)) return kept;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'making-'));
  await make(making);
  await rename(making, kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(making, { recursive: true, force: true });
  return kept;
}
