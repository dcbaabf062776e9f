import { chmod, cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** A backup of a running server, without `pg_basebackup`, which npm's has not. */
export async function copyRunning(client: pg.Client, data: string, target: string): Promise<void> {
  const isOld = Number((await client.query('show server_version_num')).rows[0].server_version_num) < 150_000;
  await client.query(isOld ? `select pg_start_backup('copy', true, false)` : `select pg_backup_start('copy', true)`);
  const left = ['postmaster.pid', 'postmaster.opts'].map((name) => join(data, name));
  await cp(data, target, { recursive: true, filter: (file) => !left.includes(file) });
  const { rows } = await client.query(
    isOld ? 'select * from pg_stop_backup(false, false)' : 'select * from pg_backup_stop(false)',
  );
  await writeFile(join(target, 'backup_label'), rows[0].labelfile);
  const copied = await readdir(join(data, 'pg_wal'));
  for (const file of copied) await cp(join(data, 'pg_wal', file), join(target, 'pg_wal', file), { recursive: true });
  await chmod(target, 0o700);
}
