import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { OpsError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';

export const migrationsFolder = join(import.meta.dirname, 'migrations');

/** An arbitrary number that all versions of Rounds agree on. */
const MIGRATION_LOCK = 7_266_837;

export interface Migration {
  id: number;
  /** The file's name: `001_health.sql`. */
  name: string;
  sha256: string;
  sql: string;
}

interface Applied {
  id: number;
  name: string;
  sha256: string;
}

/** The numbered SQL files of a folder, in order. Throws on a name without a number and on a number used twice. */
export async function readMigrations(folder: string = migrationsFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (name): Promise<Migration> => {
      const number = /^(\d{3})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
      if (number === undefined) throw new Error(`${join(folder, name)}: a migration is named 001_what_it_does.sql`);
      // A checkout on Windows may have changed the line ends; that is no other migration.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { id: Number(number), name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  for (const [at, migration] of migrations.entries()) {
    const before = migrations[at - 1];
    if (before?.id === migration.id) throw new Error(`${before.name} and ${migration.name} have the same number`);
  }
  return migrations;
}

/**
 * Brings the database up to date: each migration in its own transaction, under a lock, so that replicas may start together.
 * Throws OpsError `conflict` when the database is newer than the code or an applied migration was changed.
 */
export async function migrate(client: pg.ClientBase, options: { log: Log; folder?: string }): Promise<void> {
  const migrations = await readMigrations(options.folder);
  for (const migration of pending(migrations, await readApplied(client))) {
    const startedAt = performance.now();
    if (await apply(client, migrations, migration)) {
      const durationMs = Math.round(performance.now() - startedAt);
      options.log.info({ migration: migration.name, durationMs }, 'migrated the database');
    }
  }
}

/** The migrations to run, in order. Throws when what was applied doesn't fit the code. */
export function pending(migrations: Migration[], applied: Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const { id, name, sha256 } of applied) {
    const migration = known.get(id);
    if (migration === undefined) {
      throw new OpsError('conflict', `the database is newer than this Rounds: it has the migration ${name}`, {
        hint: 'Run the newer version again, or restore the database as it was before.',
      });
    }
    if (migration.sha256 !== sha256) {
      throw new OpsError('conflict', `the migration ${name} was changed after this database had applied it`, {
        hint: `Restore ${migration.name} as it was and put the change into a new migration.`,
      });
    }
  }
  const done = new Set(applied.map(({ id }) => id));
  return migrations.filter(({ id }) => !done.has(id));
}

async function readApplied(client: pg.ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('schema_migration') is not null as exists`,
  );
  if (!rows[0]!.exists) return [];
  return (await client.query<Applied>('select id, name, sha256 from schema_migration order by id')).rows;
}

/** Runs one migration; false when another process was first. */
async function apply(client: pg.ClientBase, migrations: Migration[], migration: Migration): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`
      create table if not exists schema_migration (
        id integer primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )`);
    const wanted = pending(migrations, await readApplied(client)).some(({ id }) => id === migration.id);
    if (wanted) {
      await client.query(migration.sql);
      await client.query('insert into schema_migration (id, name, sha256) values ($1, $2, $3)', [
        migration.id,
        migration.name,
        migration.sha256,
      ]);
    }
    await client.query('commit');
    return wanted;
  } catch (error) {
    await rollback(client, error);
    throw located(migration, error);
  }
}

/** A rollback that fails too must not hide why it was needed. */
async function rollback(client: pg.ClientBase, because: unknown): Promise<void> {
  try {
    await client.query('rollback');
  } catch (error) {
    throw new AggregateError([because, error], 'a migration failed and could not be rolled back', { cause: because });
  }
}

function located(migration: Migration, error: unknown): unknown {
  if (error instanceof OpsError || !(error instanceof Error)) return error;
  const { position } = error as { position?: string };
  const line = position === undefined ? '' : `:${migration.sql.slice(0, Number(position)).split('\n').length}`;
  return new Error(`migration ${migration.name}${line}: ${error.message}`, { cause: error });
}
