import { openStore } from '../../src/store/store.ts';
import { memoryLog } from './memory-log.ts';

// A process that opens the embedded store of a folder, says so, and writes rows until it is killed:
// `node store-process.ts FOLDER hold|write`. It prints the number of each row that the database has acknowledged.
const [dataDir = '', task] = process.argv.slice(2);
try {
  const store = await openStore({ dataDir, log: memoryLog() });
  process.stdout.write('open\n');
  if (task === 'write') {
    await store.pool.query('create table if not exists written (id bigint generated always as identity, filler text)');
    for (;;) {
      const { rows } = await store.pool.query<{ id: number }>(
        `insert into written (filler) values (repeat('x', 200)) returning id`,
      );
      process.stdout.write(`${rows[0]!.id}\n`);
    }
  }
  process.stdin.resume();
} catch (error) {
  const { code, message, hint } = error as { code?: string; message: string; hint?: string };
  process.stdout.write(`${JSON.stringify({ code, message, hint })}\n`);
  process.exit(1);
}
