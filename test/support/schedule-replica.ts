import { sql } from 'kysely';
import { createSchedules } from '../../src/jobs/schedules.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openStore } from '../../src/store/store.ts';
import { memoryLog } from './memory-log.ts';

// A process for tests to freeze and to kill: a replica with two schedules of one second on DATABASE_URL, whose slots become
// rows of `slot_under_test`. It prints `ready`, and ends in order when its input does.
const log = memoryLog();
const store = await openStore({ databaseUrl: process.env.DATABASE_URL, dataDir: '/', log });
const schedules = createSchedules({
  store,
  clock: systemClock,
  log,
  schedules: ['one', 'two'].map((name) => ({
    name,
    when: { everyMs: 1_000 },
    missed: 'skip',
    enqueue: (tx, slot, key) =>
      sql`insert into slot_under_test (name, slot, key, pid) values (${name}, ${slot}, ${key}, ${process.pid})`.execute(
        tx,
      ),
  })),
});
await schedules.start();
process.stdout.write('ready\n');
process.stdin.resume().on('end', async () => {
  await schedules.stop();
  await store.close();
});
