import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedFolder } from '../../support/store.ts';

const program = join(import.meta.dirname, '../../support/store-process.ts');
const started = new Set<ChildProcess>();
const folder = await mkdtemp(join(tmpdir(), 'rounds-folder-'));

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Another process on a folder; `line` resolves with the first line that `wanted` accepts. */
function otherProcess(dataDir: string, task: 'hold' | 'write') {
  const child = spawn(process.execPath, [program, dataDir, task], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.add(child);
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  lines.on('line', (line) => seen.push(line));
  return {
    seen,
    line: (wanted: (line: string) => boolean) =>
      new Promise<string>((resolve, reject) => {
        lines.on('line', (line) => wanted(line) && resolve(line));
        lines.once('close', () => reject(new Error(`the other process ended after: ${seen.at(-1)}`)));
      }),
    kill: async () => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

const open = (dataDir: string) => openStore({ dataDir, log: memoryLog() });

describe('the folder of the embedded database', () => {
  test('is created, nested as deep as asked, and keeps what was written', async () => {
    const dataDir = join(folder, 'a', 'b', 'data');
    const store = await open(dataDir);
    await store.pool.query('create table kept (n int); insert into kept values (42)');
    await store.close();
    const again = await open(dataDir);
    expect((await again.pool.query('select n from kept')).rows).toEqual([{ n: 42 }]);
    await again.close();
  });

  test('belongs to one process: a second one is refused at once, and told what to do', async () => {
    const dataDir = await embeddedFolder();
    const store = await open(dataDir);
    const second = otherProcess(dataDir, 'hold');
    const refusal: unknown = JSON.parse(await second.line((line) => line.startsWith('{')));
    expect(refusal).toMatchObject({
      code: 'conflict',
      message: `another Rounds uses ${dataDir}`,
      hint: expect.stringContaining('DATABASE_URL'),
    });
    await store.close();
  });

  test('is free again when its process is killed', async () => {
    const dataDir = await embeddedFolder();
    const first = otherProcess(dataDir, 'hold');
    await first.line((line) => line === 'open');
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'conflict' });
    await first.kill();
    const store = await open(dataDir);
    await store.close();
  });

  test('is free again when opening failed', async () => {
    const dataDir = await embeddedFolder();
    await rm(join(dataDir, 'pg', 'global'), { recursive: true });
    for (const _ of [1, 2]) {
      await expect(open(dataDir)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(dataDir),
      });
    }
  });

  test('is started anew when its creation was cut short', async () => {
    const dataDir = await embeddedFolder();
    await rm(join(dataDir, 'pg', 'global'), { recursive: true });
    await writeFile(join(dataDir, 'pg-unfinished'), '');
    const store = await open(dataDir);
    await store.ping();
    await store.close();
    expect(await readdir(dataDir)).not.toContain('pg-unfinished');
  });

  test('is emptied by a reset, but never while another process has it', async () => {
    const dataDir = await embeddedFolder();
    const reset = () => openStore({ dataDir, log: memoryLog(), reset: true });
    const store = await open(dataDir);
    await store.pool.query('create table kept (n int); insert into kept values (42)');
    await expect(reset()).rejects.toMatchObject({ code: 'conflict' });
    await store.close();
    const again = await open(dataDir);
    expect((await again.pool.query('select n from kept')).rows).toEqual([{ n: 42 }]);
    await again.close();
    const anew = await reset();
    expect((await anew.pool.query(`select to_regclass('kept') as kept`)).rows).toEqual([{ kept: null }]);
    await anew.close();
  });

  test('is no part of a reset that names a server', async () => {
    const databaseUrl = 'postgres://localhost:1/x';
    await expect(openStore({ databaseUrl, dataDir: folder, log: memoryLog(), reset: true })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });

  test('keeps the database from other users, also in a folder that is open to them', async () => {
    const dataDir = await mkdtemp(join(folder, 'open-'));
    const mode = async () => (await stat(join(dataDir, 'pg'))).mode & 0o777;
    await chmod(dataDir, 0o755);
    await (await open(dataDir)).close();
    expect(await mode()).toBe(0o700);
    await chmod(join(dataDir, 'pg'), 0o755);
    await (await open(dataDir)).close();
    expect(await mode()).toBe(0o700);
  });

  test.each([
    ['all may write in', 0o777, 1],
    ['a group may write in', 0o775, 1],
    ['others may only read', 0o755, 0],
  ])('that %s: a warning or none', async (_, mode, warnings) => {
    const dataDir = await embeddedFolder();
    const log = memoryLog();
    await chmod(dataDir, mode);
    await (await openStore({ dataDir, log })).close();
    expect(log.lines.filter(({ message }) => message?.includes('chmod go-w'))).toHaveLength(warnings);
  });

  test('whose lock can not be opened is an error that names it', async () => {
    const dataDir = await mkdtemp(join(folder, 'locked-'));
    await mkdir(join(dataDir, 'lock'));
    await expect(open(dataDir)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(join(dataDir, 'lock')),
      hint: expect.stringContaining('DATA_DIR'),
    });
  });

  test('that can not be created is an error that says so', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    await expect(open(join(file, 'data'))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(join(file, 'data')),
      hint: expect.stringContaining('DATA_DIR'),
    });
  });
});

test('kill -9 loses nothing that was acknowledged', async () => {
  const dataDir = await embeddedFolder();
  let acknowledged = 0;
  for (let round = 0; round < 4; round++) {
    const writer = otherProcess(dataDir, 'write');
    const until = acknowledged + randomInt(1, 400);
    await writer.line((line) => Number(line) >= until);
    await writer.kill();
    acknowledged = Math.max(...writer.seen.filter((line) => /^\d+$/.test(line)).map(Number));
    const store = await open(dataDir);
    const { rows } = await store.pool.query<{ id: number }>('select id from written order by id');
    const ids = new Set(rows.map(({ id }) => id));
    for (const line of writer.seen.filter((seen) => /^\d+$/.test(seen))) expect(ids).toContain(Number(line));
    expect(ids.size).toBeGreaterThanOrEqual(round === 0 ? until : 1);
    await store.close();
  }
});
