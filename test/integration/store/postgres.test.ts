import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../../support/postgres.ts';

const support = join(import.meta.dirname, '../../support/postgres.ts');

async function folderOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  await client.end();
  return rows[0]!.folder;
}

test('a PostgreSQL server for tests gives empty databases, keeps them over a crash and removes its files', async () => {
  const postgres = await startPostgres();
  const [one, two] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
  expect(one).not.toBe(two);
  const folder = await folderOf(one);
  expect(existsSync(folder)).toBe(true);
  await postgres.kill();
  await expect(folderOf(one)).rejects.toThrow();
  await postgres.restart();
  expect(await folderOf(one)).toBe(folder);
  await postgres.stop();
  expect(existsSync(folder)).toBe(false);
});

test('a PostgreSQL server for tests ends with its process, also when that is killed', async () => {
  const code = `const { startPostgres } = await import(${JSON.stringify(support)});
    console.log((await startPostgres()).url); process.stdin.resume();`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const folder = await folderOf(url);
  parent.kill('SIGKILL');
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});
