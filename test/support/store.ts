import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { openEmbedded } from '../../src/store/embedded/open.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { memoryLog } from './memory-log.ts';
import { type Postgres, startPostgres } from './postgres.ts';

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
  const dataDir = await embeddedFolder();
  const store = await openStore({ dataDir, log: memoryLog() });
  return tracked(store, () => rm(dataDir, { recursive: true, force: true }));
}

/** A data folder with an empty database in it: much faster to copy than to create. Removed when the test file ends. */
export async function embeddedFolder(): Promise<string> {
  const template = await emptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'rounds-store-'));
  folders.add(folder);
  await cp(template, folder, { recursive: true });
  return folder;
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

/** A folder with a new database, made once per version of PGlite and kept; two processes at once don't disturb each other. */
async function emptyDatabase(): Promise<string> {
  const template = join(cache, `pglite-${project.dependencies['@electric-sql/pglite']}`);
  if (existsSync(template)) return template;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'making-'));
  await (await openEmbedded({ dataDir: making, log: memoryLog() })).close();
  await rename(making, template).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(making, { recursive: true, force: true });
  return template;
}
